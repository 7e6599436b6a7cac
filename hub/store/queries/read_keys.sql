-- The keys held under some offsets of a session.
SELECT feed_offset, read_key FROM timing_reads WHERE session_id = $1 AND feed_offset = ANY($2::bigint[])
