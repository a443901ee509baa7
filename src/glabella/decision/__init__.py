"""What the evidence means: how far to trust a result, and what may be said of it.

Rules on results, each documented where it stands. Here are no pages and no files.
"""

from glabella.decision.chances import consult
from glabella.decision.course import beside, changed
from glabella.decision.eligibility import next_dose
from glabella.decision.nearness import distances
from glabella.decision.rare_harms import people_to_rule_out, rare_harm
from glabella.decision.rating import rate
from glabella.decision.whose_values import whose_values

__all__ = [
    "beside",
    "changed",
    "consult",
    "distances",
    "next_dose",
    "people_to_rule_out",
    "rare_harm",
    "rate",
    "whose_values",
]
