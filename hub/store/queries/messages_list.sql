-- The messages of some sessions ($1), with how often those that take turns do so, and the version of those for runners; a
-- session without any comes once, without an id.
SELECT sessions.id AS session_id, sessions.messages_every_s, sessions.messages_version, messages.id, messages.kind,
       messages.audience, messages.text, messages.position, messages.begins_at, messages.ends_at
FROM timing_sessions AS sessions
LEFT JOIN messages ON messages.session_id = sessions.id
WHERE sessions.id = ANY($1::bigint[])
ORDER BY sessions.id, messages.id
