"""Certainty by rule: how far to trust a *statement* about a pooled result, with the numbers that say so.

"It helps", "it helps enough to matter" and "it makes little difference" are three statements, and the same
trials give three certainties. The domains are GRADE's, each computed where it can be and declared where it
cannot; every one gives the levels it costs, its numbers, and a clause with them. ``docs/certainty.md`` prints the
rule as a table. Effects are turned so that above zero is good. Nothing here depends on what a person wants.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from glabella.decision.said import Said, joined, said

Design = Literal["randomised", "non_randomised", "single_arm", "reports"]
#: What is stated of the true effect; not_important is the complement of important_benefit.
Target = Literal[
    "important_benefit", "any_benefit", "not_worse", "little_or_none", "not_important", "any_harm", "important_harm"
]
Level = Literal["high", "moderate", "low", "very low"]
GuessTest = Literal["none", "at_chance", "better_than_chance"]
Judgement = Literal["low", "high", "unknown"]
Domain = Literal[
    "design", "imprecision", "inconsistency", "risk_of_bias", "unblinding", "indirectness", "missing_results",
    "rating_up",
]  # fmt: skip

TARGETS: tuple[Target, ...] = get_args(Target)
LEVELS: tuple[Level, ...] = get_args(Level)
#: Levels that each design starts below high.
START: dict[Design, int] = {"randomised": 0, "non_randomised": 2, "single_arm": 3, "reports": 3}
#: Limits of each target in smallest important differences.
_LIMITS: dict[Target, tuple[float, float]] = {
    "important_benefit": (1, math.inf),
    "any_benefit": (0, math.inf),
    "not_worse": (-1, math.inf),
    "little_or_none": (-1, 1),
    "not_important": (-math.inf, 1),
    "any_harm": (-math.inf, 0),
    "important_harm": (-math.inf, -1),
}
#: What each target states, in words.
TARGET_WORDS: dict[Target, str] = {
    "important_benefit": "a benefit that matters",
    "any_benefit": "any benefit",
    "not_worse": "no harm that matters",
    "little_or_none": "little or no difference",
    "not_important": "no benefit that matters",
    "any_harm": "any harm",
    "important_harm": "a harm that matters",
}
#: The domains in words.
DOMAIN_WORDS: dict[Domain, str] = {
    "design": "design",
    "imprecision": "imprecision",
    "inconsistency": "inconsistency",
    "risk_of_bias": "risk of bias",
    "unblinding": "unblinding",
    "indirectness": "indirectness",
    "missing_results": "missing results",
    "rating_up": "rating up",
}
#: The rule in words, for a page.
RULES: tuple[str, ...] = (
    "Certainty is of a statement: of a pooled effect, that it lies where its estimate lies. That is a benefit "
    "that matters, a harm that matters, or little or no difference; without a smallest difference that matters, "
    "any benefit or any harm, and the estimate itself is the step by which limits are counted.",
    "It starts at high for randomised trials, at low where some were not randomised, and at very low where "
    "nobody was left untreated or for reports. Each level that a domain costs lowers it by one; very low is the "
    "lowest.",
    "Imprecision: a level for each smallest important difference, begun ones counted whole, by which the "
    "limits, as if all trials measured one effect, reach outside what is stated; or by people: one level below "
    "the number that one trial with enough power needs, two below half of it, three below a tenth. The worse "
    "counts.",
    "Inconsistency: the same count for the effect that a next trial may find, less what imprecision has cost; "
    "at most one level, or two where the trials are known to disagree. One trial alone costs one.",
    "Risk of bias: one level unless trials judged at low risk carry three quarters of the weight, or half where "
    "they alone agree; one where trials at high risk carry a quarter, two where they carry three quarters.",
    "Unblinding, where people can tell the effect, the outcome is one of feeling or judgement, and no guess "
    "test came out at chance: one level; two where, less the usual bias, what is left lies outside what is "
    "stated. With risk of bias together two at most.",
    "Indirectness: a level for each serious difference that the dossier declares from what was asked, and for "
    "each two lesser ones; two at most.",
    "Missing results: one level where ten trials or more show that small ones found more and it matters, where "
    "results of a quarter of the people are missing or cannot be used, or where all trials are small, which "
    "is below a quarter of the people needed, and favourable, and half of the people are in trials by those with "
    "an interest.",
    "Only studies that were not randomised are rated up, where nothing else moved them: for a large effect, or "
    "where more gave more; never above moderate.",
)
_Z = NormalDist().inv_cdf(0.975)
#: Two-sided five per cent and eighty per cent power, as an adequately powered trial is planned.
_POWERED = (_Z + NormalDist().inv_cdf(0.8)) ** 2
#: Below this P of Cochran's Q the trials are taken to disagree.
_DISAGREE = 0.10
#: Trials from which on a test for small-study effects is allowed (Sterne et al., BMJ 2011;343:d4002).
_TESTABLE = 10
_SLACK = 9


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of the information comes from trials at low, high and unknown risk of bias; together one.

    Attributes
    ----------
    low, high, unknown : float
        Shares of weight by the inverse of the variances.
    low_agrees : bool
        Whether the trials at low risk, alone, have their estimate in the same zone as all of them.
    """

    low: float = 0.0
    high: float = 0.0
    unknown: float = 0.0
    low_agrees: bool = False

    def __post_init__(self) -> None:
        if min(self.low, self.high, self.unknown) < 0 or abs(self.low + self.high + self.unknown - 1) > 1e-6:
            raise ValueError("shares of weight are not three numbers from 0 that add up to 1")


