-- An export, with the number of reads that the session holds.
INSERT INTO exports (partner_id, session_id, session_name, file_name, bytes, reads)
SELECT $1, $2, $3, $4, $5, (SELECT count(*) FROM timing_reads WHERE session_id = $2 AND kind <> 'void')
RETURNING id, partner_id, session_id, session_name, file_name, bytes, reads, created_at
