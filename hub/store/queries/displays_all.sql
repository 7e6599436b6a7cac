-- All displays, the oldest first.
SELECT code, partner_id, session_id, name, settings, place, expires_at, revoked_at, template_id, control
FROM displays
ORDER BY created_at, code
