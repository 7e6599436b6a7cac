-- How many tags were read at each location of a session.
SELECT location_id, count(DISTINCT tag_code) AS tags
FROM timing_reads
WHERE session_id = $1 AND kind = 'read'
GROUP BY location_id
