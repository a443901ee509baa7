SELECT r.report_id AS report_id
FROM reports r
JOIN ($base) b ON r.report_id = b.report_id
WHERE (r.flags & $mask) = 0
  AND r.quarter >= $first AND r.quarter <= $last
  AND COALESCE(r.reporter, 'unknown') NOT IN $reporters
  AND ($any_country = 1 OR COALESCE(r.country, 'unknown') IN $countries)
$without
