SELECT report_id FROM reports WHERE (flags & $mask) = 0
