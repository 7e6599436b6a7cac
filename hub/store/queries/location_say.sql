-- What people say of a location from now on.
UPDATE timing_locations SET shown_name = $2, merged_into = $3, position = $4, hidden = $5 WHERE id = $1
