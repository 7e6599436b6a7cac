-- What may be changed of a session, kept as it is until the end of this transaction.
SELECT id, partner_id, session_name, purpose, status, event_id, scheduled_for, mode, minors_under, minors_privacy
FROM timing_sessions
WHERE id = $1
FOR NO KEY UPDATE
