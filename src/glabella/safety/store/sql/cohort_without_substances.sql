  AND NOT EXISTS (SELECT 1 FROM report_substance w WHERE w.report_id = r.report_id AND w.substance_id IN $ids)
