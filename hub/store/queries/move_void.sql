-- Takes the next $4 reads of source $2, up to the offset $3, out of session $1, and gives what they were.
WITH next AS (
    SELECT feed_offset, location_name, read_key, (extract(epoch FROM received_at) * 1000000)::bigint AS received_us
    FROM timing_reads
    WHERE session_id = $1 AND source_id = $2 AND feed_offset <= $3 AND kind <> 'void'
    ORDER BY feed_offset
    LIMIT $4
), emptied AS (
    UPDATE timing_reads AS reads
    SET kind = 'void', read_key = NULL, tag_code = '', read_time = NULL, read_time_raw = '', lap_count = NULL,
        reader_id = '', gator_number = NULL, marks = '{}', raw_data = ''
    FROM next
    WHERE reads.session_id = $1 AND reads.feed_offset = next.feed_offset
)
SELECT feed_offset, location_name, read_key, received_us FROM next ORDER BY feed_offset
