-- Stream keys that lead nowhere: of sessions that are not active, and those that were given up for others.
SELECT stream_key FROM timing_sessions WHERE status <> 'active'
UNION
SELECT unnest(old_stream_keys) FROM timing_sessions
