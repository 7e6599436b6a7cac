-- One participant with all that is said of them, as in roster_records.
SELECT id, bib, tags, first_name, last_name, age, gender, city, state, country, division, race_name, wave, team_name,
       custom, phonetic, coalesce(birth_date::text, ''), status, notes, privacy,
       session_id, external_id, layers, locked, gone, updated_at
FROM participants
WHERE id = $1
