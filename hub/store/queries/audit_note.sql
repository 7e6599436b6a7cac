-- One line of the log of changes.
INSERT INTO audit_log (partner_id, user_id, who, action, what, detail)
VALUES ($1, $2, $3, $4, $5, $6::jsonb)
