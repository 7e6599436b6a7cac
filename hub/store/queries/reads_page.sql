-- Reads of a session in the order of offsets: the id, then the fields of a Read. $3 locations, $4 tags; null: all.
-- $5 tags that are left out.
SELECT id, feed_offset, coalesce(source_id, 0), coalesce(sequence_number, 0), location_name, tag_code,
       coalesce(extract(epoch FROM read_time) * 1000000, 0)::bigint, read_time_raw, coalesce(lap_count, 0), reader_id,
       coalesce(gator_number, 0), kind, marks, read_key, raw_data,
       (extract(epoch FROM received_at) * 1000000)::bigint
FROM timing_reads
WHERE session_id = $1 AND feed_offset > $2 AND kind <> 'void'
  AND ($3::text[] IS NULL OR lower(location_name) IN (SELECT lower(each) FROM unnest($3::text[]) AS each))
  AND ($4::text[] IS NULL OR coalesce(nullif(ltrim(lower(trim(tag_code)), '0 '), ''), '0') = ANY($4))
  AND NOT coalesce(coalesce(nullif(ltrim(lower(trim(tag_code)), '0 '), ''), '0') = ANY($5::text[]), false)
ORDER BY feed_offset
LIMIT $6
