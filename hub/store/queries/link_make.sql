-- A user has one link; the one before it is none any more.
INSERT INTO user_links (token_hash, user_id, kind, expires_at)
VALUES ($1, $2, $3, now() + $4::interval)
ON CONFLICT (user_id) DO UPDATE
SET token_hash = excluded.token_hash, kind = excluded.kind, created_at = now(), expires_at = excluded.expires_at
RETURNING expires_at
