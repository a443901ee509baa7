-- Reports with both, for every pair that occurs. Tables hold distinct things, so rows are reports.
SELECT d.$drug_id AS $drug_id, e.event_id AS event_id, COUNT(*) AS n
FROM $drug_table d
JOIN report_event e ON d.report_id = e.report_id
WHERE d.role <= $role AND (d.flags & $mask) = 0 AND (e.flags & $mask) = 0
GROUP BY d.$drug_id, e.event_id
ORDER BY d.$drug_id, e.event_id
