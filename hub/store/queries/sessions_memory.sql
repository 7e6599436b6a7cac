-- Sessions as the hub keeps them; $1: only this one.
SELECT id, partner_id, session_name, status, epoch, created_at
FROM timing_sessions
WHERE id = $1 OR $1::bigint IS NULL
ORDER BY id
