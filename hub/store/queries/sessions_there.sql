-- Which of some sessions exist, and will until the end of this transaction.
SELECT id FROM timing_sessions WHERE id = ANY($1::bigint[]) FOR KEY SHARE
