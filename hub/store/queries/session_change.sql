-- What is given of a session's name ($2) and purpose ($3).
UPDATE timing_sessions
SET session_name = coalesce($2, session_name), purpose = coalesce($3, purpose)
WHERE id = $1
