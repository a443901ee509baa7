-- Reports with an event of the set and each single drug.
SELECT d.$drug_id AS $drug_id, h.event_set AS event_set, COUNT(*) AS n
FROM ($events_of_sets) h
JOIN $drug_table d ON h.report_id = d.report_id
WHERE d.role <= $role AND (d.flags & $mask) = 0
GROUP BY d.$drug_id, h.event_set
ORDER BY d.$drug_id, h.event_set
