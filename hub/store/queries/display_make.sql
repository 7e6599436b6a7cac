-- A display of partner $2 that shows session $3; null: the partner's active one.
INSERT INTO displays (code, partner_id, session_id, name, settings, place, expires_at, template_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
