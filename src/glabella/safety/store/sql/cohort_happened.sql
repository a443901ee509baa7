SELECT DISTINCT report_id FROM event_report WHERE event_id IN $events AND (flags & $mask) = 0
