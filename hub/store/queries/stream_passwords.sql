-- Sessions with a stream password, and the user that it belongs to.
SELECT id, partner_id, stream_key, stream_password
FROM timing_sessions
WHERE stream_password IS NOT NULL AND partner_id IS NOT NULL
