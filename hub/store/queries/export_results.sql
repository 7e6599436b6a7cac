-- A session's official results; `entry` is the service's own name for the participant.
SELECT entry, bib, fields::text AS fields, updated_at::text AS updated_at
FROM official_results
WHERE session_id = $1
ORDER BY entry
