-- Participants of a session ($1) of these ids ($2), with all that is said of them, in the order of the fields of a
-- Participant, then of a Record.
SELECT id, bib, tags, first_name, last_name, age, gender, city, state, country, division, race_name, wave, team_name,
       custom, phonetic, coalesce(birth_date::text, ''), status, notes, privacy,
       session_id, external_id, layers, locked, gone, updated_at
FROM participants
WHERE session_id = $1 AND id = ANY($2::bigint[])
