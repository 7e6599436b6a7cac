-- Moves that go on, in the order in which they began.
SELECT id, source_id, from_session_id, to_session_id, coalesce(through_offset, 0), copied_through
FROM source_moves
WHERE done_at IS NULL
ORDER BY id
