-- The histograms of session $1.
INSERT INTO session_latencies (session_id, figures) VALUES ($1, $2)
ON CONFLICT (session_id) DO UPDATE SET figures = excluded.figures, updated_at = now()
