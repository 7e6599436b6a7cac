-- Other times and marks for some reads of a session.
UPDATE timing_reads AS reads
SET read_time = timestamptz 'epoch' + row.read_us * interval '1 microsecond', marks = string_to_array(row.marks, ',')
FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS row (feed_offset, read_us, marks)
WHERE reads.session_id = $1 AND reads.feed_offset = row.feed_offset
