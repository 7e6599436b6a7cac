-- How many on a session's roster ($1) are what: JSON. Its rows are gone through once.
WITH counted AS (
    SELECT gone <> '' AS is_gone, race_name, status, count(*) AS count,
           count(*) FILTER (WHERE layers ? 'hand') AS hand,
           count(*) FILTER (WHERE layers ? 'file' OR layers = '{}') AS file,
           count(*) FILTER (WHERE layers ? 'tags') AS tag_file,
           count(*) FILTER (WHERE layers ? 'provider') AS provider,
           count(*) FILTER (WHERE tags = '{}') AS tag,
           count(*) FILTER (WHERE bib = '') AS bib,
           count(*) FILTER (WHERE first_name = '' AND last_name = '') AS name,
           count(*) FILTER (WHERE birth_date IS NULL) AS birth_date,
           count(*) FILTER (WHERE birth_date IS NULL AND age = '') AS age
    FROM participants
    WHERE session_id = $1
    GROUP BY is_gone, race_name, status
), here AS (
    SELECT * FROM counted WHERE NOT is_gone
)
SELECT jsonb_build_object(
    'race', (SELECT coalesce(jsonb_agg(jsonb_build_array(race_name, count) ORDER BY race_name), '[]')
             FROM (SELECT race_name, sum(count) AS count FROM here GROUP BY race_name) AS races),
    'status', (SELECT coalesce(jsonb_agg(jsonb_build_array(status, count) ORDER BY status), '[]')
               FROM (SELECT status, sum(count) AS count FROM here GROUP BY status) AS states),
    'origins', jsonb_build_object(
        'hand', coalesce(sum(hand), 0), 'file', coalesce(sum(file), 0),
        'tags', coalesce(sum(tag_file), 0), 'provider', coalesce(sum(provider), 0)),
    'without', jsonb_build_object(
        'tag', coalesce(sum(tag), 0), 'bib', coalesce(sum(bib), 0), 'name', coalesce(sum(name), 0),
        'birth_date', coalesce(sum(birth_date), 0), 'age', coalesce(sum(age), 0)),
    'gone', (SELECT coalesce(sum(count), 0) FROM counted WHERE is_gone))
FROM here
