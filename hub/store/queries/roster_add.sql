-- Participants ($2: a JSON array of them, with all that is said of them) into a session's roster ($1). Not by COPY:
-- row-level security, which holds for the web's login, does not go with it.
INSERT INTO participants (session_id, bib, tags, first_name, last_name, age, gender, city, state, country, division,
                          race_name, wave, team_name, custom, phonetic, birth_date, status, notes, privacy,
                          external_id, layers, locked, gone)
SELECT $1, each.*
FROM json_to_recordset($2::json) AS each (
    bib text, tags text[], first_name text, last_name text, age text, gender text, city text, state text, country text,
    division text, race_name text, wave text, team_name text, custom jsonb,
    phonetic text, birth_date date, status text, notes text, privacy text,
    external_id text, layers jsonb, locked text[], gone text)
RETURNING id
