SELECT event_set, COUNT(*) AS n_event FROM ($events_of_sets) h GROUP BY event_set ORDER BY event_set
