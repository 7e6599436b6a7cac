-- Participants of a session ($1) of these ids ($2), with all that is said of them, in the order of the fields of a
-- Participant, then of a Record. Each is looked up by its id: of a roster that has just been filled PostgreSQL does not
-- know yet how large it is, and would go through all of it (so `+ 0`).
SELECT id, bib, tags, first_name, last_name, age, gender, city, state, country, division, race_name, wave, team_name,
       custom, phonetic, coalesce(birth_date::text, ''), status, notes, privacy,
       session_id, external_id, layers, locked, gone, updated_at
FROM participants
WHERE id = ANY($2::bigint[]) AND session_id + 0 = $1
