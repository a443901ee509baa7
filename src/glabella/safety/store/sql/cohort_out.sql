SELECT DISTINCT report_id FROM ($parts) p
