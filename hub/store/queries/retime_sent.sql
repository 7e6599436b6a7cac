-- What the times of the next reads of a session were made of, and what they are.
SELECT feed_offset, read_time_raw, coalesce(extract(epoch FROM read_time) * 1000000, 0)::bigint, marks,
       (extract(epoch FROM received_at) * 1000000)::bigint
FROM timing_reads
WHERE session_id = $1 AND feed_offset > $2 AND kind <> 'void'
ORDER BY feed_offset
LIMIT $3
