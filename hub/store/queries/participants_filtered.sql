-- From a session's participants ($1), those who are on the roster or not ($2) and in whom all of these patterns are found
-- ($3), of a race ($4), of a status ($5), of whom an origin has said something ($6), and without something ($7); null:
-- any. What is asked of them stands before it, and in which order behind it.
FROM participants
WHERE session_id = $1 AND (gone <> '') = $2
  AND ($3::text[] IS NULL
       OR lower(concat_ws(' ', bib, first_name, last_name, array_to_string(tags, ' '), team_name)) LIKE ALL ($3))
  AND ($4::text IS NULL OR race_name = $4)
  AND ($5::text IS NULL OR status = $5)
  AND ($6::text IS NULL OR layers ? $6 OR $6 = 'file' AND layers = '{}')
  AND CASE $7::text
      WHEN 'tag' THEN tags = '{}'
      WHEN 'bib' THEN bib = ''
      WHEN 'name' THEN first_name = '' AND last_name = ''
      WHEN 'birth_date' THEN birth_date IS NULL
      WHEN 'age' THEN birth_date IS NULL AND age = ''
      ELSE true
  END
