-- Accounts at registration services, without what they sign in with, and the sessions that are filled by them; $1: only
-- this one.
SELECT accounts.id, accounts.partner_id, accounts.kind, accounts.name, accounts.tested_at, accounts.problem,
       accounts.made_by, accounts.created_at,
       array(SELECT session_id FROM provider_links WHERE account_id = accounts.id ORDER BY session_id) AS sessions
FROM provider_accounts AS accounts
WHERE accounts.id = $1 OR $1::bigint IS NULL
ORDER BY lower(accounts.name), accounts.id
