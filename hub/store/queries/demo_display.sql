-- The demo's own display, if there has been one; others may show its races, too.
SELECT displays.code
FROM displays
JOIN timing_sessions AS sessions ON sessions.id = displays.session_id
WHERE displays.partner_id = $1 AND displays.name = $2 AND sessions.purpose = 'demo'
ORDER BY displays.created_at
LIMIT 1
