-- Deleted templates, the last one first; of those of one name and partner the last alone.
SELECT id, partner_id, name, deleted_at
FROM (
    SELECT DISTINCT ON (partner_id, lower(name)) id, partner_id, name, deleted_at
    FROM templates
    WHERE deleted_at IS NOT NULL
    ORDER BY partner_id, lower(name), deleted_at DESC, id DESC
) AS last
ORDER BY deleted_at DESC, id DESC
