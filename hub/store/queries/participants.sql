-- A session's roster, in the order of the fields of a Participant.
SELECT id, bib, tags, first_name, last_name, age, gender, city, state, country, division, race_name, wave, team_name,
       custom, phonetic, coalesce(birth_date::text, ''), status, notes, privacy
FROM participants
WHERE session_id = $1 AND gone = ''
ORDER BY id
