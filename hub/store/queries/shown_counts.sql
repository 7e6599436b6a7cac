-- Of session $1: reads that were to be shown, those that were, and those that were said. $2: those of a test, too; $3:
-- tags that are left out.
SELECT count(*), count(shown.feed_offset), count(calls.feed_offset)
FROM timing_reads AS reads
LEFT JOIN (SELECT DISTINCT feed_offset FROM showings WHERE session_id = $1) AS shown USING (feed_offset)
LEFT JOIN (SELECT feed_offset FROM calls WHERE session_id = $1) AS calls USING (feed_offset)
WHERE reads.session_id = $1 AND reads.kind = 'read' AND NOT 'repeat' = ANY(reads.marks)
  AND ($2 OR NOT 'test' = ANY(reads.marks))
  AND NOT coalesce(nullif(ltrim(lower(trim(reads.tag_code)), '0 '), ''), '0') = ANY($3::text[])
