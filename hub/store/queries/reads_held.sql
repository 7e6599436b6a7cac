-- What some offsets of a session hold: enough to tell whether it is the read in hand.
SELECT feed_offset, kind, source_id, sequence_number, read_key
FROM timing_reads
WHERE session_id = $1 AND feed_offset = ANY($2::bigint[])
