-- Whether version $2 of template $1 says this already.
SELECT content = $3::jsonb
FROM template_versions
WHERE template_id = $1 AND version = $2
