-- What keeps a partner from being deleted, and how many partners there are.
SELECT (SELECT count(*) FROM timing_sessions WHERE partner_id = $1 AND purpose <> 'inbox') AS sessions,
       (SELECT count(*) FROM events WHERE partner_id = $1) AS events,
       (SELECT count(*) FROM displays WHERE partner_id = $1) AS displays,
       (SELECT count(*) FROM templates WHERE partner_id = $1 AND deleted_at IS NULL) AS templates,
       (SELECT count(*) FROM exports WHERE partner_id = $1) AS exports,
       (SELECT count(*) FROM users WHERE partner_id = $1) AS users,
       (SELECT count(*) FROM partners) AS partners
