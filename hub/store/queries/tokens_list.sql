-- A user's tokens that are good for something, the newest first.
SELECT id, name, created_at, last_used_at, expires_at
FROM tokens
WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > now())
ORDER BY id DESC
