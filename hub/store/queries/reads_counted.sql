-- What is counted of a session's reads, in pieces: offset, whether it is one, location, tag, whether it came while
-- testing, and the key of a repeat. Up to $3, at most $4.
SELECT feed_offset, kind = 'read', location_name, tag_code, 'test' = ANY(marks),
       CASE WHEN 'repeat' = ANY(marks) THEN read_key END
FROM timing_reads
WHERE session_id = $1 AND feed_offset > $2 AND feed_offset <= $3
ORDER BY feed_offset
LIMIT $4
