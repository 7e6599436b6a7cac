-- An event, kept as it is until the end of this transaction.
SELECT id, partner_id, name, event_date, timezone FROM events WHERE id = $1 FOR UPDATE
