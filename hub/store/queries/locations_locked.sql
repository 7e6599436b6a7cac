-- What people have said of the locations of a session, which stays so until the end of this transaction.
SELECT id, location_name, shown_name, merged_into, position, hidden
FROM timing_locations
WHERE session_id = $1
ORDER BY id
FOR UPDATE
