-- The same within strata. What is unknown is a stratum of its own: no report leaves a margin.
SELECT d.$drug_id AS $drug_id, e.event_id AS event_id, $strata, COUNT(*) AS n
FROM $drug_table d
JOIN report_event e ON d.report_id = e.report_id
JOIN ($reports_in) r ON d.report_id = r.report_id
WHERE d.role <= $role AND (d.flags & $mask) = 0 AND (e.flags & $mask) = 0
GROUP BY d.$drug_id, e.event_id, $strata
ORDER BY d.$drug_id, e.event_id, $strata
