  AND NOT EXISTS (SELECT 1 FROM report_indication v WHERE v.report_id = r.report_id AND v.indication_id IN $ids)
