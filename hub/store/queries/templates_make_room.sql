-- Of partner $1 the last $2 that were deleted can be taken back; those before them are gone.
DELETE FROM templates
WHERE id IN (
    SELECT id FROM templates
    WHERE partner_id = $1 AND deleted_at IS NOT NULL
    ORDER BY deleted_at DESC, id DESC
    OFFSET $2
)
RETURNING id
