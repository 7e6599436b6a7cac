-- A session with its event, races and figures, as JSON for people.
SELECT jsonb_pretty(jsonb_build_object(
    'session', to_jsonb(sessions) - 'stream_key' - 'old_stream_keys' - 'stream_password',
    'partner', (SELECT jsonb_build_object('slug', slug, 'name', name) FROM partners WHERE id = sessions.partner_id),
    'event', (SELECT to_jsonb(events) FROM events WHERE id = sessions.event_id),
    'races', (SELECT coalesce(jsonb_agg(to_jsonb(races) ORDER BY id), '[]') FROM races
              WHERE event_id = sessions.event_id),
    'figures', (SELECT to_jsonb(stats) FROM timing_session_stats AS stats WHERE stats.id = sessions.id)
))
FROM timing_sessions AS sessions
WHERE id = $1
