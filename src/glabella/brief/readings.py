"""The headline and the analyses read beside it, as a clinician reads them: in points of a scale, and of people.

Each number names how it was turned: a standardised difference into points by a standard deviation, an effect into
people by a risk without treatment; the dossier gives both with their sources.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from glabella.brief.measure import (
    NAMES,
    OF_PEOPLE,
    decimals_for,
    decimals_of,
    decimals_of_prediction,
    of_people,
    people_decimals,
)
from glabella.brief.results import PooledAnalysis, Results
from glabella.brief.words import words_of
from glabella.decision.bottom_line import Told, in_template
from glabella.dossier import Number, Outcome
from glabella.shown import Claim, Ledger, Source
from glabella.synthesis import control_counts, risk_with, to_scale_points

Better = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One analysis as the brief reads it.

    Attributes
    ----------
    label : str
        What its row is called.
    one : PooledAnalysis
        The analysis.
    estimate : Claim
        Its pooled effect in its own measure.
    points : Claim or None
        The same in points of a scale that clinicians use; None where the dossier tells no standard deviation.
    better : {"lower", "higher"}
        Which values are good.
    important : float or None
        Smallest difference that matters, on the scale on which the analysis is computed.
    """

    label: str
    one: PooledAnalysis
    estimate: Claim
    points: Claim | None
    better: Better
    important: float | None

    @property
    def measure(self) -> str:
        """The measure in words."""
        return NAMES[self.one.analysis.measure][0]

    @property
    def drawn(self) -> Claim:
        """The claim that is drawn: points where there are any."""
        return self.points or self.estimate


@dataclass(frozen=True, slots=True)
class Baseline:
    """How often the event comes without treatment, and where that is from."""

    id: str
    label: str
    risk: float
    sources: tuple[Source, ...]


def headline_reading(results: Results, book: Ledger) -> Reading:
    """Read the headline; one trial for which the dossier has no words is called what its analysis is called."""
    one, summary = results.headline, results.evidence.summary
    single = len(one.effects) == 1 and "headline" not in summary.model_fields_set
    return reading(results, book, one, one.analysis.label if single else summary.headline)


def readings(results: Results, book: Ledger) -> tuple[tuple[str, Reading | None], ...]:
    """Read the analyses that the dossier wants beside the headline, by their labels; None without an effect."""
    found = ((each.label, results.pool(each.analysis)) for each in results.evidence.summary.readings)
    return tuple((label, None if one is None else reading(results, book, one, label)) for label, one in found)


def alike(head: Reading, other: Reading) -> bool:
    """Whether a reading can stand on the headline's scale: the same measure of the same outcome."""
    return (head.one.analysis.outcome, head.one.analysis.measure, head.points is None) == (
        other.one.analysis.outcome, other.one.analysis.measure, other.points is None
    )  # fmt: skip


def reading(results: Results, book: Ledger, one: PooledAnalysis, label: str) -> Reading:
    """Read one analysis."""
    outcome, fields = one.outcome, results.fields_of(one)
    named = f"{one.analysis.label}, {outcome.label}"
    value, low, high = one.ends
    estimate = book.under(f"{one.id}.", **fields)(
        "estimate", f"pooled effect: {named}", value, low=low, high=high, interval=one.interval,
        decimals=decimals_of(one),
    )  # fmt: skip
    points = _points(results, book, one, named)
    return Reading(label, one, estimate, points, outcome.better, important_of(one))


