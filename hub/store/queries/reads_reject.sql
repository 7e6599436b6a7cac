-- Reads that no table of reads can hold, kept as the lines they came as. What an earlier try has put there stays one.
INSERT INTO timing_rejects (id, source_id, session_id, received_at, reason, line)
SELECT row.id, row.source_id, sessions.id, row.received_at, row.reason, row.line
FROM (
    SELECT DISTINCT ON (source_id, received_us, line)
           id, source_id, session_id, timestamptz 'epoch' + received_us * interval '1 microsecond' AS received_at,
           reason, line
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bytea[])
        AS given (id, source_id, session_id, received_us, reason, line)
) AS row
LEFT JOIN timing_sessions AS sessions ON sessions.id = row.session_id
WHERE NOT EXISTS (
    SELECT FROM timing_rejects AS held
    WHERE held.source_id = row.source_id AND held.received_at = row.received_at AND held.line = row.line
)
