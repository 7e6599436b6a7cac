-- Whether there has been a session; those of the demo do not count.
SELECT EXISTS (SELECT FROM timing_sessions WHERE purpose <> 'demo')
