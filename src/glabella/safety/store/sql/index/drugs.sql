-- Drug rows as numbers, then distinct things: since 2024Q4 there is one DRUG row per dose.
CREATE TABLE drug_rows AS
SELECT k.report_id, TRIM(d.drug_seq) AS drug_seq, n.name_id,
       CASE UPPER(TRIM(d.role_cod)) WHEN 'PS' THEN 1 WHEN 'SS' THEN 2 WHEN 'I' THEN 3 WHEN 'C' THEN 4 ELSE 5 END AS role
FROM drug AS d
JOIN report_key AS k ON k.quarter_no = d.quarter_no AND k.primaryid = TRY_CAST(d.primaryid AS BIGINT)
JOIN name_ids AS n ON n.drugname = COALESCE(d.drugname, '') AND n.prod_ai = COALESCE(d.prod_ai, '');

CREATE TABLE substance_rows AS
SELECT d.report_id, s.substance_id, CAST(MIN(d.role) AS INTEGER) AS role
FROM drug_rows AS d JOIN name_substances AS s USING (name_id)
GROUP BY d.report_id, s.substance_id;

CREATE TABLE product_rows AS
SELECT d.report_id, p.product_id, CAST(MIN(d.role) AS INTEGER) AS role
FROM drug_rows AS d JOIN name_products AS p USING (name_id)
GROUP BY d.report_id, p.product_id;
