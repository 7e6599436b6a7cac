-- Sessions with their figures, newest first, but no inboxes; $1: only this one. Times of a clock that was never set are brought to
-- where a client can show them: the years 1 to 9999.
SELECT sessions.id, sessions.partner_id, sessions.session_name, sessions.event_id, sessions.status, sessions.purpose,
       sessions.stream_key, sessions.scheduled_for, sessions.started_at, sessions.created_at, sessions.updated_at, sessions.ended_at,
       stats.total_reads, stats.unique_tags, stats.total_locations,
       CASE WHEN stats.first_read < '0001-01-02Z' THEN '0001-01-02Z' ELSE stats.first_read END AS first_read,
       CASE WHEN stats.last_read > '9999-12-30Z' THEN '9999-12-30Z' ELSE stats.last_read END AS last_read
FROM timing_sessions AS sessions
JOIN timing_session_stats AS stats USING (id)
WHERE sessions.id = $1 OR $1::bigint IS NULL AND sessions.purpose <> 'inbox'
ORDER BY sessions.created_at DESC, sessions.id DESC
