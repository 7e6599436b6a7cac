-- Partners with an active session that is none of the demo's.
SELECT DISTINCT partner_id FROM timing_sessions WHERE status = 'active' AND purpose <> 'demo'
