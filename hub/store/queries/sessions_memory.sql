-- Sessions as the hub keeps them, each with its event's races, and those of its locations of which people have said
-- something; $1: only this one.
SELECT sessions.id, sessions.partner_id, sessions.session_name, sessions.status, sessions.epoch, sessions.created_at,
       sessions.stream_key, sessions.purpose, sessions.keys_day, sessions.event_id, sessions.source_id, sessions.testing,
       sessions.mode, sessions.minors_under, sessions.minors_privacy,
       events.name AS event_name, events.timezone,
       events.event_date,
       (
           SELECT coalesce(
               jsonb_agg(jsonb_build_array(name, distance_m, start_location, finish_location) ORDER BY id), '[]')
           FROM races WHERE races.event_id = sessions.event_id
       ) AS races,
       (
           SELECT coalesce(jsonb_agg(jsonb_build_array(
                   part.location_name, coalesce(whole.shown_name, whole.location_name, part.shown_name, part.location_name),
                   coalesce(whole.hidden, part.hidden), whole.id IS NOT NULL, coalesce(whole.position, part.position)
               ) ORDER BY part.id), '[]')
           FROM timing_locations AS part
           LEFT JOIN timing_locations AS whole ON whole.id = part.merged_into
           WHERE part.session_id = sessions.id
             AND (part.shown_name IS NOT NULL OR whole.id IS NOT NULL OR part.hidden OR part.position IS NOT NULL)
       ) AS places
FROM timing_sessions AS sessions
LEFT JOIN events ON events.id = sessions.event_id
WHERE sessions.id = $1 OR $1::bigint IS NULL
ORDER BY sessions.id
