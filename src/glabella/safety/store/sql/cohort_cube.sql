-- One arm of a cohort comparison: the reports on either side, counted by all that a run may filter or stratify on.
-- Every setting of a sensitivity grid is a sum over this small table, so the store is asked once an arm.
-- A side's drugs count where they were given for the arm's indications; bits name comparators and event lists.
-- Ids stand in the text as well as in the joined tables, so that a scan reads only the row groups that hold them.
WITH indicated AS (
  SELECT DISTINCT i.report_id AS report_id, i.substance_id AS substance_id
  FROM indication_report i WHERE i.indication_id IN $indication_ids
),
exposed AS (
  SELECT x.report_id AS report_id, MIN(x.role) AS role
  FROM (
    SELECT s.report_id AS report_id, s.role AS role
    FROM substance_report s $for_indication_of_s
    WHERE s.substance_id IN $exposed_ids
    UNION ALL
    SELECT p.report_id AS report_id, p.role AS role
    FROM (
      SELECT p.report_id AS report_id, p.role AS role, v.substance_id AS substance_id
      FROM product_report p
      JOIN products v ON p.product_id = v.product_id
      WHERE p.product_id IN $product_ids
    ) p $for_indication_of_p
  ) x
  GROUP BY x.report_id
),
compared AS (
  SELECT
    s.report_id AS report_id,
    BIT_OR(CASE WHEN s.role <= 1 THEN CAST(POWER(2, m.set_id) AS BIGINT) ELSE CAST(0 AS BIGINT) END) AS bits_primary,
    BIT_OR(CASE WHEN s.role <= 2 THEN CAST(POWER(2, m.set_id) AS BIGINT) ELSE CAST(0 AS BIGINT) END) AS bits_suspect,
    BIT_OR(CAST(POWER(2, m.set_id) AS BIGINT)) AS bits_any
  FROM substance_report s JOIN comparators m ON s.substance_id = m.member_id $for_indication_of_s
  WHERE s.substance_id $comparator_ids
  GROUP BY s.report_id
),
sides AS (
  SELECT
    COALESCE(e.report_id, c.report_id) AS report_id,
    COALESCE(e.role, 0) AS exposed_role,
    COALESCE(c.bits_primary, CAST(0 AS BIGINT)) AS bits_primary,
    COALESCE(c.bits_suspect, CAST(0 AS BIGINT)) AS bits_suspect,
    COALESCE(c.bits_any, CAST(0 AS BIGINT)) AS bits_any
  FROM exposed e FULL OUTER JOIN compared c ON e.report_id = c.report_id
),
listed AS (
  SELECT m.member_id AS event_id, BIT_OR(CAST(POWER(2, m.set_id) AS BIGINT)) AS bits
  FROM event_lists m
  GROUP BY m.member_id
),
happened AS (
  SELECT
    v.report_id AS report_id,
    BIT_OR(COALESCE(l.bits, CAST(0 AS BIGINT))) AS bits_lists,
    MIN(CASE WHEN c.member_id IS NULL THEN 0 ELSE 1 END) AS only_complaints
  FROM report_event v
  JOIN sides s ON v.report_id = s.report_id
  LEFT JOIN listed l ON v.event_id = l.event_id
  LEFT JOIN complaints c ON v.event_id = c.member_id
  GROUP BY v.report_id
),
barred AS (
  SELECT x.report_id AS report_id, MAX(x.excluded) AS excluded
  FROM (
    SELECT s.report_id AS report_id, 1 AS excluded
    FROM substance_report s WHERE s.substance_id IN $excluded_ids
    UNION ALL
    SELECT i.report_id AS report_id, 1 AS excluded
    FROM indication_report i WHERE i.indication_id IN $excluded_indication_ids
  ) x
  JOIN sides s ON x.report_id = s.report_id
  GROUP BY x.report_id
)
SELECT
  r.sex AS sex, r.age_band AS age_band, r.year AS year, r.era AS era, r.reporter AS reporter, $country AS country,
  r.flags AS flags, s.exposed_role AS exposed_role,
  s.bits_primary AS bits_primary, s.bits_suspect AS bits_suspect, s.bits_any AS bits_any,
  COALESCE(h.bits_lists, CAST(0 AS BIGINT)) AS bits_lists,
  COALESCE(h.only_complaints, 0) AS only_complaints,
  COALESCE(b.excluded, 0) AS excluded,
  COUNT(*) AS n
FROM sides s
JOIN reports r ON s.report_id = r.report_id
LEFT JOIN happened h ON s.report_id = h.report_id
LEFT JOIN barred b ON s.report_id = b.report_id
WHERE r.quarter >= $first AND r.quarter <= $last
GROUP BY
  r.sex, r.age_band, r.year, r.era, r.reporter, $country, r.flags, s.exposed_role,
  s.bits_primary, s.bits_suspect, s.bits_any,
  COALESCE(h.bits_lists, CAST(0 AS BIGINT)), COALESCE(h.only_complaints, 0), COALESCE(b.excluded, 0)
