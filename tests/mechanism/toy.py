"""A small model with closed forms, all of it made up."""

from glabella.mechanism import load

LOSS = 0.02
#: Weakness is the amount, which falls at a constant rate.
MOOD = load("""
model toy
  unit time_unit = 86400 second
  unit per_day = 1 / 86400 second
  unit substance = dimensionless
  unit extent = dimensionless
  unit volume = dimensionless
  compartment muscle = 1
  muscle has dimensionless
  substanceOnly species bulk in muscle
  loss: bulk -> ; kdeg*bulk
  bulk = dose; dose = 1; kdeg = 0.02
  dose has dimensionless; kdeg has per_day
  weakness := bulk
  weakness has dimensionless
end
""")
