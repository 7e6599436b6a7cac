-- The locations of a session with their figures, in the order in which they are shown; what is a part of another one
-- follows that.
SELECT part.id, part.location_name AS name,
       coalesce(whole.shown_name, whole.location_name, part.shown_name, part.location_name) AS shown_name,
       part.merged_into, part.position, part.hidden, coalesce(figures.reads, 0) AS reads, figures.last_read_at
FROM timing_locations AS part
LEFT JOIN timing_locations AS whole ON whole.id = part.merged_into
LEFT JOIN (
    SELECT location_id, count(*) AS reads, max(received_at) AS last_read_at
    FROM timing_reads
    WHERE session_id = $1 AND kind <> 'void'
    GROUP BY location_id
) AS figures ON figures.location_id = part.id
WHERE part.session_id = $1
ORDER BY coalesce(whole.position, part.position) NULLS LAST, coalesce(whole.id, part.id), part.merged_into IS NOT NULL,
         part.id
