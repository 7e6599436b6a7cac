-- Writes down that this hub owns the database; $4: as a new owner, with the next generation.
INSERT INTO hub_owner (generation, data_dir, host, pid, backend_pid)
VALUES (1, $1, $2, $3, pg_backend_pid())
ON CONFLICT (one_row) DO UPDATE SET
    generation = hub_owner.generation + CASE WHEN $4::boolean THEN 1 ELSE 0 END,
    data_dir = excluded.data_dir,
    host = excluded.host,
    pid = excluded.pid,
    backend_pid = excluded.backend_pid,
    since = now()
RETURNING generation
