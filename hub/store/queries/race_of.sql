-- Race $2, if it is one of event $1.
SELECT name, distance_m, start_location, finish_location FROM races WHERE event_id = $1 AND id = $2
