-- How many reads session $1 has of source $2.
SELECT count(*) FROM timing_reads WHERE session_id = $1 AND source_id = $2 AND kind <> 'void'
