-- How many others than $1 there are with the role $2 at the partner $3 (null: the server) who can sign in.
SELECT count(*)
FROM users
CROSS JOIN LATERAL user_by_id(users.id) AS whole
WHERE users.id <> $1 AND users.role = $2 AND users.partner_id IS NOT DISTINCT FROM $3::bigint
  AND users.disabled_at IS NULL AND whole.password_hash IS NOT NULL
