-- A race more.
INSERT INTO races (event_id, name, distance_m, start_location, finish_location)
VALUES ($1, $2, $3, $4, $5)
RETURNING id
