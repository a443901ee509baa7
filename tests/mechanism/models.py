"""Models that the tests share: a toxin in a muscle, small enough to be looked through."""

TOXIN = """
model toxin
  unit time_unit = 86400 second
  unit per_day = 1 / 86400 second
  unit substance = dimensionless
  unit extent = dimensionless
  unit volume = dimensionless
  compartment muscle = 1
  muscle has dimensionless
  substanceOnly species bulk in muscle, free in muscle, light_chain in muscle
  release: bulk -> free; kS*bulk
  entry: free -> light_chain; kL*free
  loss: light_chain -> ; kdeg*light_chain
  bulk = dose; free = 0; light_chain = 0
  var intact = 1
  intact has dimensionless
  intact' = ksyn*(1 dimensionless - intact) - kcut*light_chain*intact
  weakness := (1 dimensionless - intact)^h/(cut50^h + (1 dimensionless - intact)^h)
  kS = 0.216; kL = 18.72; kdeg = 0.0144; ksyn = 0.1733; kcut = 0.05
  kS has per_day; kL has per_day; kdeg has per_day; ksyn has per_day; kcut has per_day
  dose = 20; h = 3; cut50 = 0.3
  dose has dimensionless; h has dimensionless; cut50 has dimensionless; weakness has dimensionless
end
"""
