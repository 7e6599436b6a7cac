-- What displays have shown of sessions; of those that are gone by now nothing is kept. Of several times the longest
-- counts; one that has not ended says when it began.
INSERT INTO showings AS held (session_id, feed_offset, code, shown_at, shown_ms, layout)
SELECT reported.session_id, reported.feed_offset, reported.code, reported.shown_at, reported.shown_ms, reported.layout
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::integer[], $6::text[])
    AS reported (session_id, feed_offset, code, shown_at, shown_ms, layout)
JOIN timing_sessions AS sessions ON sessions.id = reported.session_id
ON CONFLICT (session_id, feed_offset, code) DO UPDATE
SET shown_at = CASE WHEN held.shown_ms = 0 THEN least(held.shown_at, excluded.shown_at) ELSE excluded.shown_at END,
    shown_ms = excluded.shown_ms, layout = excluded.layout
WHERE excluded.shown_ms > held.shown_ms
