SELECT e.event_id AS event_id, $strata, COUNT(*) AS n_event
FROM report_event e
JOIN ($reports_in) r ON e.report_id = r.report_id
WHERE (e.flags & $mask) = 0
GROUP BY e.event_id, $strata
ORDER BY e.event_id, $strata
