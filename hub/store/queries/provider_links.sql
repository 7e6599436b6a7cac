-- Where sessions have their rosters from, with what says how often to ask there; $1: of this session only; $2: the zone
-- of a session without an event.
SELECT links.session_id, sessions.partner_id, links.account_id, accounts.kind, accounts.name, links.event_ref,
       links.event_name, links.races, links.results, links.enabled,
       extract(epoch FROM links.synced_at)::float8, extract(epoch FROM links.full_at)::float8, links.problem,
       accounts.problem, links.figures::text, sessions.status,
       extract(epoch FROM sessions.scheduled_for)::float8,
       extract(epoch FROM (
           coalesce(events.event_date, (sessions.created_at AT TIME ZONE $2)::date)::timestamp
           AT TIME ZONE coalesce(events.timezone, $2)
       ))::float8,
       extract(epoch FROM sessions.ended_at)::float8
FROM provider_links AS links
JOIN provider_accounts AS accounts ON accounts.id = links.account_id
JOIN timing_sessions AS sessions ON sessions.id = links.session_id
LEFT JOIN events ON events.id = sessions.event_id
WHERE links.session_id = $1 OR $1::bigint IS NULL
ORDER BY links.session_id
