-- The last offset of a session, and its epoch.
SELECT epoch, coalesce((SELECT max(feed_offset) FROM timing_reads WHERE session_id = $1), 0) AS head
FROM timing_sessions
WHERE id = $1
