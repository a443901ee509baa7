WITH happened AS ($events_of_sets)
SELECT event_set, COUNT(*) AS n_event FROM happened GROUP BY event_set ORDER BY event_set