def _points(results: Results, book: Ledger, one: PooledAnalysis, named: str) -> Claim | None:
    """Turn a standardised difference into points."""
    spread = one.outcome.points
    if one.analysis.measure != "SMD" or spread is None or spread.sd.value is None or not spread.sd.usable:
        return None
    if one.fit.way == "not pooled":
        return None
    fit, scale = one.fit, results.evidence.dossier.scales[spread.scale].label
    value, low, high = (float(x) for x in to_scale_points([fit.estimate, fit.ci_low, fit.ci_high], spread.sd.value))
    fields = results.fields_of(one)
    sources = _together(fields["sources"], sources_of_number(spread.sd))
    about = book.under(f"{one.id}.", **fields)
    decimals = decimals_for(0.0, value, low, high, usual=1)
    return about.under(function=to_scale_points, unit="points", decimals=decimals, sources=sources)(
        "points", f"pooled effect in {scale} points: {named}", value, low=low, high=high, interval=one.interval,
    )  # fmt: skip


def prediction_of(results: Results, book: Ledger, head: Reading) -> Claim | None:
    """Give where a new trial's true effect is expected, in points where there are any; None where not known."""
    fit, one = head.one.fit, head.one
    if not fit.prediction:
        return None
    about = book.under(f"{one.id}.", **results.fields_of(one, of_new_trial=True))
    interval, whole = "95 % prediction interval", f"{one.analysis.label}, {one.outcome.label}"
    spread = one.outcome.points
    if head.points is None or spread is None or spread.sd.value is None:
        return about(
            "prediction", f"a new trial’s true effect: {whole}",
            one.shown(fit.expected), low=one.shown(fit.pi_low), high=one.shown(fit.pi_high), interval=interval,
            decimals=decimals_of_prediction(one),
        )  # fmt: skip
    value, low, high = (float(x) for x in to_scale_points([fit.expected, fit.pi_low, fit.pi_high], spread.sd.value))
    label = f"a new trial’s true effect in {results.evidence.dossier.scales[spread.scale].label} points: {whole}"
    sources = _together(results.fields_of(one, of_new_trial=True)["sources"], sources_of_number(spread.sd))
    return about.under(
        function=to_scale_points, unit="points", decimals=decimals_for(0.0, value, low, high, usual=1),
        sources=sources,
    )("prediction_points", label, value, low=low, high=high, interval=interval)  # fmt: skip


def important_of(one: PooledAnalysis) -> float | None:
    """Give the smallest difference that matters on the scale on which the analysis is computed."""
    number = one.outcome.important
    if number is None or number.value is None or not number.usable or number.value <= 0:
        return None
    spread = one.outcome.points
    if one.analysis.measure == "SMD":
        known = spread is not None and spread.sd.usable and spread.sd.value is not None and spread.sd.value > 0
        return number.value / spread.sd.value if known and spread is not None and spread.sd.value else None
    # A ratio may be told from either side; one itself is no difference.
    return abs(math.log(number.value)) or None if one.ratio else number.value


def told_of(results: Results) -> Told:
    """Give how the bottom line speaks of the treatment and of the headline's outcome."""
    words, outcome = words_of(results.evidence), results.headline.outcome
    treatment, label = in_template(words.treatment), in_template(outcome.label)
    if outcome.kind == "binary":
        event = in_template(outcome.event) if outcome.event else f"have the outcome “{label}”"
        return Told(treatment, label, event, outcome.better == "higher", words.plural)
    return Told(treatment, label, plural=words.plural)


# --- of people ----------------------------------------------------------------------------------------------


def counted(results: Results) -> tuple[PooledAnalysis, Outcome] | None:
    """Give the analysis whose trials tell how often the event comes without treatment, and the event's outcome."""
    key = results.evidence.summary.people
    one = results.headline if key is None else results.pool(key)
    if one is None or one.outcome.kind != "binary":
        return None
    return one, one.outcome


def baselines(results: Results) -> tuple[Baseline, ...]:
    """Give the risks without treatment: of the trials themselves, and a usual one where the dossier has a source.

    A risk of none or of all is no baseline: nothing can be multiplied.
    """
    found = counted(results)
    if found is None:
        return ()
    one, outcome = found
    made = []
    events, people = control_counts(one.effects)
    if people and 0 < events < people:
        made.append(Baseline("own", "as in these trials", events / people, results.fields_of(one)["sources"]))
    usual = outcome.usual_risk
    if usual is not None and usual.events.usable and usual.n.usable and usual.events.value and usual.n.value:
        sources = _together(sources_of_number(usual.events), sources_of_number(usual.n))
        made.append(Baseline("usual", f"as in {usual.label}", usual.events.value / usual.n.value, sources))
    return tuple(made)


