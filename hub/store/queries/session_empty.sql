-- The newest active session of partner $1 that has no reads and is none of $2; none of the demo's, and no inbox.
SELECT id FROM timing_sessions AS sessions
WHERE partner_id = $1 AND status = 'active' AND purpose NOT IN ('demo', 'inbox') AND id <> ALL($2)
  AND NOT EXISTS (SELECT FROM timing_reads WHERE session_id = sessions.id)
ORDER BY created_at DESC, id DESC
LIMIT 1
