-- A message of session $1; gives its id.
INSERT INTO messages (session_id, kind, audience, text, position, begins_at, ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id
