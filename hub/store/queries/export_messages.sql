-- The messages of a session, for screens, announcers and crew.
SELECT id::text, kind, audience, text, position::text, begins_at::text, ends_at::text, created_at::text
FROM messages
WHERE session_id = $1
ORDER BY kind, position, id
