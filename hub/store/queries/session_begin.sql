-- A session that begins, or goes on.
UPDATE timing_sessions
SET status = 'active', started_at = now(), ended_at = NULL, scheduled_for = NULL
WHERE id = $1
