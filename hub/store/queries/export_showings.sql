-- What displays have shown of a session, and for how long.
SELECT feed_offset::text, code, shown_at::text, shown_ms::text, layout
FROM showings
WHERE session_id = $1
ORDER BY feed_offset, code
