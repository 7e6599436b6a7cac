-- Official results that are new, or others than before.
INSERT INTO official_results (session_id, entry, bib, fields)
SELECT $1, entry, bib, fields::jsonb
FROM unnest($2::text[], $3::text[], $4::text[]) AS given (entry, bib, fields)
ON CONFLICT (session_id, entry) DO UPDATE SET bib = excluded.bib, fields = excluded.fields
WHERE (official_results.bib, official_results.fields) IS DISTINCT FROM (excluded.bib, excluded.fields)
