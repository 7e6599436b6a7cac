-- A new session.
INSERT INTO timing_sessions (partner_id, session_name, stream_key, purpose, event_id, status, scheduled_for)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id
