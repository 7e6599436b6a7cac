-- Sessions as the hub keeps them, each with its event's races; $1: only this one.
SELECT sessions.id, sessions.partner_id, sessions.session_name, sessions.status, sessions.epoch, sessions.created_at,
       sessions.stream_key, sessions.purpose, sessions.keys_day, sessions.event_id, sessions.source_id, events.name AS event_name, events.timezone,
       events.event_date,
       (
           SELECT coalesce(
               jsonb_agg(jsonb_build_array(name, distance_m, start_location, finish_location) ORDER BY id), '[]')
           FROM races WHERE races.event_id = sessions.event_id
       ) AS races
FROM timing_sessions AS sessions
LEFT JOIN events ON events.id = sessions.event_id
WHERE sessions.id = $1 OR $1::bigint IS NULL
ORDER BY sessions.id
