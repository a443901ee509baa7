SELECT DISTINCT s.set_id AS event_set, e.report_id AS report_id
FROM event_sets s
JOIN event_report e ON s.member_id = e.event_id
WHERE (e.flags & $mask) = 0
