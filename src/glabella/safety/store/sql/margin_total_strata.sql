SELECT $strata, COUNT(*) AS n_total
FROM ($reports_in) r
GROUP BY $strata
ORDER BY $strata
