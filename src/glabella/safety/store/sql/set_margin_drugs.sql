SELECT drug_set, COUNT(*) AS n_drug FROM ($drugs_of_sets) x GROUP BY drug_set ORDER BY drug_set
