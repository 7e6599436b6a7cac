-- All rows of a session, with all their columns as text.
SELECT feed_offset::text, id::text, kind, array_to_string(marks, ',') AS marks, location_name, tag_code,
       read_time::text, read_time_raw, lap_count::text, reader_id, gator_number::text, sequence_number::text,
       source_id::text, location_id::text, read_key::text, received_at::text, created_at::text, raw_data
FROM timing_reads
WHERE session_id = $1
ORDER BY feed_offset
