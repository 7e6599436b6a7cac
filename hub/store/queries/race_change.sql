-- Another name, distance and other locations for a race.
UPDATE races SET name = $2, distance_m = $3, start_location = $4, finish_location = $5 WHERE id = $1
