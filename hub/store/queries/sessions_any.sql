-- Whether there has been a session; those of the demo and inboxes do not count.
SELECT EXISTS (SELECT FROM timing_sessions WHERE purpose NOT IN ('demo', 'inbox'))
