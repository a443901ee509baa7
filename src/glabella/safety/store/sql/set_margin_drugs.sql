WITH exposed AS ($drugs_of_sets)
SELECT drug_set, COUNT(*) AS n_drug FROM exposed GROUP BY drug_set ORDER BY drug_set
