-- A page of the log of changes, the newest first; $1: before this id; $2, $3: only of this partner; $4: so many.
SELECT audit_log.id, audit_log.at, audit_log.who, audit_log.action, audit_log.what, audit_log.detail,
       partners.id AS partner_id, partners.slug, partners.name AS partner_name
FROM audit_log
LEFT JOIN partners ON partners.id = audit_log.partner_id
WHERE (audit_log.id < $1 OR $1::bigint IS NULL)
  AND (audit_log.partner_id = $2 OR $2::bigint IS NULL)
  AND (audit_log.partner_id = $3 OR $3::bigint IS NULL)
ORDER BY audit_log.id DESC
LIMIT $4
