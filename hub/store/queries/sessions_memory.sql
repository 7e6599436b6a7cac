-- Sessions as the hub keeps them, with the day they were made on in the zone $1; $2: only this one.
SELECT id, partner_id, session_name, status, epoch, created_at, (created_at AT TIME ZONE $1)::date AS day
FROM timing_sessions
WHERE id = $2 OR $2::bigint IS NULL
ORDER BY id
