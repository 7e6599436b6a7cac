-- Sources, before what they sent.
INSERT INTO timing_sources (id, partner_id, session_id, listener, protocol, remote_address, program, version,
                            connection_id, event_name, clock_difference_us, last_seen, assigned_session_id, proved)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (id) DO UPDATE SET
    partner_id = excluded.partner_id,
    session_id = excluded.session_id,
    listener = excluded.listener,
    remote_address = excluded.remote_address,
    program = excluded.program,
    version = excluded.version,
    event_name = excluded.event_name,
    clock_difference_us = excluded.clock_difference_us,
    last_seen = greatest(timing_sources.last_seen, excluded.last_seen),
    assigned_session_id = excluded.assigned_session_id,
    proved = excluded.proved
