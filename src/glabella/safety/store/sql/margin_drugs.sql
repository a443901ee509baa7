SELECT $drug_id, COUNT(*) AS n_drug
FROM $drug_table
WHERE role <= $role AND (flags & $mask) = 0
GROUP BY $drug_id
ORDER BY $drug_id
