-- The lines of one session that are no reads, in the order in which they came.

CREATE INDEX timing_rejects_session ON timing_rejects (session_id, id);
