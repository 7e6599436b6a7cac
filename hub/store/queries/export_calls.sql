-- The reads of a session that announcers have said.
SELECT feed_offset::text, said_by, said_at::text
FROM calls
WHERE session_id = $1
ORDER BY feed_offset
