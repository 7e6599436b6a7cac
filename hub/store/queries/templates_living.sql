-- Templates that were not deleted, with ids after $1, each with the version in force; at most $2.
SELECT templates.id, templates.partner_id, templates.name, templates.version, versions.content
FROM templates
JOIN template_versions AS versions
  ON versions.template_id = templates.id AND versions.version = templates.version
WHERE templates.deleted_at IS NULL AND templates.id > $1
ORDER BY templates.id
LIMIT $2
