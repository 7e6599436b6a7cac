-- Null: that stays. Who is disabled already stays so since then.
UPDATE users
SET name = coalesce($2, name),
    role = coalesce($3, role),
    disabled_at = CASE WHEN $4::boolean IS NULL THEN disabled_at WHEN $4 THEN coalesce(disabled_at, now()) END
WHERE id = $1
