-- All screens that are kept, those that were there first before the others. Times in microseconds.
SELECT id, partner_id, code, name, blank, coalesce(width, 0) AS width, coalesce(height, 0) AS height, version,
       (extract(epoch FROM first_seen) * 1000000)::bigint AS first_us,
       (extract(epoch FROM last_seen) * 1000000)::bigint AS last_us
FROM screens
ORDER BY first_seen, id
