-- Partners with an active session that is none of the demo's, and no inbox.
SELECT DISTINCT partner_id FROM timing_sessions WHERE status = 'active' AND purpose NOT IN ('demo', 'inbox')
