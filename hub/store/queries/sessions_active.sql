-- Active sessions, with the day they were made on in the zone $1.
SELECT id, partner_id, session_name, status, epoch, created_at, (created_at AT TIME ZONE $1)::date AS day
FROM timing_sessions
WHERE status = 'active'
ORDER BY id
