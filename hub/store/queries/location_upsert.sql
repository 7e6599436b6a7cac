-- The id of a location of a session, made when it is new.
INSERT INTO timing_locations (session_id, location_name)
SELECT id, $2 FROM timing_sessions WHERE id = $1
ON CONFLICT (session_id, lower(location_name)) DO UPDATE SET location_name = timing_locations.location_name
RETURNING id
