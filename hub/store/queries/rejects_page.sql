-- Lines of a session that are no reads, in the order in which they came, each with who sent it.
SELECT rejects.id, rejects.received_at, rejects.reason, rejects.line, rejects.source_id,
       sources.program, sources.version, sources.remote_address, sources.event_name
FROM timing_rejects AS rejects
LEFT JOIN timing_sources AS sources ON sources.id = rejects.source_id
WHERE rejects.session_id = $1 AND rejects.id > $2
ORDER BY rejects.id
LIMIT $3
