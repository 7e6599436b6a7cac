-- What was kept of deleted sessions, newest first; $1: only this one.
SELECT id, partner_id, session_id, session_name, file_name, bytes, reads, created_at
FROM exports
WHERE id = $1 OR $1::bigint IS NULL
ORDER BY id DESC
