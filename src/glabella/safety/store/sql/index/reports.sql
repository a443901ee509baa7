-- One row per report: (quarter, primaryid). Rows that repeat this key are counted and the latest of them stays.
CREATE TABLE demo_rows AS
SELECT era_rank, quarter, quarter_no,
       TRY_CAST(primaryid AS BIGINT) AS primaryid, TRY_CAST(caseid AS BIGINT) AS caseid,
       TRY_CAST(caseversion AS INTEGER) AS caseversion, fda_date, event_date,
       event_date IS NOT NULL AND COALESCE(event_precision = 'day', FALSE) AS day_known,
       COALESCE(event_maybe_padded, FALSE) AS padded,
       sex_clean AS sex, age_years, UPPER(TRIM(occp_cod)) AS reporter, country,
       UPPER(TRIM(mfr_sndr)) AS sender, UPPER(TRIM(rept_cod)) AS report_type, lit_ref
FROM demo;

CREATE TABLE repeated AS
SELECT row_no FROM (
    SELECT d.rowid AS row_no, ROW_NUMBER() OVER (
        PARTITION BY quarter_no, primaryid
        ORDER BY fda_date DESC NULLS LAST, caseversion DESC NULLS LAST, caseid DESC NULLS LAST,
                 event_date DESC NULLS LAST, age_years DESC NULLS LAST, sex DESC NULLS LAST,
                 reporter DESC NULLS LAST, country DESC NULLS LAST, sender DESC NULLS LAST, d.rowid) AS place
    FROM demo_rows AS d
    SEMI JOIN (SELECT quarter_no, primaryid FROM demo_rows WHERE primaryid IS NOT NULL
               GROUP BY ALL HAVING COUNT(*) > 1) AS twice USING (quarter_no, primaryid)
) WHERE place > 1;

CREATE TABLE senders AS
SELECT CAST(ROW_NUMBER() OVER (ORDER BY name) - 1 AS INTEGER) AS sender_id, name
FROM (SELECT DISTINCT sender AS name FROM demo_rows WHERE sender IS NOT NULL AND sender <> '');

CREATE TABLE base AS
SELECT CAST(k.report_id AS INTEGER) AS report_id, d.* EXCLUDE (sender), s.sender_id
FROM demo_rows AS d
JOIN (SELECT rowid AS row_no, ROW_NUMBER() OVER (ORDER BY era_rank, primaryid, quarter_no) - 1 AS report_id
      FROM demo_rows WHERE primaryid IS NOT NULL AND rowid NOT IN (SELECT row_no FROM repeated)) AS k
  ON d.rowid = k.row_no
LEFT JOIN senders AS s ON d.sender = s.name;

CREATE TABLE skipped AS
SELECT (SELECT COUNT(*) FROM demo_rows) AS demo_rows,
       (SELECT COUNT(*) FROM demo_rows WHERE primaryid IS NULL) AS demo_primaryid_not_a_number,
       (SELECT COUNT(*) FROM repeated) AS demo_repeats_a_primaryid;
DROP TABLE demo_rows;
CREATE TABLE report_key AS SELECT quarter_no, primaryid, report_id FROM base;
