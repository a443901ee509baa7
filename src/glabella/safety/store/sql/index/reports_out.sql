SELECT report_id, CASE era_rank WHEN 1 THEN 'faers' ELSE 'aers' END AS era, quarter, primaryid, caseid, caseversion,
       fda_date, event_date, sex, age_years,
       CASE WHEN age_years < 2 THEN '0-1' WHEN age_years < 12 THEN '2-11' WHEN age_years < 18 THEN '12-17'
            WHEN age_years < 45 THEN '18-44' WHEN age_years < 65 THEN '45-64' WHEN age_years < 75 THEN '65-74'
            WHEN age_years >= 75 THEN '75+' END AS age_band,
       CAST(COALESCE(fda_date // 10000, quarter_no // 10) AS INTEGER) AS year,
       reporter, country, sender_id, report_type, flags
FROM base JOIN flags USING (report_id)
