-- Templates that were not deleted, each with its version in force.
SELECT templates.id, templates.partner_id, templates.name, templates.version, templates.updated_at,
       versions.made_by AS updated_by, versions.content ->> 'format' AS format,
       coalesce(versions.content #>> '{canvas,width}', versions.content #>> '{active,width}')::integer AS width,
       coalesce(versions.content #>> '{canvas,height}', versions.content #>> '{active,height}')::integer AS height
FROM templates
JOIN template_versions AS versions
  ON versions.template_id = templates.id AND versions.version = templates.version
WHERE templates.deleted_at IS NULL
ORDER BY lower(templates.name), templates.id
