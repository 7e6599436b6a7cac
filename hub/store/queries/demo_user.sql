-- One of the partner's owners, with another password at each start.
INSERT INTO users (partner_id, email, name, role, password_hash)
VALUES ($1, $2, 'Demo', 'owner', $3)
ON CONFLICT (lower(email)) DO UPDATE
SET partner_id = excluded.partner_id, role = excluded.role, password_hash = excluded.password_hash, disabled_at = NULL
