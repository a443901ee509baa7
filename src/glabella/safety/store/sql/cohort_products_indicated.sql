SELECT DISTINCT d.report_id AS report_id
FROM $drug_table d
JOIN indication_report i ON d.report_id = i.report_id
WHERE d.$drug_id IN $drugs AND d.role <= $role AND (d.flags & $mask) = 0
  AND i.substance_id IN $substances AND i.indication_id IN $indications
