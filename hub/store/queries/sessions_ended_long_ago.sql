-- Sessions that ended $1 days ago or earlier; none of the demo's, which looks after its own, and no inbox of nobody,
-- for whom nothing could be exported.
SELECT id FROM timing_sessions
WHERE status = 'ended' AND purpose <> 'demo' AND partner_id IS NOT NULL AND ended_at < now() - make_interval(days => $1)
ORDER BY ended_at, id
