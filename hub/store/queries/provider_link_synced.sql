-- A refresh has ended well, unless the link leads elsewhere by now; $6: all was loaded.
UPDATE provider_links
SET cursor = $4::text::jsonb, figures = $5::text::jsonb, problem = '', synced_at = now(),
    full_at = CASE WHEN $6 THEN now() ELSE full_at END
WHERE session_id = $1 AND account_id = $2 AND event_ref = $3 AND races = $7
