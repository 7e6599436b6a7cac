-- How many on a session's roster ($1) are what: JSON.
WITH here AS (
    SELECT race_name, status, layers, tags, bib, first_name, last_name, birth_date, age
    FROM participants
    WHERE session_id = $1 AND gone = ''
)
SELECT jsonb_build_object(
    'race', (SELECT coalesce(jsonb_agg(jsonb_build_array(race_name, count) ORDER BY race_name), '[]')
             FROM (SELECT race_name, count(*) FROM here GROUP BY race_name) AS races),
    'status', (SELECT coalesce(jsonb_agg(jsonb_build_array(status, count) ORDER BY status), '[]')
               FROM (SELECT status, count(*) FROM here GROUP BY status) AS states),
    'origins', (SELECT jsonb_build_object(
                    'hand', count(*) FILTER (WHERE layers ? 'hand'),
                    'file', count(*) FILTER (WHERE layers ? 'file' OR layers = '{}'),
                    'tags', count(*) FILTER (WHERE layers ? 'tags'),
                    'provider', count(*) FILTER (WHERE layers ? 'provider')) FROM here),
    'without', (SELECT jsonb_build_object(
                    'tag', count(*) FILTER (WHERE tags = '{}'),
                    'bib', count(*) FILTER (WHERE bib = ''),
                    'name', count(*) FILTER (WHERE first_name = '' AND last_name = ''),
                    'birth_date', count(*) FILTER (WHERE birth_date IS NULL),
                    'age', count(*) FILTER (WHERE birth_date IS NULL AND age = '')) FROM here),
    'gone', (SELECT count(*) FROM participants WHERE session_id = $1 AND gone <> ''))
