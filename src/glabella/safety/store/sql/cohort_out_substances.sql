SELECT report_id FROM substance_report WHERE substance_id IN $ids AND role <= 4
