-- Which database of which server this is, by whatever way one has come to it.
SELECT format('%s/%s', (SELECT system_identifier FROM pg_control_system()), oid)
FROM pg_database WHERE datname = current_database()
