-- The place of a read that PostgreSQL would not take: its offset and key stay taken, so that there is no hole.
INSERT INTO timing_reads (session_id, feed_offset, source_id, sequence_number, read_key, location_name, tag_code,
                          read_time_raw, reader_id, kind, raw_data, received_at)
SELECT id, $2, $3, $4, $5, $6, '', '', '', 'void', '', timestamptz 'epoch' + $7::bigint * interval '1 microsecond'
FROM timing_sessions WHERE id = $1
ON CONFLICT (session_id, feed_offset) DO NOTHING
