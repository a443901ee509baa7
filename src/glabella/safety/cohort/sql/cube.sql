-- One arm of a cohort comparison: reports on either side, counted by everything that a run may filter or stratify on.
-- Every setting of the sensitivity grid is then a sum over this small table; nothing is queried twice.
WITH given AS (
    SELECT s.report_id, s.substance_id, s.role
    FROM report_substance AS s
    {indicated}
),
exposed_rows AS (
    SELECT report_id, role FROM given WHERE substance_id IN ({exposed_substances})
    UNION ALL
    SELECT p.report_id, p.role
    FROM report_product AS p
    INNER JOIN products AS v ON v.product_id = p.product_id
    {indicated_product}
    AND p.product_id IN ({exposed_products})
),
exposed AS (
    SELECT report_id, MIN(role) AS exposed_role FROM exposed_rows GROUP BY report_id
),
compared AS (
    SELECT
        g.report_id,
        BIT_OR(CASE WHEN g.role <= 1 THEN c.bit ELSE CAST(0 AS BIGINT) END) AS comparators_primary,
        BIT_OR(CASE WHEN g.role <= 2 THEN c.bit ELSE CAST(0 AS BIGINT) END) AS comparators_suspect,
        BIT_OR(c.bit) AS comparators_any
    FROM given AS g
    INNER JOIN {comparators} AS c ON c.substance_id = g.substance_id
    GROUP BY g.report_id
),
sides AS (
    SELECT
        COALESCE(e.report_id, c.report_id) AS report_id,
        COALESCE(e.exposed_role, 0) AS exposed_role,
        COALESCE(c.comparators_primary, 0) AS comparators_primary,
        COALESCE(c.comparators_suspect, 0) AS comparators_suspect,
        COALESCE(c.comparators_any, 0) AS comparators_any
    FROM exposed AS e
    FULL OUTER JOIN compared AS c ON c.report_id = e.report_id
),
happened AS (
    SELECT
        v.report_id,
        BIT_OR(COALESCE(m.mask, CAST(0 AS BIGINT))) AS lists,
        MIN(CASE WHEN COALESCE(m.mask, CAST(0 AS BIGINT)) & {complaints} <> 0 THEN 1 ELSE 0 END) AS only_complaints
    FROM report_event AS v
    INNER JOIN sides AS s ON s.report_id = v.report_id
    LEFT JOIN {masks} AS m ON m.event_id = v.event_id
    GROUP BY v.report_id
),
barred AS (
    SELECT report_id, MAX(by_drug) AS by_drug, MAX(by_indication) AS by_indication
    FROM (
        SELECT report_id, 1 AS by_drug, 0 AS by_indication
        FROM report_substance WHERE substance_id IN ({excluded_substances})
        UNION ALL
        SELECT report_id, 0 AS by_drug, 1 AS by_indication
        FROM report_indication WHERE indication_id IN ({excluded_indications})
    ) AS either
    GROUP BY report_id
)
SELECT
    r.sex, r.age_band, r.year, r.era, r.reporter, r.country, r.report_type, r.flags,
    s.exposed_role, s.comparators_primary, s.comparators_suspect, s.comparators_any,
    COALESCE(h.lists, CAST(0 AS BIGINT)) AS lists,
    COALESCE(h.only_complaints, 0) AS only_complaints,
    COALESCE(b.by_drug, 0) AS excluded_drug,
    COALESCE(b.by_indication, 0) AS excluded_indication,
    COUNT(*) AS reports
FROM sides AS s
INNER JOIN reports AS r ON r.report_id = s.report_id
LEFT JOIN happened AS h ON h.report_id = s.report_id
LEFT JOIN barred AS b ON b.report_id = s.report_id
WHERE r.quarter >= '{first_quarter}' AND r.quarter <= '{last_quarter}'
GROUP BY
    r.sex, r.age_band, r.year, r.era, r.reporter, r.country, r.report_type, r.flags,
    s.exposed_role, s.comparators_primary, s.comparators_suspect, s.comparators_any,
    COALESCE(h.lists, CAST(0 AS BIGINT)), COALESCE(h.only_complaints, 0),
    COALESCE(b.by_drug, 0), COALESCE(b.by_indication, 0)
