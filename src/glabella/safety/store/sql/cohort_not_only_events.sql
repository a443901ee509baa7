  AND EXISTS (SELECT 1 FROM report_event o WHERE o.report_id = b.report_id AND o.event_id NOT IN $ids)
