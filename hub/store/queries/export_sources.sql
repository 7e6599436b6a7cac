-- The readers that a session was fed by.
SELECT id::text, listener, protocol, remote_address, program, version, connection_id, event_name,
       clock_difference_us::text, first_seen::text, last_seen::text
FROM timing_sources
WHERE session_id = $1
ORDER BY id
