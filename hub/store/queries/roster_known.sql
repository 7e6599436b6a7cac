-- What a session's participants ($1) are found by, and what one origin ($2) has said of that; null: it has said nothing of
-- them, or all (plain). $3: all of them; else those who have one of these numbers of the service ($4), bibs or tags as they
-- are compared ($5), or last names in small letters ($6), and some who do not: PostgreSQL has other words for a letter's
-- case than `hub.roster.normal`, so whoever has a letter that is not ASCII's is among them.
SELECT id, external_id, gone, bib, tags, first_name, last_name, coalesce(birth_date::text, '') AS birth_date, age,
       layers = '{}' AS plain, layers ? $2 AS own,
       layers #>> ARRAY[$2, 'fields', 'bib'] AS own_bib, layers #>> ARRAY[$2, 'fields', 'first_name'] AS own_first_name,
       layers #>> ARRAY[$2, 'fields', 'last_name'] AS own_last_name,
       layers #>> ARRAY[$2, 'fields', 'birth_date'] AS own_birth_date, layers #>> ARRAY[$2, 'fields', 'age'] AS own_age,
       layers #>> ARRAY[$2, 'tags'] AS own_tags
FROM participants
WHERE session_id = $1 AND ($3
    OR external_id = ANY ($4)
    OR coalesce(nullif(ltrim(lower(trim(bib)), '0 '), ''), '0') = ANY ($5) OR bib ~ '[^ -~]'
    OR coalesce(nullif(ltrim(lower(trim(layers #>> ARRAY[$2, 'fields', 'bib'])), '0 '), ''), '0') = ANY ($5)
    OR layers #>> ARRAY[$2, 'fields', 'bib'] ~ '[^ -~]' OR layers #>> ARRAY[$2, 'tags'] ~ '[^ -~]'
    OR EXISTS (
        SELECT FROM unnest(tags) AS tag
        WHERE coalesce(nullif(ltrim(lower(trim(tag)), '0 '), ''), '0') = ANY ($5) OR tag ~ '[^ -~]')
    OR EXISTS (
        SELECT FROM jsonb_array_elements_text(coalesce(nullif(layers #> ARRAY[$2, 'tags'], 'null'), '[]')) AS tag
        WHERE coalesce(nullif(ltrim(lower(trim(tag)), '0 '), ''), '0') = ANY ($5))
    OR $6::text[] <> '{}' AND (
        lower(trim(last_name)) = ANY ($6) OR last_name ~ '[^!-~]'
        OR lower(trim(layers #>> ARRAY[$2, 'fields', 'last_name'])) = ANY ($6)
        OR layers #>> ARRAY[$2, 'fields', 'last_name'] ~ '[^!-~]'))
ORDER BY id
