-- The same where the comparator is every report that its conditions let in: no list of it is made.
SELECT $columns, COUNT(*) AS n
FROM (
    SELECT CASE WHEN t.in_exposed + t.in_comparator = 2 THEN 'both' WHEN t.in_exposed = 1 THEN 'exposed'
                ELSE 'comparator' END AS arm, t.event AS event,
           t.sex AS sex, t.age_band AS age_band, t.year AS year, t.quarter AS quarter, t.era AS era,
           t.reporter AS reporter, t.country AS country
    FROM (
        SELECT CASE WHEN x.report_id IS NOT NULL AND $exposed_if THEN 1 ELSE 0 END AS in_exposed,
               CASE WHEN o.report_id IS NULL AND $comparator_if THEN 1 ELSE 0 END AS in_comparator,
               CASE WHEN h.report_id IS NULL THEN 0 ELSE 1 END AS event,
               r.sex AS sex, r.age_band AS age_band, r.year AS year, r.quarter AS quarter, r.era AS era,
               r.reporter AS reporter, r.country AS country
        FROM ($reports_in) r
        LEFT JOIN ($exposed) x ON r.report_id = x.report_id
        LEFT JOIN ($out) o ON r.report_id = o.report_id
        LEFT JOIN ($happened) h ON r.report_id = h.report_id) t
    WHERE t.in_exposed + t.in_comparator > 0) counted
GROUP BY $columns
ORDER BY $columns
