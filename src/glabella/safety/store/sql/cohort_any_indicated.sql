SELECT DISTINCT report_id FROM indication_report WHERE indication_id IN $indications AND (flags & $mask) = 0
