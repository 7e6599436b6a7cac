-- The locations of a session.
SELECT id::text, location_name, reader_id, description, created_at::text
FROM timing_locations
WHERE session_id = $1
ORDER BY id
