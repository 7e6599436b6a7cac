-- The inbox of a source, before what it was sent. Its key is none that a reader could give: it leads nowhere.
INSERT INTO timing_sessions (id, partner_id, source_id, session_name, stream_key, purpose, status, created_at)
VALUES ($1, (SELECT id FROM partners WHERE id = $2), $3, $4, 'inbox-' || $1::bigint, 'inbox', 'active', $5)
ON CONFLICT (id) DO NOTHING
