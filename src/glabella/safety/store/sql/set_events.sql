-- Reports with a drug of the set and each single event.
SELECT x.drug_set AS drug_set, e.event_id AS event_id, COUNT(*) AS n
FROM ($drugs_of_sets) x
JOIN report_event e ON x.report_id = e.report_id
WHERE (e.flags & $mask) = 0
GROUP BY x.drug_set, e.event_id
ORDER BY x.drug_set, e.event_id
