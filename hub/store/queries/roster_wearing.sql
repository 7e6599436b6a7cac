-- Who of a session's roster ($1) may have this bib ($2) or this tag ($3; null: none is asked for), both as they are
-- compared: and some who do not, since PostgreSQL has other words for a letter's case.
SELECT id, bib, tags
FROM participants
WHERE session_id = $1 AND gone = '' AND (
    coalesce(nullif(ltrim(lower(trim(bib)), '0 '), ''), '0') = $2 OR bib ~ '[^ -~]' AND $2 IS NOT NULL
    OR $3::text IS NOT NULL AND EXISTS (
        SELECT FROM unnest(tags) AS tag
        WHERE coalesce(nullif(ltrim(lower(trim(tag)), '0 '), ''), '0') = $3 OR tag ~ '[^ -~]'))
ORDER BY id
