-- Begins the scheduled sessions whose time has come.
UPDATE timing_sessions
SET status = 'active', started_at = now(), scheduled_for = NULL
WHERE status = 'scheduled' AND scheduled_for <= now()
RETURNING id
