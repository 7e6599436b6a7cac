-- A row that is written with every request would be written all day, and by each process that asks.
UPDATE users SET last_seen_at = now()
WHERE id = $1 AND (last_seen_at IS NULL OR last_seen_at < now() - interval '1 minute')
