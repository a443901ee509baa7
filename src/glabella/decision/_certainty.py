"""How far to trust a pooled result, in one word, with the reasons."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from glabella.shown import Certainty

if TYPE_CHECKING:
    from glabella.dossier import Study
    from glabella.synthesis import Pooled, PooledTrials

_LEVELS: tuple[Certainty, ...] = ("high", "moderate", "low", "very low")
#: With fewer studies than this neither heterogeneity nor small-study effects can be judged.
_FEW = 5
#: The Cochrane Handbook (10.10.2) calls I² above this substantial.
_SUBSTANTIAL = 50.0


def certainty(
    fit: Pooled | PooledTrials, studies: list[Study], null: float = 0.0, *, ratio: bool = False
) -> tuple[Certainty, tuple[str, ...]]:
    """Rate a pooled result down, one level a reason, from high for randomised trials.

    The reasons follow the domains of GRADE that data can answer: design, imprecision, inconsistency, indirectness,
    risk of bias. Where no study was randomised, that reason counts for two levels. It is a rule that anyone can
    check, not a panel's judgement.

    Parameters
    ----------
    fit : Pooled or PooledTrials
        A single pooled result.
    studies : list of Study
        The studies behind it; one that gives several comparisons counts once.
    null : float
        Value of no difference, on the scale of the fit.
    ratio : bool
        Whether people read the result as a ratio, of which one is no difference; words only.

    Returns
    -------
    tuple of str and tuple of str
        The word, and a sentence for each reason.
    """
    studies = list({study.id: study for study in studies}.values())
    reasons: list[str] = []
    chance = [study.design.randomised == "yes" and study.role != "observational" for study in studies]
    if not all(chance):
        is_known = "is known to be" if any(study.design.randomised == "unclear" for study in studies) else "was"
        reasons.append(f"{'not every' if any(chance) else 'no'} study {is_known} randomised")
    steps = 0 if any(chance) else 1
    if any(study.role == "related" for study in studies):
        which = "the" if all(study.role == "related" for study in studies) else "some"
        reasons.append(f"{which} trials asked another question")
    if len(studies) < _FEW:
        reasons.append("few trials")
    if math.isnan(fit.estimate):
        reasons.append("the trials could not be pooled")
    if fit.ci_low <= null <= fit.ci_high:
        reasons.append(f"the interval includes {'one' if ratio else 'zero'}")
    if fit.i2 > _SUBSTANTIAL or (fit.pi_low <= null <= fit.pi_high and not fit.ci_low <= null <= fit.ci_high):
        reasons.append("the trials disagree")
    judgements = [study.risk_of_bias.judgement for study in studies]
    if "high" in judgements:
        reasons.append("risk of bias was judged high in some trials")
    elif None in judgements:
        which = "some trials" if any(judgements) else "any trial"
        reasons.append(f"no published judgement of risk of bias was seen for {which}")
    unseen = [study.blinding_check.status == "missing" for study in studies]
    if any(unseen):
        which = "no trial" if all(unseen) else "not every trial"
        reasons.append(f"people may have known what they were given, and {which} showed how many guessed")
    return _LEVELS[min(len(reasons) + steps, len(_LEVELS) - 1)], tuple(reasons)
