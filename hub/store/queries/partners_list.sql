-- Partners with how much is theirs, by name; $1: only this one.
SELECT partners.id, partners.slug, partners.name,
       (SELECT count(*) FROM users WHERE partner_id = partners.id) AS users,
       (SELECT count(*) FROM timing_sessions WHERE partner_id = partners.id AND purpose <> 'inbox') AS sessions,
       (SELECT count(*) FROM timing_sessions
        WHERE partner_id = partners.id AND purpose <> 'inbox' AND status = 'active') AS active,
       partners.created_at
FROM partners
WHERE partners.id = $1 OR $1::bigint IS NULL
ORDER BY partners.name, partners.id
