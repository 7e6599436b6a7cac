-- Rejected lines. A line whose session has been deleted meanwhile is kept without it.
INSERT INTO timing_rejects (id, source_id, session_id, received_at, reason, line)
VALUES ($1, $2, (SELECT id FROM timing_sessions WHERE id = $3), $4, $5, $6)
ON CONFLICT (id) DO NOTHING
