-- A read was said. Who said it first, has.
INSERT INTO calls (session_id, feed_offset, said_by)
VALUES ($1, $2, $3)
ON CONFLICT (session_id, feed_offset) DO UPDATE SET said_by = calls.said_by
RETURNING feed_offset, said_by, (extract(epoch FROM said_at) * 1000000)::bigint
