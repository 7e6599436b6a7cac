-- When the next session begins by itself.
SELECT min(scheduled_for) FROM timing_sessions WHERE status = 'scheduled'
