"""What may carry a weak frown to mood, how long that would last, and what repeating would bring: never certain."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glabella.decision._told import DAYS_A_WEEK, LIKELY, Teller, decimals_of, of_numbers, rated, worse
from glabella.decision._words import quote
from glabella.dossier import Explanation, Mechanism
from glabella.dossier._fitted import Explained, Gap, Interval, Scheduled
from glabella.shown import Certainty, Claim

#: Rules of repeating, in words that follow "inject".
RULES: Mapping[str, str] = {
    "fixed": "at fixed times",
    "weakness": "when the frown is back",
    "symptoms": "when the symptoms are back",
}
_VIRTUAL = "tenth to ninetieth percentile of virtual people"
#: Fewer trials than this are few.
_FEW = 10
#: Differences of AICc below this tell nothing apart.
_CLOSE = 2.0


@dataclass(frozen=True, slots=True)
class Account:
    """One explanation beside the data on mood.

    ``close`` where the best fits hardly better, ``alike`` where the best of those with an effect does; ``limits``
    where the data limit how slowly mood follows, ``beyond`` where what is needed for the gap is slower than that.
    """

    name: str
    label: str
    effect: bool
    close: bool
    alike: bool
    limits: bool
    beyond: bool
    gain: Claim
    half_life: Claim
    weight: Claim
    aicc: Claim
    weakness_half: Claim | None
    relief_half: Claim | None
    needed: Claim | None


@dataclass(frozen=True, slots=True)
class Carried:
    """What the trials of mood tell of the explanations.

    Attributes
    ----------
    accounts : tuple of Account
        The best first.
    close : tuple of str
        Labels of those that the data cannot tell apart.
    relief_limit : Claim or None
        Relief that counts in simulated people.
    alike : tuple of str
        Labels of those with an effect that the data cannot tell apart.
    without_effect : bool
        Whether no effect at all is among them, which does not show that there is none.
    """

    accounts: tuple[Account, ...]
    close: tuple[str, ...]
    alike: tuple[str, ...]
    without_effect: bool
    gap_seen: Claim
    relief_limit: Claim | None
    rows: Claim
    trials: Claim
    certainty: Certainty
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """What a rule brings to simulated people, a year and after the last injection; ``gap`` is the least."""

    rule: str
    gap: Claim | None
    explanation: str
    people: Claim
    injections: Claim
    units: Claim
    weeks_frown: Claim
    weeks_relief: Claim
    stopping_frown: Claim
    stopping_relief: Claim
    never: Claim
    never_relief: Claim


def carried(tell: Teller, headline: Certainty, muscle: tuple[str, ...]) -> Carried:
    """Make the claims of the explanations."""
    mood, mechanism = tell.fitted.mood, tell.mechanism
    trials = {each.study for each in mechanism.observations.mood if each.id in mood.rows}
    reasons = ["no trial followed muscle and mood side by side"]
    effects = [each for each in mood.explanations if has_effect(mechanism, each.name)]
    least = min((each.aicc for each in effects), default=0.0)
    alike = tuple(each.name for each in effects if each.aicc < least + _CLOSE)
    without = any(not has_effect(mechanism, name) for name in mood.inseparable)
    if without or len(alike) > 1 or len(mood.inseparable) > 1:
        reasons.append("the data cannot tell the explanations apart")
    if len(trials) < _FEW:
        reasons.append("few trials")
    if any(each.half_life.low is None or each.half_life.high is None for each in mood.explanations):
        reasons.append("the speed of mood has no limits in the data")
    # What rests on the muscle is no more certain than the muscle, what rests on the effect no more than the effect.
    word = worse(rated(reasons), rated(muscle), headline)
    common: dict[str, Any] = {
        "population": "people with depression, in the trials of mood", "certainty": word, "decimals": 0,
        "sources": tell.mood_sources, "time_span": "at the weeks of the trials", "function": "compare",
    }  # fmt: skip
    gap_seen = {**common, "unit": "weeks", "function": "glabella.decision.answer"}
    if mechanism.questions:
        gap_seen["sources"] = of_numbers([mechanism.questions.gap_seen])
    gaps = {each.explanation: each for each in mood.gaps}
    return Carried(
        accounts=tuple(_account(tell, each, gaps.get(each.name), word, alike) for each in mood.explanations),
        close=tuple(label_of(mechanism, name) for name in mood.inseparable),
        alike=tuple(label_of(mechanism, name) for name in alike),
        without_effect=without,
        gap_seen=tell("gap_seen", "least time by which mood outlasted the weak frown, where it was seen",
                      mood.gap_seen / DAYS_A_WEEK, **gap_seen),
        relief_limit=_relief_limit(tell),
        rows=tell("mood.rows", "differences in mood that were fitted", len(mood.rows), **common),
        trials=tell("mood.trials", "trials of mood that were fitted", len(trials), **common),
        certainty=word, reasons=tuple(reasons),
    )  # fmt: skip


def _relief_limit(tell: Teller) -> Claim | None:
    asked = tell.mechanism.questions
    if asked is None:
        return None
    return tell.keep(
        quote(asked.relief_limit, "course.relief_limit", "relief that counts", time_span="at any time")
    )


def label_of(mechanism: Mechanism, name: str) -> str:
    """Give an explanation as people read it."""
    found: Explanation | None = mechanism.explanations.get(name)
    return found.label if found else name


def has_effect(mechanism: Mechanism, name: str) -> bool:
    """Whether an explanation switches anything on."""
    found = mechanism.explanations.get(name)
    return found is not None and any(found.switches.values())


def _account(tell: Teller, each: Explained, gap: Gap | None, word: Certainty, alike: tuple[str, ...]) -> Account:
    """Make the claims of one explanation."""
    label, effect = label_of(tell.mechanism, each.name), has_effect(tell.mechanism, each.name)
    place = f"mood.{each.name.replace(' ', '_')}"
    common: dict[str, Any] = {
        "population": f"people with depression, in the trials of mood; explained by: {label}", "certainty": word,
        "sources": tell.mood_sources, "time_span": "at the weeks of the trials",
    }  # fmt: skip
    likely = tell.level(LIKELY)

    def days(name: str, words: str, found: Interval | float | None, function: str) -> Claim:
        it = found if isinstance(found, Interval) else Interval(value=found)
        return tell.interval(f"{place}.{name}", words, it, likely, unit="days", function=function,
                             decimals=decimals_of(it.value, it.high, digits=1),
                             **{**common, "time_span": "after one injection"})  # fmt: skip

    half, shown = each.half_life, bool(effect and gap)
    # Where the data do not limit how slowly mood follows, neither do they limit how long relief lasts.
    lasting = gap.relief_half.model_copy(update={} if half.high is not None else {"high": None}) if gap else None
    return Account(
        each.name, label, effect, each.name in tell.fitted.mood.inseparable, each.name in alike,
        limits=half.low is not None or half.high is not None,
        beyond=gap is not None and half.high is not None and (gap.needed_half_life or math.inf) > half.high,
        gain=tell.interval(f"{place}.gain", "relief at full drive", each.gain, likely, unit="points",
                           function="compare", decimals=1, **common),
        half_life=days("half_life", "half-life of mood: how slowly it follows", half, "compare"),
        weight=tell(f"{place}.weight", "weight among the explanations, by AICc", 100 * each.weight, unit="%",
                    function="compare", decimals=0, **common),
        aicc=tell(f"{place}.aicc", "AICc: lower is better", each.aicc, function="compare", decimals=1, **common),
        weakness_half=days("weakness_half", "day by which weakness has fallen to half", gap.weakness_half, "gap")
        if gap and shown else None,
        relief_half=days("relief_half", "day by which relief has fallen to half", lasting, "gap")
        if gap and shown else None,
        needed=days("needed", "half-life of mood with which relief outlasts weakness by as much as was seen",
                    gap.needed_half_life, "speed_for_gap")
        if gap and shown and gap.needed_half_life is not None else None,
    )  # fmt: skip


def repeats(tell: Teller, mood: Carried) -> tuple[tuple[str, tuple[Repeat, ...]], ...]:
    """Make the claims of every rule of repeating, by what carries mood, the best account first."""
    schedules = tell.fitted.schedules
    ranks = {each.name: rank for rank, each in enumerate(mood.accounts)}
    names = sorted({each.explanation for each in schedules}, key=lambda name: (ranks.get(name, len(ranks)), name))
    return tuple(
        (label_of(tell.mechanism, name),
         tuple(_repeat(tell, each, mood.certainty) for each in schedules if each.explanation == name))
        for name in names
    )  # fmt: skip


def _repeat(tell: Teller, each: Scheduled, word: Certainty) -> Repeat:
    rule, label = RULES[each.rule], label_of(tell.mechanism, each.explanation)
    product, questions = tell.fitted.mood.product, tell.mechanism.questions
    kind = "frown" if each.rule == "weakness" else each.rule
    place = f"repeat.{kind}.{each.explanation.replace(' ', '_')}"
    common: dict[str, Any] = {
        "population": f"simulated (virtual, synthetic) people with {product} {rule}; mood as by: {label}",
        "certainty": word, "function": "simulate_rule", "sources": tell.mood_sources,
    }  # fmt: skip

    def make(name: str, words: str, found: Interval, unit: str, span: str, decimals: int = 0) -> Claim:
        return tell.interval(f"{place}.{name}", f"simulated: {words}", found, _VIRTUAL, unit=unit, time_span=span,
                             decimals=decimals, **common)  # fmt: skip

    year, stop = "a year", "after the last injection"
    asked = next((it for it in questions.repeats if it.rule == each.rule), None) if questions else None
    return Repeat(
        rule,
        tell(f"{place}.gap", "least time between injections", asked.weeks, unit="weeks", decimals=0, time_span=year,
             **common) if asked else None,
        label,
        people=tell(f"{place}.people", "simulated people", each.people, decimals=0, time_span=year, **common),
        injections=make("injections", "injections", each.injections, "", year, 1),
        units=make("units", "dose", each.units, f"units of {product}", year),
        weeks_frown=make("weeks_frown", "weeks with a weak frown", each.weeks_weakness, "weeks", year),
        weeks_relief=make("weeks_relief", "weeks with relief", each.weeks_relief, "weeks", year),
        stopping_frown=make("stopping_frown", "time until the frown is back", each.stopping_weakness, "weeks",
                            stop),
        stopping_relief=make("stopping_relief", "time until relief is gone", each.stopping_relief, "weeks", stop),
        never=tell(f"{place}.never", "simulated people whose frown never responds", each.never, unit="%",
                   decimals=0, time_span=year, **common),
        never_relief=tell(f"{place}.never_relief", "simulated people who never have relief that counts",
                          each.never_relief, unit="%", decimals=0, time_span=year, **common),
    )  # fmt: skip
