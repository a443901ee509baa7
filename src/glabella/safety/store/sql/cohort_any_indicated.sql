SELECT DISTINCT report_id FROM report_indication WHERE indication_id IN $indications AND (flags & $mask) = 0
