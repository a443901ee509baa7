"""How it works over time: what a fitted mechanism says, every number a Claim. The fit itself is read, not made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from glabella.decision._carried import Carried, Repeat, carried, repeats
from glabella.decision._constants import Constants, constants
from glabella.decision._foretold import Checked, Foretelling, Missed, checked, foretellings, missed
from glabella.decision._told import CREDIBLE, DAYS_A_WEEK, PEOPLE, Teller, rated
from glabella.dossier import Evidence, Fitted, Mechanism
from glabella.dossier._fitted import Interval, Landmarks
from glabella.shown import Certainty, Claim

#: What counts as a response, in words that follow "when".
DEFINITIONS: Mapping[str, str] = {
    "none_or_mild": "a physician calls the frown lines none or mild",
    "one_grade": "the frown lines are a grade better",
    "two_grades": "the frown lines are two grades better",
    "two_grade_composite": "physician and person both see two grades less",
    "improved": "people call themselves at least moderately improved",
    "onset": "somebody first sees a change",
    "retained_response": "a response counts as kept",
    "not_stated": "the trial calls it a response",
}
#: Fewer trials than this cannot tell how much trials of one product differ.
_FEW = 3
#: Share of replications below which what was seen is unlike them.
_UNLIKE = 0.025


@dataclass(frozen=True, slots=True)
class Treated:
    """When one dose of one product works in one sex; ``letter`` marks it in the figure, the lowest dose first.

    ``people`` is ``duration`` with how people differ as its limits; ``kept`` holds times, and the share of the
    responders at the peak who still respond then.
    """

    letter: str
    product: str
    sex: str
    definition: str
    dose: Claim
    onset: Claim
    peak_day: Claim
    peak_share: Claim
    duration: Claim
    people: Claim
    kept: tuple[tuple[Claim, Claim], ...]
    certainty: Certainty
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timed:
    """What the fitted mechanism says.

    Attributes
    ----------
    product : str
        The one of the trials of mood.
    definition : str
        What counts as a response, in words.
    usual : Treated
        Women with the dose that trials of mood gave most often.
    by_dose : tuple of Treated
        Of that product, by sex and dose.
    by_product : tuple of Treated
        Each product in the dose of its own label.
    schedules
        Rules of repeating, by what is assumed to carry mood.
    foretold, misses, checks
        How well the fit foretells what it has not seen, the trials that it misses most, and whether it would make
        data like those that it has seen.
    """

    product: str
    definition: str
    usual: Treated
    by_dose: tuple[Treated, ...]
    by_product: tuple[Treated, ...]
    foretold: tuple[Foretelling, ...]
    misses: tuple[Missed, ...]
    checks: tuple[Checked, ...]
    certainty: Certainty
    reasons: tuple[str, ...]
    mood: Carried
    schedules: tuple[tuple[str, tuple[Repeat, ...]], ...]
    constants: Constants
    fitted: Fitted


@dataclass(frozen=True, slots=True)
class Course:
    """How it works over time; ``timed`` is None as long as the mechanism has not been fitted."""

    nodes: Mapping[str, str]
    timed: Timed | None


def course(evidence: Evidence, headline: Certainty, keep: Callable[[Claim], Claim]) -> Course | None:
    """Say how it works over time.

    Parameters
    ----------
    evidence : Evidence
        A dossier as read.
    headline : str
        Certainty of the effect on mood itself; nothing about how mood follows is more certain.
    keep : callable
        Remembers a claim that may be shown, and gives it back.

    Returns
    -------
    Course or None
        None where the dossier has no mechanism.
    """
    mechanism = evidence.mechanism
    if mechanism is None:
        return None
    fitted = mechanism.fitted
    if fitted is None or not fitted.landmarks:
        return Course(mechanism.nodes, None)
    tell = Teller(evidence, mechanism, fitted, keep)
    reasons = _reasons(fitted)
    product, definition = fitted.mood.product, fitted.landmarks[0].definition
    shown = [each for each in fitted.landmarks if each.definition == definition]
    by_dose = [each for each in shown if each.product == product]
    # Of the other products only women are shown: hardly any of their trials tell of men alone.
    labelled = [each for each in shown if each.product != product and each.sex == "women"
                and each.dose == label_dose(evidence, each.product)]  # fmt: skip
    if not by_dose:
        raise ValueError(f"the fit has no course of {product}, the product of the trials of mood")
    usual = _usual(mechanism, product, by_dose)
    lettered = [_treated(tell, chr(ord("A") + at), each, reasons, told_whole=each is usual)
                for at, each in enumerate([*by_dose, *labelled])]  # fmt: skip
    mood = carried(tell, headline, reasons)
    return Course(mechanism.nodes, Timed(
        product=product,
        definition=DEFINITIONS.get(definition, definition),
        usual=lettered[by_dose.index(usual)],
        by_dose=tuple(lettered[: len(by_dose)]),
        by_product=tuple(
            [row for row, each in zip(lettered, by_dose, strict=False)
             if each.sex == "women" and each.dose == label_dose(evidence, product)] + lettered[len(by_dose):]
        ),
        foretold=foretellings(tell, rated(reasons)),
        misses=missed(tell, rated(reasons)),
        checks=checked(tell, rated(reasons)),
        certainty=rated(reasons),
        reasons=reasons,
        mood=mood,
        schedules=repeats(tell, mood),
        constants=constants(tell, rated(reasons), mood.certainty),
        fitted=fitted,
    ))  # fmt: skip


def label_dose(evidence: Evidence, product: str) -> float | None:
    """Give the dose that the dossier's sentences on a product call its dose for frown lines."""
    known = evidence.products.products.get(product)
    numbers = [number for it in (known.statements if known else ()) for key, number in it.values.items()
               if key == "dose" and number.unit == "U"]  # fmt: skip
    return numbers[0].value if numbers else None


