-- One user, whole; $2: only if of this partner.
SELECT whole.*
FROM users
CROSS JOIN LATERAL user_by_id(users.id) AS whole
WHERE users.id = $1 AND (users.partner_id = $2 OR $2::bigint IS NULL)
