-- What each partner has said for all its sessions: which tags are the crew's, and the line on all its screens.
SELECT id, crew_tags, emergency FROM partners ORDER BY id
