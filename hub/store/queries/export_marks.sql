-- What announcers have said of the runners of a session.
SELECT who, starred::text, note, changed_by, updated_at::text
FROM runner_marks
WHERE session_id = $1
ORDER BY who