def denominator(results: Results, rows: tuple[Reading, ...], lows: tuple[Baseline, ...]) -> int:
    """Give of how many people chances are told."""
    risks = [base.risk for base in lows]
    risks += [risk for base in lows for row in rows if (risk := risk_of(results, row, base)[0]) is not None]
    return of_people(risks)


def risk_of(results: Results, row: Reading, base: Baseline) -> tuple[float | None, float | None, float | None]:
    """Give the chance with treatment and its interval, at a chance without; None where that is not known.

    An effect on events tells of these events only; a score tells of the events that its own family counts.
    """
    found, measure, fit = counted(results), row.one.analysis.measure, row.one.fit
    if found is None or measure == "MD" or fit.way == "not pooled":
        return None, None, None
    same = (
        row.one.outcome.family == found[1].family
        if measure == "SMD"
        else (row.one.analysis.outcome == found[0].analysis.outcome)
    )
    if not same:
        return None, None, None
    # The event is the good one when its outcome says so; it then lies on the good side of the score.
    good = found[1].better == "higher"
    side: Better = row.better if good else ("higher" if row.better == "lower" else "lower")
    values = risk_with(measure, [fit.estimate, fit.ci_low, fit.ci_high], base.risk, events=side)
    risk, one, other = (float(x) for x in values)
    return risk, min(one, other), max(one, other)


def people_with(results: Results, book: Ledger, row: Reading, base: Baseline, of: int) -> Claim | None:
    """Give how many people of ``of`` have the event with treatment."""
    risk, low, high = risk_of(results, row, base)
    if risk is None or low is None or high is None:
        return None
    about = _about(results, book, row.one, base)
    who = f"people of {_many(of)} {_event(results)}, with treatment"
    label = f"{who}: {row.one.analysis.label}; the chance without treatment {base.label}"
    digits = people_decimals(base.risk, (of * low, of * high))
    return about.under(f"{row.one.id}.people.{base.id}.", decimals=digits)(
        "with", label, of * risk, low=of * low, high=of * high, interval=row.one.interval,
    )  # fmt: skip


def people_without(results: Results, book: Ledger, base: Baseline, of: int) -> Claim:
    """Give how many people of ``of`` have the event without treatment."""
    found = counted(results)
    assert found is not None, "a baseline was counted in some analysis"
    about = _about(results, book, found[0], base)
    return about.under(f"people.{base.id}.", certainty="not rated", sources=base.sources)(
        "without", f"people of {_many(of)} {_event(results)}, without treatment, {base.label}", of * base.risk
    )


def _about(results: Results, book: Ledger, one: PooledAnalysis, base: Baseline) -> Ledger:
    fields = results.fields_of(one)
    sources = _together(fields["sources"], base.sources)
    return book.under(**fields).under(function=risk_with, decimals=people_decimals(base.risk), sources=sources)


def _event(results: Results) -> str:
    """Say which people are counted."""
    found = counted(results)
    assert found is not None, "a baseline was counted in some analysis"
    outcome = found[1]
    return f"who {outcome.event}" if outcome.event else f"with {outcome.label}"


def _many(of: int) -> str:
    return OF_PEOPLE[of]


def sources_of_number(number: Number) -> tuple[Source, ...]:
    """Give the sources of a dossier's number."""
    return tuple(Source(key, number.status, number.at) for key in number.sources)


def _together(*sets: tuple[Source, ...]) -> tuple[Source, ...]:
    found = {source.reference: source for sources in reversed(sets) for source in sources}
    order = dict.fromkeys(source.reference for sources in sets for source in sources)
    return tuple(found[reference] for reference in order)
