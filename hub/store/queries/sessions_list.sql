-- All sessions with their figures, newest first.
SELECT sessions.id, sessions.session_name, sessions.event_id, sessions.status, sessions.stream_key,
       sessions.created_at, sessions.updated_at, sessions.ended_at,
       stats.total_reads, stats.unique_tags, stats.total_locations, stats.first_read, stats.last_read
FROM timing_sessions AS sessions
JOIN timing_session_stats AS stats USING (id)
ORDER BY sessions.created_at DESC, sessions.id DESC