@dataclass(frozen=True, slots=True)
class Unblinding:
    """Whether people may have known what they were given.

    Attributes
    ----------
    visible : bool
        Whether the effect can be seen or felt.
    subjective : bool
        Whether the outcome is one of feeling or judgement.
    guess_test : {"none", "at_chance", "better_than_chance"}
        Whether people were asked to guess, and how well they did.
    bias_mean, bias_high : float
        What such knowledge usually adds to an effect, in its scale, and the far limit of that; declared.
    """

    visible: bool
    subjective: bool
    guess_test: GuessTest = "none"
    bias_mean: float = 0.0
    bias_high: float = 0.0


@dataclass(frozen=True, slots=True)
class Indirect:
    """How far people, treatment, comparator, outcome and time are others than those asked about; declared.

    Attributes
    ----------
    serious, lesser : tuple of str
        What differs, in words, such as "almost only women".
    """

    serious: tuple[str, ...] = ()
    lesser: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """What is known of results that are not there.

    Attributes
    ----------
    egger_p : float or None
        P of a test for small-study effects.
    size_ratio : float
        People in the largest trial by those in the smallest.
    at_infinite_size : float or None
        The effect that the test expects of a trial without error.
    unreported_share : float
        People in results that were not reported or cannot be used, of all who were randomised.
    all_small_and_interested : bool
        Whether all trials are small, all favourable, and half of the people in trials by those with an interest.
    """

    egger_p: float | None = None
    size_ratio: float = 1.0
    at_infinite_size: float | None = None
    unreported_share: float = 0.0
    all_small_and_interested: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """A body of evidence in plain numbers, turned so that above zero is good.

    Attributes
    ----------
    design : {"randomised", "non_randomised", "single_arm", "reports"}
        Of the studies.
    trials, people : int, float
        Trials, not comparisons; people, or the size that the information is worth.
    estimate : float
        The effect.
    se_within : float
        Its standard error if all trials measured one effect (:func:`se_within`).
    important : float
        The smallest difference that matters, above zero.
    shares : Shares
        Of weight by risk of bias.
    prediction : (float, float) or None
        Interval of a new trial's true effect; None where there is none.
    disagreement_p : float
        P of Cochran's Q.
    needed : float or None
        The optimal information size; None where none can be given.
    unblinding, indirect, missing
        See there.
    ratio_near_one : float or None
        The limit nearer one of a ratio, counted from one upwards in the good or the bad direction.
    dose_response : bool
        Whether more gave more; declared.
    """

    design: Design
    trials: int
    people: float
    estimate: float
    se_within: float
    important: float
    shares: Shares
    prediction: tuple[float, float] | None = None
    disagreement_p: float = 1.0
    needed: float | None = None
    unblinding: Unblinding | None = None
    indirect: Indirect = field(default_factory=Indirect)
    missing: Missing = field(default_factory=Missing)
    ratio_near_one: float | None = None
    dose_response: bool = False

    def __post_init__(self) -> None:
        if not (self.important > 0 and math.isfinite(self.important)):
            raise ValueError(f"the smallest important difference is {self.important:g}, expected more than 0")
        if not (self.se_within > 0 and math.isfinite(self.se_within) and math.isfinite(self.estimate)):
            raise ValueError("the estimate and its standard error are not finite numbers, the latter above 0")
        if self.trials < 1 or not self.people >= 0:
            raise ValueError("a body of evidence has one trial or more, and 0 people or more")
        if self.needed is not None and not self.needed > 0:
            raise ValueError(f"people needed are {self.needed:g}, expected more than 0")
        low, high = self.prediction or (0.0, 0.0)
        if math.isnan(low) or math.isnan(high) or low > high:
            raise ValueError(f"the prediction interval is {low:g} to {high:g}, expected the lower limit first")

    @property
    def interval(self) -> tuple[float, float]:
        """The interval if all trials measured one effect."""
        return self.estimate - _Z * self.se_within, self.estimate + _Z * self.se_within

    def turned(self) -> Body:
        """Give the same evidence with good and bad changed.

        >>> body = Body("randomised", 1, 100, 0.5, 0.1, 0.2, Shares(low=1), prediction=(-0.1, 1.1))
        >>> body.turned().prediction, body.turned().turned() == body
        ((-1.1, 0.1), True)
        """
        unblinding, limit = self.unblinding, self.missing.at_infinite_size
        return replace(
            self,
            estimate=-self.estimate,
            prediction=None if self.prediction is None else (-self.prediction[1], -self.prediction[0]),
            unblinding=None if unblinding is None else replace(
                unblinding, bias_mean=-unblinding.bias_mean, bias_high=-unblinding.bias_high
            ),
            missing=replace(self.missing, at_infinite_size=None if limit is None else -limit),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Move:
    """What one domain does to the certainty.

    Attributes
    ----------
    domain : str
        Which.
    levels : int
        Levels down; of rating up, levels up.
    why : Said
        A clause with the numbers.
    short : Said or None
        The same without the test behind it, for a page that says the whole elsewhere; None: there is no test.
    """

    domain: Domain
    levels: int
    why: Said
    short: Said | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """The certainty of a statement.

    Attributes
    ----------
    target : str
        What is stated.
    certainty : str or None
        None where the estimate lies outside the target: then the complement is to be rated.
    moves : tuple of Move
        Every domain, also one that moves nothing; none where there is no certainty.
    """

    target: Target
    certainty: Level | None
    moves: tuple[Move, ...]

    @property
    def costs(self) -> tuple[Move, ...]:
        """The domains that cost something, the highest cost first."""
        found = [move for move in self.moves if move.levels and move.domain != "rating_up"]
        return tuple(sorted(found, key=lambda move: -move.levels))

    @property
    def line(self) -> Said:
        """The word, then what moved it, the highest cost first."""
        if self.certainty is None:
            return said("not rated: the estimate lies outside what is stated")
        up = [move for move in self.moves if move.levels and move.domain == "rating_up"]
        reasons = [move.why for move in (*self.costs, *up)]
        return joined([said(self.certainty), *reasons], "; ") if reasons else said(self.certainty)

    def cost(self, domain: Domain) -> int:
        """Levels that a domain costs.

        >>> Rating("any_benefit", "low", (Move("imprecision", 2, said("few people")),)).cost("imprecision")
        2
        """
        return sum(move.levels for move in self.moves if move.domain == domain)


# --- the targets ------------------------------------------------------------------------------------------


def limits_of(target: Target, important: float) -> tuple[float, float]:
    """Give the limits of a target.

    >>> limits_of("not_worse", 0.24)
    (-0.24, inf)
    """
    low, high = _LIMITS[target]
    return low * important, high * important


def holds(target: Target, low: float, high: float, important: float) -> bool:
    """Say whether an interval lies in a target; exactly on its limit is inside.

    >>> holds("important_benefit", 0.24, 0.9, 0.24), holds("any_benefit", -0.1, 0.9, 0.24)
    (True, False)
    """
    return levels_outside(low, high, target, important) == 0


def levels_outside(low: float, high: float, target: Target, important: float) -> int:
    """Say by how many smallest important differences, begun ones counted whole, an interval leaves a target.

    >>> levels_outside(-0.1, 0.9, "important_benefit", 0.24)
    2
    """
    begin, end = limits_of(target, important)
    # Rounding must not make of a limit that is met one that is passed.
    below = 0 if begin == -math.inf else _begun((begin - low) / important)
    above = 0 if end == math.inf else _begun((high - end) / important)
    return min(3, below + above)


def outside_words(low: float, high: float, target: Target, important: float) -> str:
    """Say what an interval that leaves a target includes besides, by the farther of what it reaches.

    >>> outside_words(0.1, 0.9, "important_benefit", 0.24), outside_words(-0.1, 0.9, "important_benefit", 0.24)
    ('a benefit too small to matter', 'no difference')
    >>> outside_words(-0.5, 0.5, "little_or_none", 0.24)
    'a benefit and a harm that matter'
    """
    begin, end = limits_of(target, important)
    # Seen from a harm, everything is the other way round.
    below, above = _reached(low, begin, important), _reached(-high, -end, important)
    if below and above:
        return "a benefit and a harm that matter"
    if below:
        return below
    return {
        "harm": "benefit",
        "a harm that matters": "a benefit that matters",
        "a benefit too small to matter": "a harm too small to matter",
    }.get(above, above)


def _reached(low: float, begin: float, important: float) -> str:
    """Say what lies below a target's lower limit and within an interval's; nothing where nothing does."""
    if begin == -math.inf or not _begun((begin - low) / important):
        return ""
    if begin == 0:
        return "harm"
    if low <= -important:
        return "a harm that matters"
    return "no difference" if low <= 0 else "a benefit too small to matter"


def _begun(times: float) -> int:
    return 3 if times > 3 else max(0, math.ceil(round(times, _SLACK)))


def zone(estimate: float, important: float) -> Target:
    """Give the target in which an estimate lies, for the word beside a number in a table.

    >>> zone(0.3, 0.24), zone(0.1, 0.24), zone(-0.24, 0.24)
    ('important_benefit', 'little_or_none', 'important_harm')
    """
    if estimate >= important:
        return "important_benefit"
    return "important_harm" if estimate <= -important else "little_or_none"


def complement(target: Target, estimate: float) -> Target:
    """Give what is so if the target is not; of "little or none", the side on which the estimate lies.

    >>> complement("important_benefit", 0.1), complement("little_or_none", -0.5)
    ('not_important', 'important_harm')
    """
    if target == "little_or_none":
        return "important_harm" if estimate < 0 else "important_benefit"
    pairs: dict[Target, Target] = {
        "important_benefit": "not_important", "any_benefit": "any_harm", "not_worse": "important_harm",
        "not_important": "important_benefit", "any_harm": "any_benefit", "important_harm": "not_worse",
    }  # fmt: skip
    return pairs[target]


# --- the rule ---------------------------------------------------------------------------------------------


def rate(body: Body, target: Target) -> Rating:
    """Rate the certainty of a statement.

    Parameters
    ----------
    body : Body
        The evidence.
    target : str
        What is stated of the true effect.

    Returns
    -------
    Rating
        The word and every domain.

    Examples
    --------
    >>> body = Body("randomised", 8, 400, 0.5, 0.05, 0.24, Shares(low=1), (0.3, 0.7), 0.5, 545)
    >>> rating = rate(body, "important_benefit")
    >>> rating.certainty, str(rating.costs[0].why)
    ('moderate', 'too few people: 400 of 545 needed')
    >>> rate(body, "little_or_none").certainty is None
    True
    """
    if not holds(target, body.estimate, body.estimate, body.important):
        return Rating(target, None, ())
    imprecision = _imprecision(body, target)
    bias = _risk_of_bias(body)
    down = (
        _design(body),
        imprecision,
        _inconsistency(body, target, imprecision.levels),
        bias,
        _unblinding(body, target, bias.levels),
        _indirectness(body),
        _missing_results(body, target),
    )
    lost = sum(move.levels for move in down)
    clean = not any(move.levels for move in down[1:])
    up = _rating_up(body, clean=clean)
    best = 1 if body.design == "non_randomised" else 0
    return Rating(target, LEVELS[min(3, max(best, lost - up.levels))], (*down, up))


def not_pooled() -> Rating:
    """Rate trials that are too few to be pooled.

    >>> str(not_pooled().line)
    'very low; the trials could not be pooled'
    """
    return Rating("any_benefit", "very low", (Move("inconsistency", 3, said("the trials could not be pooled")),))


def target_of(body: Body, *, declared: bool) -> Target:
    """Give what is stated where an estimate stands by itself.

    Parameters
    ----------
    body : Body
        The evidence.
    declared : bool
        Whether its smallest important difference is declared; without one no zone but the side is known.

    Examples
    --------
    >>> body = Body("randomised", 1, 100, -0.1, 0.1, 0.2, Shares(low=1))
    >>> target_of(body, declared=True), target_of(body, declared=False)
    ('little_or_none', 'any_harm')
    """
    if declared:
        return zone(body.estimate, body.important)
    return "any_benefit" if body.estimate >= 0 else "any_harm"


def _design(body: Body) -> Move:
    words = {
        "randomised": "the studies were randomised",
        "non_randomised": "the studies were not randomised",
        "single_arm": "there was no comparison group",
        "reports": "reports have no comparison group",
    }
    return Move("design", START[body.design], said(words[body.design]))


def _imprecision(body: Body, target: Target) -> Move:
    low, high = body.interval
    by_limits = levels_outside(low, high, target, body.important)
    by_size = 0
    if body.needed is not None:
        share = body.people / body.needed
        by_size = 0 if share >= 1 else 1 if share >= 0.5 else 2 if share >= 0.1 else 3
    clauses = []
    if body.needed is not None and (by_size or not by_limits):
        clauses.append(said(
            "too few people: {people} of {needed} needed"
            if by_size
            else "enough people: {people}, {needed} needed",
            people=("people in the trials", body.people),
            needed=("people that one trial with enough power would need", body.needed),
        ))  # fmt: skip
    if by_limits or not clauses:
        # Of one trial that is its own interval; of several, how they differ is counted as inconsistency.
        several = body.trials > 1
        if by_limits:
            begins, verb = "even if all measured one effect, " * several, "would include" if several else "includes"
            holds = f"{verb} {outside_words(low, high, target, body.important)}"
        else:
            begins, verb = "if all measured one effect, " * several, "would show" if several else "shows"
            holds = f"{verb} {TARGET_WORDS[target].removeprefix('any ')} throughout"
        clauses.append(said(
            f"{begins}the interval, {{low}} to {{high}}, {holds}",
            low=("lower limit as if all trials measured one effect", low, True),
            high=("upper limit as if all trials measured one effect", high, True),
        ))  # fmt: skip
    return Move("imprecision", max(by_limits, by_size), joined(clauses, "; "))


def _inconsistency(body: Body, target: Target, charged: int) -> Move:
    # A collection of reports is no trial that another could repeat; its design has cost it all already.
    if body.trials == 1 and body.design != "reports":
        return Move("inconsistency", 1, said("only one trial: another may find otherwise"))
    if body.prediction is None:
        return Move("inconsistency", 1, said("too few trials to say what a new one would find"))
    low, high = body.prediction
    outside = levels_outside(low, high, target, body.important)
    disagree = body.disagreement_p < _DISAGREE
    levels = min(2 if disagree else 1, max(0, outside - charged))
    tested = "the trials disagree" if disagree else "the trials do not clearly disagree"
    limits = {
        "low": ("lower limit of a new trial’s effect", low, True),
        "high": ("upper limit of a new trial’s effect", high, True),
    }
    new = "in a new trial the effect may lie from {low} to {high}"
    if outside:
        new += f", which includes {outside_words(low, high, target, body.important)}"
        new += "" if levels else ", already counted as imprecision"
    return Move(
        "inconsistency",
        levels,
        said(f"{tested} (Cochran’s Q, P {{p}}); {new}", p=("P of Cochran's Q", body.disagreement_p), **limits),
        said(f"{tested}: {new}" if disagree else new, **limits),
    )


def _risk_of_bias(body: Body) -> Move:
    shares = body.shares
    if shares.high >= 0.25:
        words = said(
            "trials at high risk of bias carry {high} % of the weight",
            high=("weight of trials at high risk of bias, per cent", 100 * shares.high),
        )
        return Move("risk_of_bias", 2 if shares.high >= 0.75 else 1, words)
    words = said(
        "trials at low risk of bias carry {low} % of the weight",
        low=("weight of trials at low risk of bias, per cent", 100 * shares.low),
    )
    if shares.low == 0:
        words = said("no trial is known to be at low risk of bias")
    enough = shares.low >= 0.75 or (shares.low >= 0.5 and shares.low_agrees)
    return Move("risk_of_bias", 0 if enough else 1, words)


def _unblinding(body: Body, target: Target, charged: int) -> Move:
    one = body.unblinding
    if one is None:
        return Move("unblinding", 0, said("nothing is declared of who could tell the treatment from the control"))
    if not one.visible:
        return Move("unblinding", 0, said("the treatment cannot be told from the control"))
    if not one.subjective:
        return Move("unblinding", 0, said("the outcome is measured, not felt or judged"))
    if one.guess_test == "at_chance":
        return Move("unblinding", 0, said("people guessed their treatment no better than by chance"))
    showed = one.guess_test == "better_than_chance"
    words = "blinding failed: people guessed their treatment better than by chance" if showed else (
        "blinding is doubtful: people can see or feel the effect, and how many guessed is not known"
    )  # fmt: skip
    bias = one.bias_high if showed else one.bias_mean
    left = body.estimate - bias
    if holds(target, left, left, body.important):
        levels, why = 1, said(words)
    else:
        which = "largest usual bias of this" if showed else "usual bias of this"
        levels, why = 2, said(
            f"{words}; less the {which}, {{bias}}, the effect would be {{left}}, "
            f"which is not {TARGET_WORDS[target]}",
            bias=("what such knowledge adds", bias, True), left=("effect less that", left, True),
        )  # fmt: skip
    # Unblinding is a risk of bias: together they cost two levels at most.
    return Move("unblinding", min(levels, 2 - charged), why)


def _indirectness(body: Body) -> Move:
    levels = min(2, len(body.indirect.serious) + len(body.indirect.lesser) // 2)
    named = "; ".join((*body.indirect.serious, *body.indirect.lesser)).replace("{", "{{").replace("}", "}}")
    return Move(
        "indirectness",
        levels,
        Said(f"indirect evidence: {named}" if named else "nothing else than was asked is declared"),
    )


def _missing_results(body: Body, target: Target) -> Move:
    one = body.missing
    limit = one.at_infinite_size
    testable = body.trials >= _TESTABLE and one.egger_p is not None and one.size_ratio >= 4 and limit is not None
    clauses = []
    if testable and one.egger_p is not None and limit is not None and one.egger_p < _DISAGREE and not holds(
        target, limit, limit, body.important
    ):  # fmt: skip
        clauses.append(said(
            "smaller trials found larger effects (Egger’s test, P {p}); allowing for it the effect would be "
            f"{{limit}}, which is not {TARGET_WORDS[target]}",
            p=("P of the test for small-study effects", one.egger_p),
            limit=("effect expected of a trial without error", limit, True),
        ))  # fmt: skip
    if one.unreported_share >= 0.25:
        clauses.append(said(
            "results of {share} % of the people randomised are missing or cannot be used",
            share=("people in results not reported or not usable, per cent", 100 * one.unreported_share),
        ))  # fmt: skip
    if one.all_small_and_interested:
        clauses.append(said(
            "the trial is small, found a benefit, and was run by people with an interest in it"
            if body.trials == 1
            else "all trials are small and found a benefit, with half of the people in trials run by those with an "
            "interest in it"
        ))  # fmt: skip
    if not clauses:
        return Move("missing_results", 0, said("nothing shows that results are missing"))
    return Move("missing_results", 1, joined(clauses, "; "))


def _rating_up(body: Body, *, clean: bool) -> Move:
    none = Move("rating_up", 0, said("nothing raises it"))
    if body.design != "non_randomised" or not clean:
        return none
    levels, clauses = 0, []
    if body.ratio_near_one is not None and body.ratio_near_one >= 2:
        levels = 2 if body.ratio_near_one >= 5 else 1
        clauses.append(said(
            "the effect is large: the ratio’s limit nearer to no effect is {ratio}",
            ratio=("limit of the ratio nearer to one", body.ratio_near_one),
        ))  # fmt: skip
    if body.dose_response:
        levels += 1
        clauses.append(said("higher doses did more"))
    return Move("rating_up", min(2, levels), joined(clauses, "; ")) if clauses else none


def range_words(target: Target) -> str:
    """Give the range of a target in words, with places for its limits."""
    return {
        "important_benefit": "{important} or more",
        "any_benefit": "no worse than none",
        "not_worse": "better than {important}",
        "little_or_none": "{worst} to {important}",
        "not_important": "{important} or less",
        "any_harm": "no better than none",
        "important_harm": "{important} or less",
    }[target]


def range_figures(target: Target, important: float) -> dict[str, tuple[str, float | str]]:
    """Give the numbers of :func:`range_words`."""
    if target in ("any_benefit", "any_harm"):
        return {}
    label = "smallest difference that matters"
    sign = -1 if target in ("not_worse", "important_harm") else 1
    found: dict[str, tuple[str, float | str]] = {"important": (label, sign * important)}
    if target == "little_or_none":
        found["worst"] = (f"{label}, for the worse", -important)
    return found


# --- what goes into a body --------------------------------------------------------------------------------


def se_within(variances: ArrayLike) -> float:
    """Give the standard error that trials would have together if all measured one effect.

    >>> round(se_within([0.04, 0.04]), 4)
    0.1414
    """
    return float(1 / math.sqrt(np.sum(1 / _positive(variances))))


def shares_of(variances: ArrayLike, judgements: Sequence[Judgement], *, low_agrees: bool = False) -> Shares:
    """Give the shares of the information by risk of bias.

    >>> shares_of([1.0, 0.5, 0.5], ["high", "low", "unknown"])
    Shares(low=0.4, high=0.2, unknown=0.4, low_agrees=False)
    """
    weights = 1 / _positive(variances)
    if weights.size != len(judgements):
        raise ValueError(f"{weights.size} variances and {len(judgements)} judgements, expected as many")
    kinds = np.asarray(judgements)
    low, high, unknown = (float(weights[kinds == kind].sum() / weights.sum()) for kind in get_args(Judgement))
    return Shares(low, high, unknown, low_agrees)


def low_risk_decides(people: ArrayLike, judgements: Sequence[Judgement], needed: float) -> bool:
    """Say whether the trials at low risk of bias are large enough to be the body alone.

    Random effects weigh trials nearly alike, so that without this no trial, however large and sound, could settle
    a question.

    >>> low_risk_decides([1000, 389], ["low", "unknown"], 545), low_risk_decides([389], ["unknown"], 545)
    (True, False)
    """
    counts = np.atleast_1d(np.asarray(people, dtype=float))
    if counts.size != len(judgements):
        raise ValueError(f"people of {counts.size} trials and {len(judgements)} judgements, expected as many")
    return bool(counts[np.asarray(judgements) == "low"].sum() >= needed)


def needed_for_difference(important: float, sd: float = 1.0) -> float:
    """Give the people that one trial of two equal groups needs to find the smallest important difference.

    At five per cent two-sided and eighty per cent power; of a standardised difference the SD is one.

    >>> round(needed_for_difference(0.24)), round(needed_for_difference(3, 10.6))
    (545, 392)
    """
    return 4 * _POWERED * (sd / important) ** 2


def needed_for_shares(usual: float, other: float) -> float:
    """Give the people that one trial of two equal groups needs to tell two shares apart.

    >>> round(needed_for_shares(0.375, 0.475))
    759
    """
    if not (0 <= usual <= 1 and 0 <= other <= 1) or usual == other:
        raise ValueError(f"shares {usual:g} and {other:g}, expected two that differ, from 0 to 1")
    return 2 * _POWERED * (usual * (1 - usual) + other * (1 - other)) / (other - usual) ** 2


def worth_of_difference(se: float) -> float:
    """Give the people whom the information of a standardised difference is worth, where counts are not known.

    >>> round(worth_of_difference(0.111))
    325
    """
    return 4 / se**2


def worth_of_odds_ratio(se: float, usual: float, other: float) -> float:
    """Give the people whom the information of a logarithm of an odds ratio is worth.

    >>> round(worth_of_odds_ratio(0.0935, 0.375, 0.4928))
    1891
    """
    return 2 * (1 / (usual * (1 - usual)) + 1 / (other * (1 - other))) / se**2


def _positive(variances: ArrayLike) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    found = np.atleast_1d(np.asarray(variances, dtype=float))
    if found.size == 0 or not (np.isfinite(found) & (found > 0)).all():
        raise ValueError("expected one variance or more, each above 0")
    return found
