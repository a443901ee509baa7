-- Two arms by event within strata; a report in both arms is in a third. Subqueries, not WITH: DuckDB would write
-- each out first. Conditions on the report itself stand here, so that the reports are read once.
SELECT $columns, COUNT(*) AS n
FROM (
    SELECT CASE WHEN t.in_exposed + t.in_comparator = 2 THEN 'both' WHEN t.in_exposed = 1 THEN 'exposed'
                ELSE 'comparator' END AS arm, t.event AS event,
           t.sex AS sex, t.age_band AS age_band, t.year AS year, t.quarter AS quarter, t.era AS era,
           t.reporter AS reporter, t.country AS country
    FROM (
        SELECT CASE WHEN a.exposed = 1 AND $exposed_if THEN 1 ELSE 0 END AS in_exposed,
               CASE WHEN a.comparator = 1 AND $comparator_if THEN 1 ELSE 0 END AS in_comparator,
               CASE WHEN h.report_id IS NULL THEN 0 ELSE 1 END AS event,
               r.sex AS sex, r.age_band AS age_band, r.year AS year, r.quarter AS quarter, r.era AS era,
               r.reporter AS reporter, r.country AS country
        FROM ($reports_in) r
        JOIN (
            SELECT report_id, MAX(exposed) AS exposed, MAX(comparator) AS comparator
            FROM (
                SELECT report_id, 1 AS exposed, 0 AS comparator FROM ($exposed) x
                UNION ALL
                SELECT report_id, 0 AS exposed, 1 AS comparator FROM ($comparator) c) m
            GROUP BY report_id) a ON r.report_id = a.report_id
        LEFT JOIN ($happened) h ON r.report_id = h.report_id) t
    WHERE t.in_exposed + t.in_comparator > 0) counted
GROUP BY $columns
ORDER BY $columns
