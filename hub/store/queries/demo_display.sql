-- The display that shows the demo's races, if there has been one.
SELECT displays.code
FROM displays
JOIN timing_sessions AS sessions ON sessions.id = displays.session_id
WHERE displays.partner_id = $1 AND sessions.purpose = 'demo'
ORDER BY displays.created_at
LIMIT 1
