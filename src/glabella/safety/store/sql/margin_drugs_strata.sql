SELECT d.$drug_id AS $drug_id, $strata, COUNT(*) AS n_drug
FROM $drug_table d
JOIN ($reports_in) r ON d.report_id = r.report_id
WHERE d.role <= $role AND (d.flags & $mask) = 0
GROUP BY d.$drug_id, $strata
ORDER BY d.$drug_id, $strata
