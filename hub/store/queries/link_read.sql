-- What a link is for, while it is for something.
SELECT user_links.kind, partners.name AS partner
FROM user_links
JOIN users ON users.id = user_links.user_id
LEFT JOIN partners ON partners.id = users.partner_id
WHERE user_links.token_hash = $1 AND user_links.user_id = $2 AND user_links.expires_at > now()
