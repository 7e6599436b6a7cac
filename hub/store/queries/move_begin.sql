-- A source leaves session $2 for session $3.
INSERT INTO source_moves (source_id, from_session_id, to_session_id) VALUES ($1, $2, $3) RETURNING id
