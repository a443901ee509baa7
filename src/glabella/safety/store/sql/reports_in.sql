-- Reports kept by a mode, with strata that are never null.
SELECT report_id, COALESCE(sex, 'unknown') AS sex, COALESCE(age_band, 'unknown') AS age_band, year, quarter, era,
       COALESCE(reporter, 'unknown') AS reporter, COALESCE(country, 'unknown') AS country
FROM reports
WHERE (flags & $mask) = 0
