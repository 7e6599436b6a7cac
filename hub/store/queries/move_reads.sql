-- The next $4 reads of source $2 in session $1 after the offset $3, in the order of the fields of a Read.
SELECT feed_offset, coalesce(source_id, 0), coalesce(sequence_number, 0), location_name, tag_code,
       coalesce(extract(epoch FROM read_time) * 1000000, 0)::bigint, read_time_raw, coalesce(lap_count, 0), reader_id,
       coalesce(gator_number, 0), kind, marks, read_key, raw_data,
       (extract(epoch FROM received_at) * 1000000)::bigint
FROM timing_reads
WHERE session_id = $1 AND source_id = $2 AND feed_offset > $3 AND kind <> 'void'
ORDER BY feed_offset
LIMIT $4
