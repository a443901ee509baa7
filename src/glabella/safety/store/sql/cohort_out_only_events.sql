SELECT report_id
FROM report_event
GROUP BY report_id
HAVING MIN(CASE WHEN event_id IN $ids THEN 1 ELSE 0 END) = 1
