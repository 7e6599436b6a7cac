SELECT id, session_generation FROM users
WHERE id = ANY ($1::bigint[]) AND disabled_at IS NULL
