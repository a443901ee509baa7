  AND EXISTS (SELECT 1 FROM report_event o WHERE o.report_id = r.report_id AND o.event_id NOT IN $ids)
