-- Sources of some sessions, oldest first.
SELECT id, partner_id, session_id, listener, protocol, remote_address, program, version, connection_id, event_name,
       clock_difference_us, last_seen, assigned_session_id, proved
FROM timing_sources
WHERE session_id = ANY($1::bigint[])
ORDER BY id
