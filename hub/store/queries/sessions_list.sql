-- Sessions with their figures, newest first, but no inboxes; $1: only this one. Of the reads of a test nothing counts
-- once that is over, and of the crew's tags nothing at all. Times of a clock that was never set are brought to where a
-- client can show them: the years 1 to 9999.
SELECT sessions.id, sessions.partner_id, sessions.session_name, sessions.event_id, sessions.status, sessions.purpose,
       sessions.testing, sessions.mode, sessions.minors_under, sessions.minors_privacy, sessions.roster_order,
       sessions.stream_key, sessions.scheduled_for, sessions.started_at, sessions.created_at,
       sessions.updated_at, sessions.ended_at, stats.total_reads, stats.unique_tags, locations.total_locations,
       CASE WHEN stats.first_read < '0001-01-02Z' THEN '0001-01-02Z' ELSE stats.first_read END AS first_read,
       CASE WHEN stats.last_read > '9999-12-30Z' THEN '9999-12-30Z' ELSE stats.last_read END AS last_read
FROM timing_sessions AS sessions
CROSS JOIN LATERAL (
    SELECT ARRAY (
        SELECT coalesce(nullif(ltrim(lower(trim(tag)), '0 '), ''), '0')
        FROM partners, unnest(partners.crew_tags) AS tag
        WHERE partners.id = sessions.partner_id
    ) AS tags
) AS crew
CROSS JOIN LATERAL (
    SELECT count(*) AS total_reads, count(DISTINCT tag_code) AS unique_tags, min(read_time) AS first_read,
           max(read_time) AS last_read
    FROM timing_reads
    WHERE session_id = sessions.id AND kind = 'read' AND (sessions.testing OR NOT 'test' = ANY(marks))
      AND (crew.tags = '{}' OR coalesce(nullif(ltrim(lower(trim(tag_code)), '0 '), ''), '0') <> ALL(crew.tags))
) AS stats
CROSS JOIN LATERAL (
    SELECT count(*) AS total_locations FROM timing_locations WHERE session_id = sessions.id AND merged_into IS NULL
) AS locations
WHERE sessions.id = $1 OR $1::bigint IS NULL AND sessions.purpose <> 'inbox'
ORDER BY sessions.created_at DESC, sessions.id DESC
