-- All that can be said of a message ($2, of session $1) anew.
UPDATE messages
SET kind = $3, audience = $4, text = $5, position = $6, begins_at = $7, ends_at = $8
WHERE session_id = $1 AND id = $2
