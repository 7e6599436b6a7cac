-- Scheduled sessions that should have begun by $1.
SELECT id FROM timing_sessions
WHERE status = 'scheduled' AND scheduled_for <= $1
ORDER BY scheduled_for, id
