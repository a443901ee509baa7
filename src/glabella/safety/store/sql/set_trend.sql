-- By quarter of receipt: all reports, those of a set of drugs, of a set of events, and of both.
SELECT
  r.quarter AS quarter,
  COUNT(CASE WHEN h.report_id IS NOT NULL THEN x.report_id END) AS n,
  COUNT(x.report_id) AS n_drug,
  COUNT(h.report_id) AS n_event,
  COUNT(*) AS n_total
FROM reports r
LEFT JOIN ($drugs_of_sets) x ON r.report_id = x.report_id
LEFT JOIN ($events_of_sets) h ON r.report_id = h.report_id
WHERE (r.flags & $mask) = 0
GROUP BY r.quarter
ORDER BY r.quarter
