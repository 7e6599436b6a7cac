-- How many reads of a session have a time.
SELECT count(*) FROM timing_reads WHERE session_id = $1 AND kind <> 'void'
