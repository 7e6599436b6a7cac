-- Participants of a session ($1) as they are now ($2: a JSON array of them). Each by its id, as in roster_records.
UPDATE participants
SET bib = each.bib, tags = each.tags, first_name = each.first_name, last_name = each.last_name, age = each.age,
    gender = each.gender, city = each.city, state = each.state, country = each.country, division = each.division,
    race_name = each.race_name, wave = each.wave, team_name = each.team_name, custom = each.custom,
    phonetic = each.phonetic, birth_date = each.birth_date, status = each.status, notes = each.notes,
    privacy = each.privacy, external_id = each.external_id, layers = each.layers, locked = each.locked, gone = each.gone
FROM json_to_recordset($2::json) AS each (
    id bigint, bib text, tags text[], first_name text, last_name text, age text, gender text, city text, state text,
    country text, division text, race_name text, wave text, team_name text, custom jsonb,
    phonetic text, birth_date date, status text, notes text, privacy text,
    external_id text, layers jsonb, locked text[], gone text)
WHERE participants.id = each.id AND participants.session_id + 0 = $1
