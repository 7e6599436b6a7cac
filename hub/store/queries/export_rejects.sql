-- Lines of a session that are no reads. Bytes that are no ASCII are escaped as PostgreSQL does it: \303\251.
SELECT id::text, source_id::text, received_at::text, reason, encode(line, 'escape') AS line
FROM timing_rejects
WHERE session_id = $1
ORDER BY id
