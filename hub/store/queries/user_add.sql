-- A user; nothing when the address is taken, by whomever.
INSERT INTO users (partner_id, email, name, role, password_hash)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
RETURNING id