def _usual(mechanism: Mechanism, product: str, rows: list[Landmarks]) -> Landmarks:
    """Give women with the dose that trials of mood gave most often, or the nearest to it."""
    given = Counter(
        dose for each in mechanism.observations.mood if each.product == product
        for dose, who, _ in each.doses_and_shares if who != "men"
    )  # fmt: skip
    women = [each for each in rows if each.sex == "women"] or rows
    if not given:
        return women[0]
    common = given.most_common(1)[0][0]
    return min(women, key=lambda each: abs(each.dose - common))


def _reasons(fitted: Fitted) -> tuple[str, ...]:
    """Say what keeps the course of the muscle from being certain; from what the fit itself reports."""
    reasons = ["the muscle was watched in trials of another use"]
    by_trial = next((each for each in fitted.muscle.foretold if each.by == "study"), None)
    if by_trial is None:
        reasons.append("how well it foretells trials was not computed")
    elif by_trial.error > 10 or by_trial.coverage < 100 * fitted.level - 10:
        reasons.append("trials that it has not seen are foretold poorly")
    untold = [each for each in fitted.muscle.unknowns if each.assumed or each.verdict == "not identified"]
    if len(untold) * 4 > len(fitted.muscle.unknowns):
        reasons.append("many constants stand on assumptions")
    if any(each.rhat > 1.05 for each in fitted.muscle.unknowns):
        reasons.append("the draws of the posterior have not settled")
    if any(each.p < _UNLIKE for each in fitted.muscle.checks):
        reasons.append("some of what was seen is unlike what the model makes")
    return tuple(reasons)


def _treated(
    tell: Teller, letter: str, each: Landmarks, shared: tuple[str, ...], *, told_whole: bool
) -> Treated:  # fmt: skip
    """Make the claims of one dose in one sex; how it wanes only where it is told whole."""
    seen = [it for it in tell.mechanism.observations.muscle if it.product == each.product and it.use == "fit"]
    reasons = list(shared)
    if len({it.study for it in seen}) < _FEW:
        reasons.append("few trials of this product")
    if each.sex == "men" and not any(it.sex == "men" for it in seen):
        reasons.append("no trial of this product in men alone")
    elif not any(it.units == each.dose for it in seen):
        reasons.append("no trial gave this dose")
    who = f"{each.sex} with {each.dose:g} units of {each.product} in the frown muscles"
    place = f"{each.definition}.{each.product}.{each.sex}.{each.dose:g}"
    share_of = f"a response is when {DEFINITIONS.get(each.definition, each.definition)}"
    common: dict[str, Any] = {
        "population": f"{who}; {share_of}", "certainty": rated(reasons), "function": "landmarks",
        "sources": tell.muscle_sources(each.product),
    }  # fmt: skip

    def make(name: str, label: str, found: Interval, kind: str = CREDIBLE, **more: Any) -> Claim:
        named = kind if kind == PEOPLE else tell.level(kind)
        return tell.interval(f"{place}.{name}", label, found, named, **common, **more)

    weeks: dict[str, Any] = {"scale": 1 / DAYS_A_WEEK, "unit": "weeks", "decimals": 0}
    share: dict[str, Any] = {"scale": 100.0, "unit": "%", "decimals": 0}
    last = max((days.days[-1] for days in tell.fitted.courses), default=None)
    beyond = each.duration.value is None and last is not None
    # Whole weeks: rounded up, a bound would be wrong.
    duration = Interval(value=last // 7 * 7, low=each.duration.low) if last and beyond else each.duration
    spread = Interval(value=duration.value, low=each.short.value, high=each.long.value)
    return Treated(
        letter, each.product, each.sex, each.definition,
        dose=tell(f"{place}.dose", "dose", each.dose, unit=f"units of {each.product}", decimals=decimals(each.dose),
                  **common),
        onset=make("onset", "day by which half of those who respond at the peak first do", each.onset, unit="days",
                   decimals=1),
        peak_day=make("peak_day", "day of the largest effect", each.peak_day, unit="days", decimals=0),
        peak_share=make("peak_share", "people with a response at the peak", each.peak_share, **share),
        duration=make("duration", "time by which half of the responders have lost it", duration,
                      bound=">" if beyond else None, **weeks),
        people=make("people", "time by which half of the responders have lost it, and how people differ", spread,
                    PEOPLE, bound=">" if beyond else None, **weeks),
        kept=tuple(
            (tell(f"{place}.kept.{it.day:g}.time", "time", it.day / DAYS_A_WEEK, unit="weeks", decimals=0,
                  **common),
             make(f"kept.{it.day:g}", f"responders at the peak who respond on day {it.day:g}", it.share, **share))
            for it in (each.kept if told_whole else ())
        ),
        certainty=rated(reasons), reasons=tuple(reasons),
    )  # fmt: skip


def decimals(value: float) -> int:
    """Give the decimals of a dose: none for a whole one."""
    return 0 if float(value).is_integer() else 1
