-- Which of some keys a session holds, under any offset. No index helps: asked only after a conflict.
SELECT read_key FROM timing_reads WHERE session_id = $1 AND read_key = ANY($2::uuid[])
