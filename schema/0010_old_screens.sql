-- What the predecessor's screens and scripts need that the hub has no other place for.

ALTER TABLE users ADD COLUMN chosen_session_id bigint REFERENCES timing_sessions ON DELETE SET NULL;

COMMENT ON COLUMN users.chosen_session_id IS
    'the session that old screens and scripts of this user are shown; null: the newest active one of the partner';
