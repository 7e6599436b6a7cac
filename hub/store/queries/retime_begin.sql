-- A session whose times are to be read again: they stand by $2 until that is done, and its keys by the date $3 for good.
UPDATE timing_sessions
SET times_by = coalesce(times_by, $2), keys_day = coalesce(keys_day, $3::text::date)
WHERE id = $1
