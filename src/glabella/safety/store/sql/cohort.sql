-- Two arms by event. A report in both arms is in a third.
WITH exposed AS ($exposed), comparator AS ($comparator),
arms AS (
    SELECT COALESCE(x.report_id, c.report_id) AS report_id,
           CASE WHEN c.report_id IS NULL THEN 'exposed' WHEN x.report_id IS NULL THEN 'comparator' ELSE 'both' END AS arm
    FROM exposed x
    FULL OUTER JOIN comparator c ON x.report_id = c.report_id),
happened AS (SELECT DISTINCT report_id FROM report_event WHERE event_id IN $events AND (flags & $mask) = 0),
counted AS (
    SELECT a.arm AS arm, CASE WHEN h.report_id IS NULL THEN 0 ELSE 1 END AS event
    FROM arms a
    LEFT JOIN happened h ON a.report_id = h.report_id)
SELECT $columns, COUNT(*) AS n
FROM counted
GROUP BY $columns
ORDER BY $columns
