-- How many other runners of a session than $2 something is said of, and how many of them are starred.
SELECT count(*), count(*) FILTER (WHERE starred) FROM runner_marks WHERE session_id = $1 AND who <> $2
