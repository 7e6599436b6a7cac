-- Another session ($3) and name ($4) for a display.
UPDATE displays SET session_id = $3, name = $4 WHERE code = $1 AND partner_id = $2 RETURNING true
