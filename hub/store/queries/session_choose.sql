-- The session that user $1 wants old screens to show; null: the newest active one.
UPDATE users
SET chosen_session_id = $2
WHERE id = $1
