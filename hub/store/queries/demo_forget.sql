-- Deletes the ended sessions of the demo that nobody shows, but the last $1, with all they have.
WITH old AS (
    SELECT id FROM timing_sessions
    WHERE purpose = 'demo' AND status = 'ended'
      AND NOT EXISTS (SELECT FROM displays WHERE displays.session_id = timing_sessions.id)
    ORDER BY id DESC
    OFFSET $1
), sources AS (
    DELETE FROM timing_sources WHERE session_id IN (SELECT id FROM old)
)
DELETE FROM timing_sessions
WHERE id IN (SELECT id FROM old)
