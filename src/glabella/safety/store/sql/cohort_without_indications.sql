  AND NOT EXISTS (SELECT 1 FROM indication_report v WHERE v.report_id = b.report_id AND v.indication_id IN $ids)
