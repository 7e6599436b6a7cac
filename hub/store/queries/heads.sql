-- The last offset of each session.
SELECT sessions.id,
       coalesce((SELECT max(feed_offset) FROM timing_reads WHERE session_id = sessions.id), 0) AS head
FROM timing_sessions AS sessions
