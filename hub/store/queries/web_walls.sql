-- What is missing of the walls around the login that asks: in words, and what mends it. No rows: all of them stand.
WITH me AS (
    SELECT *, quote_ident(rolname) AS name FROM pg_roles WHERE rolname = current_user
), main AS (
    SELECT relowner AS owner FROM pg_class WHERE oid = 'public.timing_sessions'::regclass
), ours AS (
    SELECT pg_class.oid, relkind, relrowsecurity, relname, reloptions, pg_class.oid::regclass::text AS name,
           relname IN ('hub_owner', 'schema_migrations') AS of_nobody
    FROM pg_class, me, main
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
      AND (relowner = main.owner OR EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee = me.oid))
)
SELECT 'it is a superuser' AS missing, format('ALTER ROLE %s NOSUPERUSER;', name) AS remedy FROM me WHERE rolsuper
UNION ALL
SELECT 'it passes row-level security', format('ALTER ROLE %s NOBYPASSRLS;', name) FROM me WHERE rolbypassrls
UNION ALL
SELECT 'it may make roles', format('ALTER ROLE %s NOCREATEROLE;', name) FROM me WHERE rolcreaterole
UNION ALL
SELECT format('it may act as %s', role.rolname), format('REVOKE %I FROM %s;', role.rolname, me.name)
FROM pg_roles AS role, me, main
WHERE role.oid <> me.oid AND NOT me.rolsuper AND pg_has_role(me.oid, role.oid, 'MEMBER')
  AND (role.oid = main.owner OR role.rolsuper OR role.rolbypassrls OR role.rolcreaterole OR role.rolname ^@ 'pg_')
UNION ALL
SELECT 'it owns something in this database', format('REASSIGN OWNED BY %s TO %I;', me.name, pg_get_userbyid(main.owner))
FROM me, main
WHERE me.oid = main.owner OR EXISTS (
    SELECT FROM pg_shdepend
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = me.oid AND deptype = 'o'
      AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))
UNION ALL
SELECT format('%s has no row-level security', name), format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', name)
FROM ours WHERE relkind IN ('r', 'p') AND NOT of_nobody AND NOT relrowsecurity
UNION ALL
SELECT format('%s has a policy that is not the hub''s', ours.name), format('DROP POLICY %I ON %s;', polname, ours.name)
FROM pg_policy JOIN ours ON ours.oid = polrelid WHERE polname NOT IN ('of_partner', 'of_admin') AND polpermissive
UNION ALL
SELECT format('%s shows what its owner sees', ours.name),
       format('ALTER VIEW %s SET (security_invoker = true);', ours.name)
FROM ours, me
WHERE relkind IN ('v', 'm') AND has_any_column_privilege(me.oid, ours.oid, 'SELECT')
  AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)
UNION ALL
SELECT format('it may write in %s', ours.name), format('REVOKE ALL ON %s FROM %s, PUBLIC;', ours.name, me.name)
FROM ours, me
WHERE of_nobody AND NOT me.rolsuper AND (
    has_any_column_privilege(me.oid, ours.oid, 'INSERT, UPDATE') OR has_table_privilege(me.oid, ours.oid, 'DELETE'))
UNION ALL
SELECT format('it may pass the policies of %s', ours.name),
       format('REVOKE TRUNCATE, TRIGGER, REFERENCES ON %s FROM %s, PUBLIC;', ours.name, me.name)
FROM ours, me
WHERE NOT me.rolsuper AND has_table_privilege(me.oid, ours.oid, 'TRUNCATE, TRIGGER, REFERENCES')
UNION ALL
SELECT format('it may run %s with its owner''s rights', proc.oid::regprocedure),
       format('REVOKE ALL ON FUNCTION %s FROM %s, PUBLIC;', proc.oid::regprocedure, me.name)
FROM pg_proc AS proc, me, main
WHERE proc.prosecdef AND proc.pronamespace = 'public'::regnamespace AND proc.proowner = main.owner
  AND NOT me.rolsuper AND has_function_privilege(me.oid, proc.oid, 'EXECUTE')
  AND proname NOT IN ('user_by_id', 'user_by_email', 'user_by_token', 'user_by_link', 'has_admin')
UNION ALL
SELECT 'it may make things in the schema public',
       format('REVOKE CREATE ON SCHEMA public FROM %s, PUBLIC;', me.name)
FROM me WHERE NOT me.rolsuper AND has_schema_privilege(me.oid, 'public', 'CREATE')
