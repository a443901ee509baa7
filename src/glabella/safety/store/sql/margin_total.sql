SELECT COUNT(*) AS n_total
FROM reports
WHERE (flags & $mask) = 0
