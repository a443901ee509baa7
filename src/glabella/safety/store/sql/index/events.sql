CREATE TABLE events AS
SELECT CAST(ROW_NUMBER() OVER (ORDER BY name) - 1 AS INTEGER) AS event_id, name
FROM (SELECT DISTINCT term AS name FROM reac WHERE term IS NOT NULL AND term <> '');

CREATE TABLE event_rows AS
SELECT DISTINCT k.report_id, v.event_id
FROM reac AS e
JOIN report_key AS k ON k.quarter_no = e.quarter_no AND k.primaryid = TRY_CAST(e.primaryid AS BIGINT)
JOIN events AS v ON v.name = e.term;

CREATE TABLE indications AS
SELECT CAST(ROW_NUMBER() OVER (ORDER BY name) - 1 AS INTEGER) AS indication_id, name
FROM (SELECT DISTINCT term AS name FROM indi WHERE term IS NOT NULL AND term <> '');

CREATE TABLE indication_rows AS
SELECT DISTINCT d.report_id, s.substance_id, v.indication_id
FROM indi AS i
JOIN report_key AS k ON k.quarter_no = i.quarter_no AND k.primaryid = TRY_CAST(i.primaryid AS BIGINT)
JOIN drug_rows AS d ON d.report_id = k.report_id AND d.drug_seq = TRIM(i.indi_drug_seq)
JOIN name_substances AS s USING (name_id)
JOIN indications AS v ON v.name = i.term;
