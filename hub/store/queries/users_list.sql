-- Users with their partners, admins first; $1: only this one; $2, $3: only of this partner. A list may not hold their
-- passwords: whether there is one is asked of each.
SELECT users.id, users.email, users.name, users.role, users.partner_id, partners.slug, partners.name AS partner_name,
       users.disabled_at IS NOT NULL AS disabled, whole.password_hash IS NULL AS waiting,
       users.last_seen_at, users.created_at
FROM users
CROSS JOIN LATERAL user_by_id(users.id) AS whole
LEFT JOIN partners ON partners.id = users.partner_id
WHERE (users.id = $1 OR $1::bigint IS NULL)
  AND (users.partner_id = $2 OR $2::bigint IS NULL)
  AND (users.partner_id = $3 OR $3::bigint IS NULL)
ORDER BY partners.name NULLS FIRST, users.partner_id, users.email
