-- Notes the reader last seen at a location.
UPDATE timing_locations SET reader_id = $3
WHERE session_id = $1 AND lower(location_name) = lower($2) AND reader_id IS DISTINCT FROM $3
