-- Reports with a drug of the one set and an event of the other.
SELECT x.drug_set AS drug_set, h.event_set AS event_set, COUNT(*) AS n
FROM ($drugs_of_sets) x
JOIN ($events_of_sets) h ON x.report_id = h.report_id
GROUP BY x.drug_set, h.event_set
ORDER BY x.drug_set, h.event_set
