INSERT INTO images (name, partner_id, title, width, height, frames, bytes, made_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
