-- What is said of a runner ($2) of a session, from now on.
INSERT INTO runner_marks (session_id, who, starred, note, changed_by)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (session_id, who) DO UPDATE
SET starred = excluded.starred, note = excluded.note, changed_by = excluded.changed_by
RETURNING who, starred, note, changed_by, (extract(epoch FROM updated_at) * 1000000)::bigint
