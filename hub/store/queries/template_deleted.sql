-- A deleted template, which nobody else changes until the end of this transaction.
SELECT id, partner_id, name, version
FROM templates
WHERE id = $1 AND deleted_at IS NOT NULL
FOR UPDATE
