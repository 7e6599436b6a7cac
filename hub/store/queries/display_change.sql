-- All that can be said of a display ($1, of partner $2) anew.
UPDATE displays
SET session_id = $3, name = $4, settings = $5, place = $6, expires_at = $7, template_id = $8, revoked_at = $9, control = $10
WHERE code = $1 AND partner_id = $2
RETURNING true
