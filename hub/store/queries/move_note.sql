-- How far a move is.
UPDATE source_moves SET through_offset = $2, copied_through = $3 WHERE id = $1
