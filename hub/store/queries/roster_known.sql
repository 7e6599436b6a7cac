-- What a session's participants ($1) are found by, and what one origin ($2) has said of that; all of it null: it has said
-- nothing of them, or all (plain).
SELECT id, external_id, gone, bib, tags, first_name, last_name, coalesce(birth_date::text, '') AS birth_date, age,
       layers = '{}' AS plain, layers ? $2 AS own,
       layers #>> ARRAY[$2, 'fields', 'bib'] AS own_bib, layers #>> ARRAY[$2, 'fields', 'first_name'] AS own_first_name,
       layers #>> ARRAY[$2, 'fields', 'last_name'] AS own_last_name,
       layers #>> ARRAY[$2, 'fields', 'birth_date'] AS own_birth_date, layers #>> ARRAY[$2, 'fields', 'age'] AS own_age,
       layers #>> ARRAY[$2, 'tags'] AS own_tags
FROM participants
WHERE session_id = $1
ORDER BY id
