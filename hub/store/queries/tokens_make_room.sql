-- Of a user's tokens that end by themselves, the newest stay while there is room for one more among $2; those that have
-- ended go.
DELETE FROM tokens
WHERE user_id = $1 AND expires_at IS NOT NULL
  AND (expires_at <= now()
       OR id NOT IN (SELECT id FROM tokens WHERE user_id = $1 AND expires_at > now() ORDER BY id DESC LIMIT $2 - 1))
