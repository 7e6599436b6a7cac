-- Another name, purpose, event, time at which it begins by itself, mode and rule for minors, for a session.
UPDATE timing_sessions
SET session_name = $2, purpose = $3, event_id = $4, scheduled_for = $5, mode = $6,
    minors_under = $7, minors_privacy = $8
WHERE id = $1
