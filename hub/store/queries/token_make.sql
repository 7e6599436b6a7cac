-- $4: hours after which it is good for nothing; null: for good.
INSERT INTO tokens (user_id, name, token_hash, expires_at)
VALUES ($1, $2, $3, now() + make_interval(hours => $4::integer))
RETURNING id, expires_at
