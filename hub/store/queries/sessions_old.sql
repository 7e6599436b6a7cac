-- Active sessions, but no inboxes, that have heard nothing for $1 days, as cleanup_old_sessions has it; each with the last offset held.
SELECT sessions.id, coalesce(last_read.feed_offset, 0) AS head
FROM timing_sessions AS sessions
LEFT JOIN events ON events.id = sessions.event_id
LEFT JOIN LATERAL (
    SELECT feed_offset, received_at FROM timing_reads WHERE session_id = sessions.id ORDER BY feed_offset DESC LIMIT 1
) AS last_read ON true
WHERE sessions.status = 'active' AND sessions.purpose <> 'inbox'
  AND greatest(
          coalesce(
              last_read.received_at,
              greatest(events.event_date::timestamptz, sessions.created_at),
              sessions.created_at),
          sessions.started_at) < now() - make_interval(days => $1)
ORDER BY sessions.id
