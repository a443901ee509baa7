SELECT b.report_id AS report_id
FROM ($base) b
WHERE 1 = 1 $without
