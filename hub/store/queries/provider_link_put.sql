-- From now on a session's roster comes from there, and all of it is to be loaded.
INSERT INTO provider_links (session_id, account_id, event_ref, event_name, races, results, enabled)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (session_id) DO UPDATE
SET account_id = excluded.account_id, event_ref = excluded.event_ref, event_name = excluded.event_name,
    races = excluded.races, results = excluded.results, enabled = excluded.enabled,
    cursor = '{}', synced_at = NULL, full_at = NULL, problem = '', figures = '{}'
