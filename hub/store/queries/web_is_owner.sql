-- Whether a login is that of the tables, or one that nothing is kept from.
SELECT rolsuper OR oid = (SELECT relowner FROM pg_class WHERE oid = 'public.timing_sessions'::regclass)
FROM pg_roles WHERE rolname = $1
