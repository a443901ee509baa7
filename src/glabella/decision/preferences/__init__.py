"""Whose values decide: what options are worth to people who weigh outcomes differently, on draws and arrays.

Partial values, weights that agree with what somebody said, ranks and what weights lead to them, net benefit,
benefit against harm, the least benefit, and what knowing more is worth. Here are no files and no pages.
"""

from glabella.decision.preferences._gate import Gate, minimum_benefit
from glabella.decision.preferences._information import (
    Trial,
    evpi,
    evpi_normal,
    evsi_normal,
    n_per_group,
    n_to_settle,
    trial_settles,
    unit_loss,
)
from glabella.decision.preferences._net_benefit import PEOPLE, NetBenefit, net_benefit
from glabella.decision.preferences._outcomes import Beta, Distribution, Fixed, LogNormal, Normal, draw_outcomes
from glabella.decision.preferences._plane import Plane, acceptability, plane
from glabella.decision.preferences._ranges import hull, range_sensitivity
from glabella.decision.preferences._reading import Reading, Stated, stated
from glabella.decision.preferences._seed import DRAWS, SEED
from glabella.decision.preferences._smaa import Smaa, entropy, first_shares, smaa
from glabella.decision.preferences._trials import (
    SIZES,
    Perfect,
    Trials,
    arms_worth_trying,
    means,
    perfect_information,
    trial_information,
)
from glabella.decision.preferences._values import linear, piecewise
from glabella.decision.preferences._weights import (
    Between,
    First,
    Ranked,
    Ratio,
    Statement,
    TooFewAgreeError,
    Weights,
    centroid,
    draw_weights,
)

__all__ = [
    "DRAWS",
    "PEOPLE",
    "SEED",
    "SIZES",
    "Beta",
    "Between",
    "Distribution",
    "First",
    "Fixed",
    "Gate",
    "LogNormal",
    "NetBenefit",
    "Normal",
    "Perfect",
    "Plane",
    "Ranked",
    "Ratio",
    "Reading",
    "Smaa",
    "Stated",
    "Statement",
    "TooFewAgreeError",
    "Trial",
    "Trials",
    "Weights",
    "acceptability",
    "arms_worth_trying",
    "centroid",
    "draw_outcomes",
    "draw_weights",
    "entropy",
    "evpi",
    "evpi_normal",
    "evsi_normal",
    "first_shares",
    "hull",
    "linear",
    "means",
    "minimum_benefit",
    "n_per_group",
    "n_to_settle",
    "net_benefit",
    "perfect_information",
    "piecewise",
    "plane",
    "range_sensitivity",
    "smaa",
    "stated",
    "trial_information",
    "trial_settles",
    "unit_loss",
]
