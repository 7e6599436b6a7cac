-- Events with their races, the latest first; $1: only this one.
SELECT events.id, events.partner_id, events.name, events.event_date AS date, events.timezone,
       (
           SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', races.id, 'name', races.name, 'distance_m', distance_m, 'start_location', start_location,
               'finish_location', finish_location) ORDER BY races.id), '[]')
           FROM races WHERE races.event_id = events.id
       ) AS races,
       ARRAY(SELECT id FROM timing_sessions WHERE event_id = events.id ORDER BY id) AS session_ids
FROM events
WHERE events.id = $1 OR $1::bigint IS NULL
ORDER BY events.event_date DESC, events.id DESC
