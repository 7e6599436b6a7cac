-- What is said of the runners of a session; $2: of one of them only.
SELECT who, starred, note, changed_by, (extract(epoch FROM updated_at) * 1000000)::bigint
FROM runner_marks
WHERE session_id = $1 AND ($2::text IS NULL OR who = $2)
ORDER BY who
