-- Bits of the rules; a bit of 0 is a rule switched off. Later rules look only at reports without earlier bits.
CREATE TABLE first_bits AS
SELECT report_id,
       CASE WHEN caseid IS NOT NULL AND ROW_NUMBER() OVER (
                PARTITION BY caseid
                ORDER BY best_of_era DESC, COALESCE(fda_date, 0) DESC, era_rank DESC) > 1
            THEN $latest_version ELSE 0 END
       | CASE WHEN caseid IN (SELECT TRY_CAST(caseid AS BIGINT) FROM deleted WHERE TRY_CAST(caseid AS BIGINT) IS NOT NULL)
              THEN $deleted_case ELSE 0 END AS bits
FROM (
    SELECT report_id, caseid, era_rank, fda_date, ROW_NUMBER() OVER (
               PARTITION BY caseid, era_rank
               ORDER BY COALESCE(caseversion, -1) DESC, COALESCE(fda_date, 0) DESC,
                        CASE WHEN era_rank = 1 THEN quarter_no ELSE 0 END DESC, primaryid DESC, quarter_no DESC) = 1
           AS best_of_era
    FROM base);

CREATE TABLE candidates AS
SELECT report_id, event_date, CAST(ROUND(age_years * 12) AS INTEGER) AS age_months, sex, country, padded,
       CASE WHEN padded THEN sender_id ELSE -1 END AS guard, fda_date, quarter_no
FROM base JOIN first_bits USING (report_id)
WHERE $probable_duplicate > 0 AND bits = 0 AND day_known AND age_years IS NOT NULL AND sex IS NOT NULL
  AND country IS NOT NULL AND (NOT padded OR sender_id IS NOT NULL);

CREATE TABLE alike AS
SELECT * FROM candidates
SEMI JOIN (SELECT event_date, age_months, sex, country, padded, guard FROM candidates
           GROUP BY ALL HAVING COUNT(*) > 1) AS twice USING (event_date, age_months, sex, country, padded, guard);

CREATE TABLE duplicates AS
SELECT report_id, place, size FROM (
    SELECT a.report_id,
           ROW_NUMBER() OVER (PARTITION BY event_date, age_months, sex, country, padded, guard, substances, terms
                              ORDER BY COALESCE(fda_date, 0) DESC, quarter_no DESC, a.report_id DESC) AS place,
           COUNT(*) OVER (PARTITION BY event_date, age_months, sex, country, padded, guard, substances, terms) AS size
    FROM alike AS a
    JOIN (SELECT report_id, LIST(substance_id ORDER BY substance_id) AS substances FROM substance_rows
          SEMI JOIN alike USING (report_id) GROUP BY report_id) USING (report_id)
    JOIN (SELECT report_id, LIST(event_id ORDER BY event_id) AS terms FROM event_rows
          SEMI JOIN alike USING (report_id) GROUP BY report_id) USING (report_id))
WHERE size > 1;

CREATE TABLE papers AS
SELECT * FROM (
    SELECT report_id, REGEXP_REPLACE(UPPER(lit_ref), '[^A-Z0-9]', '', 'g') AS paper, fda_date, quarter_no
    FROM base JOIN first_bits USING (report_id)
    WHERE $literature_duplicate > 0 AND bits = 0 AND lit_ref IS NOT NULL
      AND report_id NOT IN (SELECT report_id FROM duplicates WHERE place > 1))
WHERE LENGTH(paper) >= 20;

CREATE TABLE filed_again AS
SELECT report_id, place, size FROM (
    SELECT p.report_id,
           ROW_NUMBER() OVER (PARTITION BY paper, substances, terms
                              ORDER BY COALESCE(fda_date, 0) DESC, quarter_no DESC, p.report_id DESC) AS place,
           COUNT(*) OVER (PARTITION BY paper, substances, terms) AS size
    FROM papers AS p
    JOIN (SELECT report_id, LIST(substance_id ORDER BY substance_id) AS substances FROM substance_rows
          SEMI JOIN papers USING (report_id) GROUP BY report_id) USING (report_id)
    JOIN (SELECT report_id, LIST(event_id ORDER BY event_id) AS terms FROM event_rows
          SEMI JOIN papers USING (report_id) GROUP BY report_id) USING (report_id))
WHERE size > 1;

CREATE TABLE flags AS
SELECT report_id, CAST(bits
       | CASE WHEN d.place > 1 THEN $probable_duplicate ELSE 0 END
       | CASE WHEN p.place > 1 THEN $literature_duplicate ELSE 0 END AS INTEGER) AS flags
FROM first_bits
LEFT JOIN duplicates AS d USING (report_id)
LEFT JOIN filed_again AS p USING (report_id);
