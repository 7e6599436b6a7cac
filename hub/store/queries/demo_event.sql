-- The event of the demo's races, if there has been one.
SELECT events.id
FROM events
JOIN timing_sessions AS sessions ON sessions.event_id = events.id
WHERE events.partner_id = $1 AND sessions.purpose = 'demo'
ORDER BY sessions.id DESC
LIMIT 1
