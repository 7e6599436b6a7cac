-- Another stream key for a session; the one it had is kept with the old ones.
UPDATE timing_sessions
SET stream_key = $2, old_stream_keys = old_stream_keys || stream_key
WHERE id = $1
