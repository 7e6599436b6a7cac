-- Reads of session $1 in the order of offsets: the fields of a Read, what displays have shown of each, who has said it,
-- and whether no display has shown anything at about that time. After offset $2, at most $6; $3: those of a test, too;
-- $4: tags that are left out; $5: which.
SELECT reads.feed_offset, coalesce(reads.source_id, 0), coalesce(reads.sequence_number, 0), reads.location_name,
       reads.tag_code, coalesce(extract(epoch FROM reads.read_time) * 1000000, 0)::bigint, reads.read_time_raw,
       coalesce(reads.lap_count, 0), reads.reader_id, coalesce(reads.gator_number, 0), reads.kind, reads.marks,
       reads.read_key, reads.raw_data, (extract(epoch FROM reads.received_at) * 1000000)::bigint,
       shown.codes, shown.instants, shown.durations, shown.layouts,
       calls.said_by, (extract(epoch FROM calls.said_at) * 1000000)::bigint,
       NOT EXISTS (
           SELECT FROM showings AS near
           WHERE near.session_id = $1 AND near.feed_offset BETWEEN reads.feed_offset - 500 AND reads.feed_offset + 500
             AND near.shown_at BETWEEN reads.received_at - interval '30 seconds'
                                   AND reads.received_at + interval '30 seconds'
       )
FROM timing_reads AS reads
LEFT JOIN calls ON calls.session_id = $1 AND calls.feed_offset = reads.feed_offset
LEFT JOIN LATERAL (
    SELECT array_agg(code ORDER BY shown_at, code) AS codes,
           array_agg((extract(epoch FROM shown_at) * 1000000)::bigint ORDER BY shown_at, code) AS instants,
           array_agg(shown_ms ORDER BY shown_at, code) AS durations,
           array_agg(layout ORDER BY shown_at, code) AS layouts
    FROM showings
    WHERE session_id = $1 AND feed_offset = reads.feed_offset
) AS shown ON true
WHERE reads.session_id = $1 AND reads.feed_offset > $2 AND reads.kind = 'read' AND NOT 'repeat' = ANY(reads.marks)
  AND ($3 OR NOT 'test' = ANY(reads.marks))
  AND NOT coalesce(nullif(ltrim(lower(trim(reads.tag_code)), '0 '), ''), '0') = ANY($4::text[])
  AND CASE $5::text
      WHEN 'shown' THEN shown.codes IS NOT NULL
      WHEN 'unshown' THEN shown.codes IS NULL
      WHEN 'uncalled' THEN calls.said_at IS NULL
      WHEN 'missed' THEN shown.codes IS NULL OR calls.said_at IS NULL
      ELSE true
      END
ORDER BY reads.feed_offset
LIMIT $6
