-- The guns of a session, in the order of their offsets.
SELECT feed_offset, location_name, (extract(epoch FROM read_time) * 1000000)::bigint, read_time_raw,
       'test' = ANY(marks)
FROM timing_reads
WHERE session_id = $1 AND kind = 'gun' AND NOT 'repeat' = ANY(marks)
ORDER BY feed_offset
