-- The last reads of a session that were said, by their offsets.
SELECT feed_offset, said_by, (extract(epoch FROM said_at) * 1000000)::bigint
FROM calls
WHERE session_id = $1
ORDER BY feed_offset DESC
LIMIT $2
