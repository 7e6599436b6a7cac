-- Ends the backend that holds the advisory lock $1, if it is that of the owner's row and that one names us.
SELECT pg_terminate_backend(held.pid)
FROM pg_locks AS held
JOIN hub_owner ON hub_owner.backend_pid = held.pid AND hub_owner.data_dir = $2 AND hub_owner.host = $3
WHERE held.locktype = 'advisory'
  AND held.granted
  AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND held.classid::bigint = $1::bigint >> 32
  AND held.objid::bigint = $1::bigint & 4294967295
