-- One export.
SELECT id, partner_id, session_id, session_name, file_name, bytes, reads, created_at FROM exports WHERE id = $1
