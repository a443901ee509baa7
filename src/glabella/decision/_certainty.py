"""How far to trust a pooled result, in one word, with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glabella.shown import Certainty

if TYPE_CHECKING:
    from glabella.dossier import Study
    from glabella.synthesis import Pooled

_LEVELS: tuple[Certainty, ...] = ("high", "moderate", "low", "very low")
#: With fewer studies than this neither heterogeneity nor small-study effects can be judged.
_FEW = 5
#: The Cochrane Handbook (10.10.2) calls I² above this substantial.
_SUBSTANTIAL = 50.0


def certainty(
    fit: Pooled, studies: list[Study], null: float = 0.0, *, ratio: bool = False
) -> tuple[Certainty, tuple[str, ...]]:
    """Rate a pooled result down, one level a reason, from high for randomised trials.

    The reasons follow the domains of GRADE that data can answer: imprecision, inconsistency, risk of bias.
    It is a rule that anyone can check, not a panel's judgement.

    Parameters
    ----------
    fit : Pooled
        A single pooled result.
    studies : list of Study
        The studies behind it.
    null : float
        Value of no difference, on the scale of the fit.
    ratio : bool
        Whether people read the result as a ratio, of which one is no difference; words only.

    Returns
    -------
    tuple of str and tuple of str
        The word, and a sentence for each reason.
    """
    reasons: list[str] = []
    if fit.k < _FEW:
        reasons.append("few trials")
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
    return _LEVELS[min(len(reasons), len(_LEVELS) - 1)], tuple(reasons)
