-- A session's numbering has been broken: screens start afresh.
UPDATE timing_sessions SET epoch = epoch + 1 WHERE id = $1 RETURNING epoch
