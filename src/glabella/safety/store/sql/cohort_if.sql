(r.quarter >= $first AND r.quarter <= $last AND r.reporter NOT IN $reporters AND ($any_country = 1 OR r.country IN $countries))
