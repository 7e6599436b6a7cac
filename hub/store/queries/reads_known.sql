-- What the memory of a session is made of, in pieces.
SELECT feed_offset, source_id, location_name, sequence_number, read_key
FROM timing_reads
WHERE session_id = $1 AND feed_offset > $2
ORDER BY feed_offset
LIMIT $3
