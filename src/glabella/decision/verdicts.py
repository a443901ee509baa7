"""Verdicts by rule: what the evidence says of a claim, and which part of it said so.

A claim's rule (:class:`glabella.dossier.rules.Rule`) is evaluated on :class:`Known`: plain numbers that engines
computed, and marks that the dossier gives. A verdict has no memory: the same evidence gives the same word.
``docs/verdicts.md`` prints the operators and the kinds of evidence as tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from glabella.decision.rare_harms import exact_limits, rare_harm
from glabella.decision.rating import (
    LEVELS,
    Body,
    Level,
    Rating,
    Target,
    complement,
    holds,
    rate,
)
from glabella.decision.rule_words import REPORTS_OF_A_LICENCE, TRIALS_FOR_A_SLOPE, filter_words
from glabella.decision.said import Said, joined, noun, said, within
from glabella.dossier.rules import (
    CertaintyRule,
    CountRule,
    EstimateRule,
    FactsRule,
    Filter,
    LicenceRule,
    ModeratorRule,
    OrderRule,
    RareHarmRule,
    Rule,
    ShareRule,
    StatedRule,
)

Verdict = Literal["supported", "contradicted", "inconclusive", "untested"]
Whole = Literal["supported", "contradicted", "inconclusive", "untested", "in parts"]
Mark = Literal["seen", "derived", "reported", "recalled", "missing"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its limits; of a share also how many people it is of."""

    value: float
    low: float
    high: float
    people: int = 0

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value:g} does not lie within its limits {self.low:g} to {self.high:g}")

    @classmethod
    def of_counts(cls, events: int, n: int) -> Interval:
        """Give a share with its exact limits.

        >>> Interval.of_counts(0, 2)
        Interval(value=0.0, low=0.0, high=0.7763932022500211, people=2)
        """
        return cls(events / n, *exact_limits(events, n), n)


@dataclass(frozen=True, slots=True)
class Estimated:
    """A pooled effect, turned so that above zero is good.

    Attributes
    ----------
    body : Body
        What its certainty is rated from; holds the estimate.
    low, high : float
        The interval that is shown.
    ratio : bool
        Whether people read it as a ratio; the numbers here are on the log scale.
    measured : bool
        Whether a smallest difference that matters is declared; without one only the side of no effect can be told.
    """

    body: Body
    low: float
    high: float
    ratio: bool = False
    measured: bool = True

    def __post_init__(self) -> None:
        if not self.low <= self.body.estimate <= self.high:
            raise ValueError(f"{self.body.estimate:g} does not lie within {self.low:g} to {self.high:g}")


@dataclass(frozen=True, slots=True)
class Time:
    """A time between two limits, and how many trials it is from."""

    low: float
    high: float
    trials: int = 1


@dataclass(frozen=True, slots=True)
class Licence:
    """What is known of an approval.

    Attributes
    ----------
    approved : bool
        What the record, or else the reports, say.
    recorded : bool
        Whether there is a dated record of approved uses.
    reports : int
        Independent reports that say so.
    """

    approved: bool
    recorded: bool = False
    reports: int = 0


@dataclass(frozen=True, slots=True)
class Moderator:
    """How the effect changes with something.

    Attributes
    ----------
    slope, low, high : float
        Of the good effect.
    trials, coefficients : int
        Of the regression.
    declared : bool
        Whether it was declared before the results were seen.
    within_trials : bool
        Whether it is an interaction within trials, which needs no number of them.
    """

    slope: float
    low: float
    high: float
    trials: int = 0
    coefficients: int = 1
    declared: bool = False
    within_trials: bool = False


@dataclass(frozen=True, slots=True)
class StudyKnown:
    """What a filter may ask of a study.

    Attributes
    ----------
    people : float
        As randomised, or treated.
    words : mapping of str to frozenset of str
        By kind, such as what it compares.
    numbers : mapping of str to float
        Asked as ``name_below`` or ``name_at_least``.
    """

    people: float
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)

    def passes(self, where: Filter) -> bool:
        """Say whether all of a filter is so; of a list, every word must be there.

        >>> study = StudyKnown(30, {"compares": frozenset({"alone", "together"})}, {"n": 30})
        >>> study.passes({"compares": ("alone", "together"), "n_below": 100}), study.passes({"n_at_least": 31})
        (True, False)
        """
        return all(self._is(name, wanted) for name, wanted in where.items())

    def _is(self, name: str, wanted: str | tuple[str, ...] | float) -> bool:
        if isinstance(wanted, (int, float)):
            kind, asked = next(
                (
                    (name.removesuffix(end), end)
                    for end in ("_below", "_at_least")
                    if name.endswith(end) and name != end
                ),
                (name, ""),
            )
            value = self.numbers.get(kind)
            if value is None:
                return False
            return value < wanted if asked == "_below" else value >= wanted if asked else value == wanted
        words = {wanted} if isinstance(wanted, str) else set(wanted)
        return words <= self.words.get(name, frozenset())


