-- Another name, purpose, event, and time at which it begins by itself, for a session.
UPDATE timing_sessions
SET session_name = $2, purpose = $3, event_id = $4, scheduled_for = $5
WHERE id = $1
