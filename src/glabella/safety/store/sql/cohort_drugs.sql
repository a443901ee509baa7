SELECT DISTINCT report_id
FROM $drug_table
WHERE $drug_id IN $drugs AND role <= $role AND (flags & $mask) = 0
