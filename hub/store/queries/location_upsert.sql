-- The id of a location of a session, made when it is new; $3 is the reader last seen there.
INSERT INTO timing_locations (session_id, location_name, reader_id)
SELECT id, $2, $3 FROM timing_sessions WHERE id = $1
ON CONFLICT (session_id, lower(location_name)) DO UPDATE SET reader_id = excluded.reader_id
RETURNING id
