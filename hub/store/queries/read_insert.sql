-- Reads of which some may be there already. Gives the places of those that were not.
INSERT INTO timing_reads (session_id, feed_offset, source_id, sequence_number, lap_count, gator_number, location_id,
                          read_time, received_at, read_key, location_name, tag_code, read_time_raw, reader_id,
                          kind, marks, raw_data)
SELECT session_id, feed_offset, source_id, sequence_number, lap_count, gator_number, location_id,
       timestamptz 'epoch' + read_us * interval '1 microsecond',
       timestamptz 'epoch' + received_us * interval '1 microsecond',
       read_key, location_name, tag_code, read_time_raw, reader_id, kind, string_to_array(marks, ','), raw_data
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::bigint[], $9::bigint[], $10::uuid[], $11::text[], $12::text[], $13::text[], $14::text[],
            $15::text[], $16::text[], $17::text[])
    AS row (session_id, feed_offset, source_id, sequence_number, lap_count, gator_number, location_id,
            read_us, received_us, read_key, location_name, tag_code, read_time_raw, reader_id,
            kind, marks, raw_data)
ON CONFLICT (session_id, feed_offset) DO NOTHING
RETURNING session_id, feed_offset
