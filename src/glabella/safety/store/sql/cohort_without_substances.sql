  AND NOT EXISTS (
      SELECT 1 FROM substance_report w WHERE w.report_id = b.report_id AND w.substance_id IN $ids AND w.role <= 4)
