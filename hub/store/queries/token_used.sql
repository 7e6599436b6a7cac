-- A row that is written with every request would be written all day, and by each process that asks.
UPDATE tokens SET last_used_at = now()
WHERE token_hash = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
