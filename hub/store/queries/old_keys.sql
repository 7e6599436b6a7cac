-- Stream keys that lead nowhere, each with its partner: of sessions that are not active, and those that were given up.
SELECT stream_key, partner_id FROM timing_sessions WHERE status <> 'active' AND purpose <> 'inbox'
UNION
SELECT unnest(old_stream_keys), partner_id FROM timing_sessions
