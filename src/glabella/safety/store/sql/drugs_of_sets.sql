-- Reports of each set of drugs: a report that names two drugs of a set counts once.
SELECT DISTINCT s.set_id AS drug_set, d.report_id AS report_id
FROM drug_sets s
JOIN $id_table d ON s.member_id = d.$drug_id
WHERE d.role <= $role AND (d.flags & $mask) = 0
