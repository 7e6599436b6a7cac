-- The locations of a session, with what people have said of them.
SELECT id::text, location_name, reader_id, description, created_at::text, shown_name, merged_into::text, position::text,
       hidden::text
FROM timing_locations
WHERE session_id = $1
ORDER BY id
