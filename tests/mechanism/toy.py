"""A small model with closed forms, and who differs how in it; all made up."""

from functools import cache

from glabella.mechanism import load
from glabella.mechanism._likelihood import Likelihood, muscle_data
from glabella.mechanism._unknowns import Unknown

#: The logit of weakness is the log of bulk * (ramp * time)^2, so that everything asked has a closed form.
BULK = """
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
  bulk = dose*sensitivity; dose = 1; sensitivity = 1; kdeg = 0.02; ramp = 1
  dose has dimensionless; sensitivity has dimensionless; kdeg has per_day; ramp has per_day
  weakness := bulk*(ramp*time)^2/(1 dimensionless + bulk*(ramp*time)^2)
  weakness has dimensionless
end
"""
MODEL = load(BULK)
LOSS, SPREAD, SHIFT, TRIALS, CARRIERS, THRESHOLD = 0.02, 0.6, -0.5, 0.4, 0.1, 0.7
UNKNOWNS = (
    Unknown("kdeg", LOSS, "log", constant="kdeg"),
    Unknown("threshold_mild", THRESHOLD, "logit"),
    Unknown("sensitivity_spread", SPREAD, "log"),
    Unknown("sensitivity_men", SHIFT),
    Unknown("study_spread", TRIALS, "log"),
    Unknown("antibody_share", CARRIERS, "logit"),
    Unknown("observer_subject", 0.3),
)
MOOD = load(
    BULK.replace(
        "weakness := bulk*(ramp*time)^2/(1 dimensionless + bulk*(ramp*time)^2)",
        "weakness := bulk; var relief = 0; relief has dimensionless; relief' = k_mood*(on*weakness - relief);"
        " k_mood = 1; k_mood has per_day; on = 1; on has dimensionless",
    )
)


@cache
def likelihood(unknowns: tuple[str, ...] = ()) -> Likelihood:
    """Give the likelihood with all unknowns but some."""
    data = muscle_data(study=["a"], product=["one"], dose=[1.0], definition=["mild"], day=[30.0], n=[10.0],
                       events=[5.0])  # fmt: skip
    return Likelihood(MODEL, data, [each for each in UNKNOWNS if each.name not in unknowns])
