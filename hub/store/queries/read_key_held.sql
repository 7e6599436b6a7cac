-- Whether a session holds a read of this key under some offset. No index helps: asked only after a conflict.
SELECT EXISTS (SELECT FROM timing_reads WHERE session_id = $1 AND read_key = $2)
