-- Another version of template $1, which is in force from now on. Gives its number.
WITH next AS (
    UPDATE templates SET version = version + 1 WHERE id = $1 RETURNING id, version
)
INSERT INTO template_versions (template_id, version, content, images, restored, made_by)
SELECT next.id, next.version, $2, $3, $4, $5
FROM next
RETURNING version
