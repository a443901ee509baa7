"""How often a yes-or-no rule is right."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from glabella.safety.evaluation._area import truths


@dataclass(frozen=True, slots=True)
class RuleQuality:
    """What a rule finds and what it leaves alone.

    Attributes
    ----------
    found, positives : int
        Positive pairs that the rule flags, of how many.
    spared, negatives : int
        Negative pairs that it does not flag, of how many.
    sensitivity, sensitivity_low, sensitivity_high : float or None
        found / positives with Wilson's 95 % limits; none without positive pairs.
    specificity, specificity_low, specificity_high : float or None
        spared / negatives, the same way.
    """

    found: int
    positives: int
    spared: int
    negatives: int
    sensitivity: float | None
    sensitivity_low: float | None
    sensitivity_high: float | None
    specificity: float | None
    specificity_low: float | None
    specificity_high: float | None


def evaluate_rule(flagged: ArrayLike, positive: ArrayLike) -> RuleQuality:
    """Measure sensitivity and specificity of a rule.

    Parameters
    ----------
    flagged : array of bool, or of 0 and 1
        Whether the rule calls the pair a signal.
    positive : array of bool, or of 0 and 1
        The truth of each pair.

    Returns
    -------
    RuleQuality

    Raises
    ------
    ValueError
        If either is not yes or no, or the lengths differ.

    Examples
    --------
    >>> quality = evaluate_rule([True, False, False], [True, True, False])
    >>> quality.sensitivity, quality.specificity
    (0.5, 1.0)
    """
    flags, truth = truths("flagged", flagged), truths("positive", positive)
    if flags.shape != truth.shape:
        raise ValueError(f"flagged: {len(flags)} pairs, expected {len(truth)}")
    found, positives = int((flags & truth).sum()), int(truth.sum())
    spared, negatives = int((~flags & ~truth).sum()), int((~truth).sum())
    return RuleQuality(found, positives, spared, negatives, *_share(found, positives), *_share(spared, negatives))


def _share(count: int, of: int) -> tuple[float, float, float] | tuple[None, None, None]:
    from scipy.stats import binomtest

    if of == 0:
        return None, None, None
    limits = binomtest(count, of).proportion_ci(0.95, method="wilson")
    return count / of, float(limits.low), float(limits.high)
