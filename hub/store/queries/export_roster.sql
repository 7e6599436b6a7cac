-- The roster of a session; it can be imported again.
SELECT bib, array_to_string(tags, ';') AS tags, first_name, last_name, age, gender, city, state, country, division,
       race_name, wave, team_name, custom::text,
       phonetic, birth_date, status, notes, privacy, external_id
FROM participants
WHERE session_id = $1 AND gone = ''
ORDER BY id
