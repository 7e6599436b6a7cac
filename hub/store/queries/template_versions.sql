-- The versions of template $1, the newest first.
SELECT version, made_at, made_by, restored
FROM template_versions
WHERE template_id = $1
ORDER BY version DESC
