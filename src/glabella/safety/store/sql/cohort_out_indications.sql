SELECT report_id FROM indication_report WHERE indication_id IN $ids
