UPDATE users SET password_hash = $3
WHERE id = $1 AND session_generation = $2 AND disabled_at IS NULL
RETURNING session_generation
