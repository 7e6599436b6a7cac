-- How screens of partner $1 are. One whose display is gone by now is not kept.
INSERT INTO screens (id, partner_id, code, width, height, version, first_seen, last_seen)
SELECT now_there.id, $1, now_there.code, now_there.width, now_there.height, now_there.version,
       now_there.first_seen, now_there.last_seen
FROM unnest($2::text[], $3::text[], $4::integer[], $5::integer[], $6::text[], $7::timestamptz[], $8::timestamptz[])
    AS now_there (id, code, width, height, version, first_seen, last_seen)
JOIN displays ON displays.code = now_there.code AND displays.partner_id = $1
ORDER BY now_there.id
ON CONFLICT (id) DO UPDATE
SET code = excluded.code, width = excluded.width, height = excluded.height, version = excluded.version,
    last_seen = excluded.last_seen
