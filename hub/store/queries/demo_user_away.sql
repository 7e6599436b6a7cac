UPDATE users SET disabled_at = now(), password_hash = NULL
WHERE lower(email) = $1 AND disabled_at IS NULL
RETURNING true
