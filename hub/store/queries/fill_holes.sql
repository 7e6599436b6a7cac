-- Void rows for the offsets of a session, up to $2, that no row holds.
INSERT INTO timing_reads (session_id, feed_offset, location_name, tag_code, read_time_raw, reader_id, kind, raw_data,
                          received_at)
SELECT $1, wanted, '', '', '', '', 'void', '', now()
FROM generate_series(1, $2::bigint) AS wanted
ON CONFLICT (session_id, feed_offset) DO NOTHING
