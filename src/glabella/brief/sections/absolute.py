"""Of how many people: pooled effects of counted events on the risk of the same trials' controls."""

from __future__ import annotations

from dataclasses import dataclass

from glabella.brief.measure import OF_PEOPLE, comparison_label, of_people, people_decimals
from glabella.brief.quoting import capital
from glabella.brief.results import PooledAnalysis, Results
from glabella.brief.words import Words, words_of
from glabella.shown import Claim, Column, Inline, Ledger, Name, Paragraph, Row, Section, Small, Table
from glabella.synthesis import control_counts, risk_with

_COUNTED = frozenset({"OR", "RR", "RD"})


@dataclass(frozen=True, slots=True)
class Risks:
    """Risk without treatment, and with it from estimate, lower and upper limit of the pooled effect."""

    one: PooledAnalysis
    without: float
    with_: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class AbsoluteClaims:
    """People with the event, without treatment and with it."""

    one: PooledAnalysis
    without: Claim
    with_: Claim


def report(results: Results, book: Ledger) -> Section | None:
    """Say of how many people something is expected, without and with the treatment."""
    risks = _risks(results)
    if not risks:
        return None
    words = words_of(results.evidence)
    people = per(risks)
    rows = [_claims(results, book, each, people) for each in risks]
    first = next((row for row in rows if row.one.id == results.headline.id), rows[0])
    better = "fewer is better" if first.one.outcome.better == "lower" else "more is better"
    table = Table(
        caption=(
            f"Of {OF_PEOPLE[people]} people like those in these trials, without and with {words.short}.",
            *_of_other_trials(results, risks),
        ),
        columns=(
            Column("outcome", "wide"),
            Column(f"without {words.short}", "number"),
            Column(f"with {words.short} (interval)", "number"),
            Column("certainty"),
        ),
        rows=tuple(_row(results, row) for row in rows),
        note=_note(results),
    )
    lead = _lead(results, first, people, words, better)
    return Section("absolute", f"Of {OF_PEOPLE[people]} people", (lead, table))


def per(risks: tuple[Risks, ...]) -> int:
    """Give of how many people risks are told: of a hundred, or of more where one is below one of these."""
    return of_people(risk for each in risks for risk in (each.without, each.with_[0]))


def _risks(results: Results) -> tuple[Risks, ...]:
    """Apply each pooled effect of counted events to the risk of its own trials' controls."""
    found = []
    for one in results.pooled.values():
        measure = one.analysis.measure
        if measure not in _COUNTED:
            continue
        events, people = control_counts(one.effects)
        # Of nobody or everybody a ratio tells nothing: there are no odds to multiply, or no risk.
        if not people or (measure != "RD" and not 0 < events / people < 1):
            continue
        fit = one.fit
        under = risk_with(measure, [fit.estimate, fit.ci_low, fit.ci_high], events / people)  # type: ignore[arg-type]
        found.append(Risks(one, events / people, tuple(under.tolist())))
    return tuple(found)


def _claims(results: Results, book: Ledger, risks: Risks, people: int) -> AbsoluteClaims:
    one = risks.one
    about = book.under(f"absolute.{one.id}.", **results.fields_of(one)).under(
        population="people like those in these trials", function=risk_with, decimals=people_decimals(risks.without)
    )
    middle, low, high = (people * risk for risk in risks.with_)
    digits = people_decimals(risks.without, (low, high))
    words, of = words_of(results.evidence), f"of {OF_PEOPLE[people]} people"
    return AbsoluteClaims(
        one,
        without=about(
            "without",
            f"{one.outcome.label}, {of}, without {words.short}: {one.analysis.label}",
            people * risks.without,
        ),
        with_=about.under(decimals=digits)(
            "with",
            f"{one.outcome.label}, {of}, with {words.short}: {one.analysis.label}",
            middle,
            low=low,
            high=high,
            interval=one.interval,
        ),
    )


def _lead(results: Results, first: AbsoluteClaims, people: int, words: Words, better: str) -> Paragraph:
    """Say which trials are told of, and only then what they come to."""
    one = first.one
    missing = ", the largest left out" if _largest_missing(results, one) else ""
    return Paragraph(
        (
            Name(capital(one.analysis.label)),
            f"{missing}: {one.outcome.label}, of {OF_PEOPLE[people]} people, ",
            first.without,
            f" without {words.short}, ",
            first.with_,
            f" with it ({better}).",
        ),
        "lead",
    )


def _row(results: Results, row: AbsoluteClaims) -> Row:
    one = row.one
    label: list[Inline] = [f"{one.analysis.label}: {one.outcome.label}"]
    if missing := _largest_missing(results, one):
        label.append((" ", Small(("leaves out ", Name(missing)))))
    return Row((tuple(label), row.without, row.with_, one.certainty))


def _largest_missing(results: Results, one: PooledAnalysis) -> str:
    """Name the comparisons marked as the largest that an analysis does not hold."""
    pooled = {(effect.study, effect.comparison) for effect in one.effects}
    return "; ".join(
        comparison_label(study, key)
        for study in results.evidence.studies.values()
        for key, comparison in study.comparisons.items()
        if comparison.largest and (study.id, key) not in pooled
    )


def _of_other_trials(results: Results, risks: tuple[Risks, ...]) -> tuple[Inline, ...]:
    """Say before the numbers that none of them is the largest trial's."""
    if not all(_largest_missing(results, each.one) for each in risks):
        return ()
    return (" The largest trial is in no row: these rows are what the other trials would have.",)


def _note(results: Results) -> str:
    how = "The pooled effect is put on the share of the same trials’ controls who had the event, taken as known."
    if results.headline.analysis.measure not in _COUNTED:
        how += " These rows pool people who were counted; where people are computed from scores, numbers differ."
    return how