@dataclass(frozen=True, slots=True)
class Known:
    """All that rules may ask, by the keys that they use.

    Attributes
    ----------
    estimates : mapping of str to Estimated
        By analysis or difference.
    shares : mapping of (str, str) to Interval
        By arm and outcome.
    quantities : mapping of str to Interval
        Numbers that people say.
    harms : mapping of (str, str) to (int or None, int)
        Events, None where not reported, and people, by event and population.
    marks : mapping of str to str
        Of the claim's sentences, by reference or name.
    numbers : mapping of str to float
        Counts of the record.
    studies : tuple of StudyKnown
        All that were found.
    times : mapping of str to Time
    licences : mapping of (str, str) to Licence
        By use and authority.
    moderators : mapping of (str, str) to Moderator
        By analysis and what moves it.
    """

    estimates: Mapping[str, Estimated] = field(default_factory=dict)
    shares: Mapping[tuple[str, str], Interval] = field(default_factory=dict)
    quantities: Mapping[str, Interval] = field(default_factory=dict)
    harms: Mapping[tuple[str, str], tuple[int | None, int]] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    studies: tuple[StudyKnown, ...] = ()
    times: Mapping[str, Time] = field(default_factory=dict)
    licences: Mapping[tuple[str, str], Licence] = field(default_factory=dict)
    moderators: Mapping[tuple[str, str], Moderator] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule, or a part of one, comes to.

    Attributes
    ----------
    verdict : str
        Of it.
    kind : str
        The operator or the kind of evidence.
    name : str
        What the part is called; empty where it has no name.
    why : Said
        A clause with its numbers.
    parts : tuple of Decision
        Of an operator.
    decided : Decision or None
        The part of an operator that decided; None where all of them did.
    """

    verdict: Verdict
    kind: str
    name: str
    why: Said
    parts: tuple[Decision, ...] = ()
    decided: Decision | None = None

    @property
    def whole(self) -> Whole:
        """The verdict on a claim that declares its parts: in parts where they differ."""
        return whole([part.verdict for part in self.parts]) if self.kind == "all" else self.verdict

    @property
    def deciding(self) -> Decision:
        """The innermost part that decided."""
        return self if self.decided is None else self.decided.deciding


# --- operators --------------------------------------------------------------------------------------------


def of_all(verdicts: Sequence[Verdict]) -> Verdict:
    """Combine parts that must all hold.

    >>> of_all(["supported", "untested"]), of_all(["inconclusive", "contradicted"])
    ('inconclusive', 'contradicted')
    """
    if "contradicted" in verdicts:
        return "contradicted"
    if all(one == "supported" for one in verdicts):
        return "supported"
    return "untested" if all(one == "untested" for one in verdicts) else "inconclusive"


def of_any(verdicts: Sequence[Verdict]) -> Verdict:
    """Combine parts of which one is enough; the mirror of :func:`of_all`.

    >>> of_any(["contradicted", "untested"]), of_any(["inconclusive", "supported"])
    ('inconclusive', 'supported')
    """
    return denial(of_all([denial(one) for one in verdicts]))


def denial(verdict: Verdict) -> Verdict:
    """Give the verdict on the denial of a claim.

    >>> denial("contradicted"), denial("untested")
    ('supported', 'untested')
    """
    turned: dict[Verdict, Verdict] = {"supported": "contradicted", "contradicted": "supported"}
    return turned.get(verdict, verdict)


def first_of(verdicts: Sequence[Verdict]) -> Verdict:
    """Give the first that is not untested.

    >>> first_of(["untested", "inconclusive", "supported"])
    'inconclusive'
    """
    return next((one for one in verdicts if one != "untested"), "untested")


def whole(verdicts: Iterable[Verdict]) -> Whole:
    """Give the verdict on a claim whose declared parts have these.

    >>> whole(["supported", "inconclusive"]), whole(["untested", "untested"])
    ('in parts', 'untested')
    """
    found = set(verdicts)
    return found.pop() if len(found) == 1 else "in parts"


_COMBINED: dict[str, Callable[[list[Verdict]], Verdict]] = {
    "all": of_all,
    "any": of_any,
    "first": first_of,
    "denied": lambda one: denial(one[0]),
}


def judge(rule: Rule, known: Known) -> Decision:
    """Evaluate a rule.

    Parameters
    ----------
    rule : Rule
        As the dossier declares it.
    known : Known
        What there is.

    Returns
    -------
    Decision
        The verdict, its parts, and the part that decided.

    Examples
    --------
    >>> rule = Rule.model_validate({"all": [
    ...     {"facts": {"for": ["A"], "as": "sooner"}}, {"count": {"of": "trials", "at_least": 2}}]})
    >>> found = judge(rule, Known(marks={"A": "seen"}, numbers={"trials": 1}))
    >>> found.verdict, str(found.deciding.why)
    ('contradicted', '1 counted, at least 2 asked')
    """
    if rule.tested is not None:
        return _tested(rule, known)
    if rule.cap is not None:
        return _capped(rule, known)
    if rule.parts:
        parts = tuple(judge(part, known) for part in rule.parts)
        return _decided(_COMBINED[rule.kind]([part.verdict for part in parts]), rule.kind, parts)
    atom = getattr(rule, rule.kind)
    verdict, why = _ATOMS[rule.kind](atom, known)
    return Decision(verdict, rule.kind, atom.named or "", why)


def _decided(verdict: Verdict, kind: str, parts: tuple[Decision, ...]) -> Decision:
    """Find the part that decided: the first with the verdict, or else the first that stood in its way."""
    decided: Decision | None = next((part for part in parts if part.verdict == verdict), None)
    if kind == "denied":
        decided = parts[0]
    elif len(parts) > 1 and verdict == {"all": "supported", "any": "contradicted"}.get(kind):
        decided = None  # all were needed, so that none decided alone
    elif decided is None:  # supported and untested together are inconclusive: what is untested stood in the way
        decided = next(part for part in parts if part.verdict == "untested")
    why = joined((_called(part) for part in parts), "; ")
    return Decision(verdict, kind, "", why, parts, decided)


def _called(part: Decision) -> Said:
    one = within(f"{part.verdict} ({{}})", part.why)
    return joined((said("{part}", part=("part", part.name)), one), ": ") if part.name else one


def _tested(rule: Rule, known: Known) -> Decision:
    assert rule.tested is not None
    passing = [study for study in known.studies if study.passes(rule.tested.where)]
    if not passing:
        none = within("no study with {}", filter_words(rule.tested.where, {}))
        return Decision("untested", "tested", "", none)
    part = judge(rule.tested.then, known)
    return Decision(part.verdict, "tested", part.name, part.why, (part,), part)


def _capped(rule: Rule, known: Known) -> Decision:
    assert rule.cap is not None
    part, when = judge(rule.cap.rule, known), judge(rule.cap.when, known)
    if when.verdict == "supported" and part.verdict in rule.cap.of:
        why = joined((within(f"would be {part.verdict}: {{}}", part.why), within("but {}", when.why)), "; ")
        return Decision("inconclusive", "cap", part.name, why, (part, when), when)
    return Decision(part.verdict, "cap", part.name, part.why, (part,), part)


# --- kinds of evidence ------------------------------------------------------------------------------------


def sure(rating: Rating, need: Level) -> bool:
    """Say whether a rating is at least so sure.

    >>> sure(Rating("any_benefit", "low", ()), "moderate"), sure(Rating("any_benefit", None, ()), "very low")
    (False, False)
    """
    return rating.certainty is not None and LEVELS.index(rating.certainty) <= LEVELS.index(need)


#: Statements whose limit is no effect, for which no smallest difference that matters is asked.
_OF_NO_EFFECT: tuple[Target, ...] = ("any_benefit", "any_harm")


def _estimate(atom: EstimateRule, known: Known) -> tuple[Verdict, Said]:
    one = known.estimates.get(atom.key)
    if one is None:
        return "untested", said("no effect is computed")
    if not (one.measured or atom.target in _OF_NO_EFFECT):
        return "untested", said("no smallest difference that matters is declared")
    body = one.body
    lies = _side(one, atom.target)
    rated = _rated(body, atom.target) if lies is not False else rate(body, complement(atom.target, body.estimate))
    shown = math.exp if one.ratio else float
    good = "effect, above one is good" if one.ratio else "effect, above zero is good"
    why = said(
        f"{{estimate}} ({{low}} to {{high}}), {{trials}} {noun(body.trials, 'trial')}, "
        f"{{people}} {noun(body.people, 'person', 'people')}; certainty {rated.certainty}",
        estimate=(good, shown(body.estimate)),
        low=("lower limit", shown(one.low)),
        high=("upper limit", shown(one.high)),
        trials=("trials", body.trials),
        people=("people", body.people),
    )
    if lies is None or not sure(rated, atom.need):
        return "inconclusive", why
    return ("supported" if lies else "contradicted"), why


def _rated(body: Body, target: Target) -> Rating:
    """Rate a target, or else its complement, in which the estimate lies."""
    rated = rate(body, target)
    return rated if rated.certainty is not None else rate(body, complement(target, body.estimate))


def _side(one: Estimated, target: Target) -> bool | None:
    """Say whether estimate and interval lie within a target or without; None where across its limit."""
    important = one.body.important
    if holds(target, one.low, one.high, important):
        return True
    other = complement(target, one.body.estimate)
    return False if holds(other, one.low, one.high, important) else None


def _share(atom: ShareRule, known: Known) -> tuple[Verdict, Said]:
    one = known.shares.get((atom.arm, atom.outcome))
    if one is None:
        return "untested", said("no counts")
    why = _interval("share", one)
    if atom.above is not None:
        return _beyond(one.low > atom.above, one.high <= atom.above), why
    if atom.below is not None:
        return _beyond(one.high < atom.below, one.low >= atom.below), why
    assert atom.equals is not None
    low, high = atom.equals - atom.tolerance, atom.equals + atom.tolerance
    return _beyond(low <= one.low and one.high <= high, one.high < low or one.low > high), why


def _stated(atom: StatedRule, known: Known) -> tuple[Verdict, Said]:
    one = known.quantities.get(atom.quantity)
    if one is None:
        return "untested", said("not computed")
    low, high = atom.between or (atom.value or 0.0, atom.value or 0.0)
    inside, apart = one.low <= low and high <= one.high, high < one.low or low > one.high
    # A range is met too where what is computed lies wholly within it, however well it is known.
    inside = inside or (low <= one.low and one.high <= high)
    return _beyond(inside, apart), _interval("computed", one)


def _rare_harm(atom: RareHarmRule, known: Known) -> tuple[Verdict, Said]:
    counted = known.harms.get((atom.event, atom.population))
    if counted is None:
        return "untested", said("not reported")
    found = rare_harm(*counted, atom.per)
    verdicts: dict[str, Verdict] = {
        "ruled out": "supported", "more often": "contradicted", "cannot be told": "inconclusive",
        "not reported": "untested",
    }  # fmt: skip
    return verdicts[found.says], found.why


def _facts(atom: FactsRule, known: Known) -> tuple[Verdict, Said]:
    sides = {"for": atom.supports, "against": atom.against, "unclear": atom.unclear}
    marks = {side: [known.marks.get(one, "missing") for one in named] for side, named in sides.items()}
    decisive = {side for side, found in marks.items() if {"seen", "derived"} & set(found)}
    if decisive:
        named = [f"{side} it" if side != "unclear" else "cannot tell" for side in sides if side in decisive]
        why = said(f"what was seen: {' and '.join(named)}")
        one: dict[frozenset[str], Verdict] = {
            frozenset({"for"}): "supported", frozenset({"against"}): "contradicted",
        }  # fmt: skip
        verdict = one.get(frozenset(decisive), "inconclusive")
        return ("inconclusive" if atom.weak else verdict), why
    if any("reported" in found for found in marks.values()):
        return "inconclusive", said("only reported by others, not seen")
    return "untested", said("no source was seen")


def _count(atom: CountRule, known: Known) -> tuple[Verdict, Said]:
    if atom.of in ("studies", "people"):
        among = [study for study in known.studies if study.passes(atom.among)]
        counted = [study for study in among if study.passes(atom.where)]
        total, found = (_amount(atom.of, studies) for studies in (among, counted))
    else:
        number = known.numbers.get(atom.of)
        if number is None:
            return "untested", said("not counted")
        found, total = number, math.nan
    if atom.at_least_share is not None:
        if not total > 0:
            return "untested", said("nothing to count")
        why = said(
            "{found} of {total}, at least {asked} of {all} asked",
            found=("counted", found), total=("of", total), asked=("share asked, of a hundred",
            100 * atom.at_least_share), all=("the whole", 100),
        )  # fmt: skip
        return _beyond(found / total >= atom.at_least_share, found / total < atom.at_least_share), why
    word, asked, so = (
        ("at least", atom.at_least, found >= atom.at_least) if atom.at_least is not None
        else ("at most", atom.at_most, found <= atom.at_most) if atom.at_most is not None
        else ("exactly", atom.equals, found == atom.equals)
    )  # fmt: skip
    assert asked is not None
    why = said(f"{{found}} counted, {word} {{asked}} asked", found=("counted", found), asked=("asked", asked))
    return _beyond(so, not so), why


def _amount(of: str, studies: list[StudyKnown]) -> float:
    return float(len(studies)) if of == "studies" else float(sum(study.people for study in studies))


def _order(atom: OrderRule, known: Known) -> tuple[Verdict, Said]:
    first = known.times.get(atom.first)
    second = (
        Time(*atom.between, first.trials if first else 0) if atom.between else known.times.get(atom.second or "")
    )
    if first is None or second is None:
        return "untested", said("a time is missing")
    fewest = min(first.trials, second.trials)
    trials = said(f"{{trials}} {noun(fewest, 'trial')}", trials=("trials", fewest))
    against = joined((_span(first, ""), _span(second, " of the other")), " against ")
    why = joined((against, trials), ", ")
    if fewest < atom.trials_at_least:
        return "inconclusive", why
    later, earlier = first.low > second.high, first.high < second.low
    if atom.relation == "within":
        return _beyond(second.low <= first.low and first.high <= second.high, later or earlier), why
    return (_beyond(later, earlier) if atom.relation == "later" else _beyond(earlier, later)), why


def _span(time: Time, whose: str) -> Said:
    low = ("earliest" + whose, time.low)
    if math.isinf(time.high):
        return said("{low} or later", low=low)
    return said("{low} to {high}", low=low, high=("latest" + whose, time.high))


def _licence(atom: LicenceRule, known: Known) -> tuple[Verdict, Said]:
    one = known.licences.get((atom.use, atom.authority))
    if one is None or not (one.recorded or one.reports >= REPORTS_OF_A_LICENCE):
        return "untested", said("no dated record, and too few independent reports")
    rests = "a dated record" if one.recorded else "independent reports"
    return _beyond(one.approved, not one.approved), said(f"{'' if one.approved else 'not '}approved, by {rests}")


def _moderator(atom: ModeratorRule, known: Known) -> tuple[Verdict, Said]:
    one = known.moderators.get((atom.analysis, atom.by))
    if one is None:
        return "untested", said("not computed")
    enough = one.declared and one.trials >= TRIALS_FOR_A_SLOPE * one.coefficients
    if not (one.within_trials or enough):
        return "untested", said(
            f"{{trials}} {noun(one.trials, 'trial is', 'trials are')} too few to tell",
            trials=("trials", one.trials),
        )
    up, down = one.low > 0, one.high < 0
    return (_beyond(up, down) if atom.direction == "positive" else _beyond(down, up)), said(
        "changes by {slope} ({low} to {high})",
        slope=("slope", one.slope), low=("lower limit", one.low), high=("upper limit", one.high),
    )  # fmt: skip


def _certainty(atom: CertaintyRule, known: Known) -> tuple[Verdict, Said]:
    one = known.estimates.get(atom.analysis)
    if one is None:
        return "untested", said("no effect is computed")
    if not (one.measured or atom.target in _OF_NO_EFFECT):
        return "untested", said("no smallest difference that matters is declared")
    rated = _rated(one.body, atom.target)
    assert rated.certainty is not None
    if atom.at_least is not None:
        so = sure(rated, atom.at_least)
    else:
        assert atom.at_most is not None
        so = LEVELS.index(rated.certainty) >= LEVELS.index(atom.at_most)
    return _beyond(so, not so), said(f"certainty is {rated.certainty}")


def _beyond(is_so: bool, is_not: bool) -> Verdict:
    return "supported" if is_so else "contradicted" if is_not else "inconclusive"


def _interval(what: str, one: Interval) -> Said:
    return said(
        "{value} ({low} to {high})",
        value=(what, one.value), low=("lower limit", one.low), high=("upper limit", one.high),
    )  # fmt: skip


_ATOMS: dict[str, Callable[[Any, Known], tuple[Verdict, Said]]] = {
    "estimate": _estimate,
    "share": _share,
    "stated": _stated,
    "rare_harm": _rare_harm,
    "facts": _facts,
    "count": _count,
    "order": _order,
    "licence": _licence,
    "moderator": _moderator,
    "certainty": _certainty,
}
