-- A screen ($1, of partner $2, at display $3), with what somebody wishes of it: a name ($4), to be dark ($5).
INSERT INTO screens (id, partner_id, code, name, blank, width, height, version, first_seen, last_seen)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
FROM displays
WHERE displays.code = $3 AND displays.partner_id = $2
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, blank = excluded.blank
RETURNING true
