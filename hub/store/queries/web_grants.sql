-- What the web's login may do, from nothing: what an older hub has granted does not stay. Run by the tables' owner.
DO $$
DECLARE
    each text;
BEGIN
    FOR each IN
        SELECT format('REVOKE ALL ON %s FROM racehub_web', oid::regclass)
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
          AND relowner = (SELECT relowner FROM pg_class WHERE oid = 'public.timing_sessions'::regclass)
        UNION ALL
        SELECT format('REVOKE ALL ON ROUTINE %s FROM racehub_web', oid::regprocedure)
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
          AND proowner = (SELECT relowner FROM pg_class WHERE oid = 'public.timing_sessions'::regclass)
    LOOP
        EXECUTE each;
    END LOOP;
    IF NOT has_database_privilege('racehub_web'::regrole, current_database(), 'CONNECT') THEN
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO racehub_web', current_database());
    END IF;
    IF NOT has_schema_privilege('racehub_web'::regrole, 'public', 'USAGE') THEN
        GRANT USAGE ON SCHEMA public TO racehub_web;
    END IF;
    IF has_schema_privilege('racehub_web'::regrole, 'public', 'CREATE') THEN
        REVOKE CREATE ON SCHEMA public FROM racehub_web;
    END IF;
END
$$;

-- Reads come by the drain alone, and so does what is said of their sources; but another zone or date of a session is
-- another difference of their clocks, which has to be found out anew.
GRANT SELECT ON public.timing_reads, public.timing_locations, public.timing_sources, public.timing_rejects,
    public.timing_reads_compat, public.timing_session_stats TO racehub_web;
GRANT UPDATE (clock_difference_us) ON public.timing_sources TO racehub_web;
-- What people say of a location is theirs; its name is the readers'.
GRANT UPDATE (shown_name, merged_into, position, hidden) ON public.timing_locations TO racehub_web;

-- Stream passwords it only puts in, sealed: which they are, the hub knows.
GRANT SELECT (id, slug, name, created_at, crew_tags, emergency),
    INSERT (slug, name),
    UPDATE (slug, name, stream_password, crew_tags, emergency),
    DELETE
    ON public.partners TO racehub_web;

GRANT SELECT, INSERT, UPDATE, DELETE ON public.events, public.races, public.displays, public.screens,
    public.participants, public.user_links, public.tokens TO racehub_web;

-- A session is deleted after its export is on the disk: not by a request.
GRANT SELECT (id, partner_id, session_name, event_id, user_session_id, stream_key, status, epoch, created_at, updated_at,
              ended_at, purpose, scheduled_for, started_at, times_by, keys_day, old_stream_keys, source_id, testing, messages_version,
              messages_every_s, mode, minors_under, minors_privacy, roster_order),
    INSERT (partner_id, session_name, event_id, user_session_id, stream_key, status, purpose, scheduled_for),
    UPDATE (session_name, event_id, user_session_id, stream_key, old_stream_keys, status, started_at, ended_at,
            purpose, scheduled_for, times_by, keys_day, stream_password, testing, messages_version,
            messages_every_s, mode, minors_under, minors_privacy, roster_order)
    ON public.timing_sessions TO racehub_web;

GRANT SELECT, DELETE ON public.exports TO racehub_web;

GRANT SELECT, INSERT, UPDATE, DELETE ON public.messages, public.runner_marks, public.calls, public.showings,
    public.session_latencies TO racehub_web;

GRANT SELECT, INSERT, UPDATE, DELETE ON public.provider_links, public.official_results TO racehub_web;
-- What an account signs in with is sealed, and is read by the hub alone.
GRANT SELECT (id, partner_id, kind, name, tested_at, problem, made_by, created_at, updated_at),
    INSERT, UPDATE (name, credentials, tested_at, problem), DELETE
    ON public.provider_accounts TO racehub_web;

-- A version stays as it was saved.
GRANT SELECT, INSERT, UPDATE (name, version, deleted_at), DELETE ON public.templates TO racehub_web;
GRANT SELECT, INSERT, DELETE ON public.template_versions TO racehub_web;
GRANT SELECT, INSERT, UPDATE (title), DELETE ON public.images TO racehub_web;

-- Reads are moved by the hub alone.
GRANT SELECT ON public.source_moves TO racehub_web;

-- No list of users has their passwords in it: those are found one by one (user_by_id and its like).
GRANT SELECT (id, partner_id, email, name, role, session_generation, disabled_at, last_seen_at, created_at, updated_at,
            settings, chosen_session_id),
    INSERT (partner_id, email, name, role, password_hash),
    UPDATE (email, name, role, password_hash, session_generation, disabled_at, last_seen_at, settings,
            chosen_session_id),
    DELETE
    ON public.users TO racehub_web;

-- What is written there stays as it was written.
GRANT SELECT, INSERT ON public.audit_log TO racehub_web;

GRANT EXECUTE ON FUNCTION public.user_by_id, public.user_by_email, public.user_by_token, public.user_by_link,
    public.has_admin TO racehub_web;
