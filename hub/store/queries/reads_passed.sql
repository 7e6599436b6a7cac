-- Who came by where and when, in pieces: offset, whether it is a read, location, tag, the instant, its marks. Up to $3,
-- at most $4.
SELECT feed_offset, kind = 'read', location_name, tag_code,
       coalesce(extract(epoch FROM read_time) * 1000000, 0)::bigint, marks
FROM timing_reads
WHERE session_id = $1 AND feed_offset > $2 AND feed_offset <= $3
ORDER BY feed_offset
LIMIT $4
