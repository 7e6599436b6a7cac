-- Lines that look like reads and are none, in pieces: they have a place in the numbering of their source.
SELECT id, source_id, line
FROM timing_rejects
WHERE session_id = $1 AND id > $2 AND substring(line FROM 1 FOR 5) = 'CT01_'
ORDER BY id
LIMIT $3
