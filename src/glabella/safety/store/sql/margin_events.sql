SELECT event_id, COUNT(*) AS n_event
FROM report_event
WHERE (flags & $mask) = 0
GROUP BY event_id
ORDER BY event_id
