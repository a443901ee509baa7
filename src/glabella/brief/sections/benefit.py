"""Benefit in points and of people: the headline, the small trials, the largest trial, side by side."""

from __future__ import annotations

import math

from glabella.brief.measure import axis, null_word
from glabella.brief.quoting import quote
from glabella.brief.readings import (
    Baseline,
    Reading,
    baselines,
    counted,
    denominator,
    headline_reading,
    people_with,
    people_without,
    readings,
)
from glabella.brief.results import Results
from glabella.brief.words import words_of
from glabella.shown import Axis, Cell, Claim, Column, Drawn, Inline, Ledger, Name, Row, Section, Shown, Small, Table

_MANY = {100: "a hundred", 1000: "a thousand"}


def brief(results: Results, book: Ledger) -> Section:
    """Set the headline beside the analyses that the dossier wants read with it."""
    rows = (headline_reading(results, book), *readings(results, book))
    lows = baselines(results)
    of = denominator(results, rows, lows)
    without = tuple(people_without(results, book, base, of) for base in lows)
    table = Table(
        _caption(results, book, rows[0]),
        (
            Column("Which trials"),
            Column(_unit(results, rows[0]), "number"),
            Column("Drawn", "drawn"),
            *(Column(_head(results, base, risk, of), "number") for base, risk in zip(lows, without, strict=True)),
        ),
        tuple(_row(results, book, row, lows, of, first=row is rows[0]) for row in rows),
        axis=axis_of(results, rows),
        note=_note(results, book, rows[0], lows),
    )
    words = words_of(results.evidence)
    when = words.at(rows[0].one.analysis.time)
    title: Inline = (
        (f"Benefit of one {words.session}, ", Name(when))
        if rows[0].one.analysis.time is not None
        else (f"Benefit of one {words.session}")
    )
    return Section("benefit", title, (table,))


def _unit(results: Results, head: Reading) -> str:
    """Name what the second column holds."""
    if head.points is None:
        return head.measure[:1].upper() + head.measure[1:]
    points = head.one.outcome.points
    assert points is not None, "points come from the outcome's"
    return f"Difference, {results.evidence.dossier.scales[points.scale].label} points"


def _caption(results: Results, book: Ledger, head: Reading) -> Inline:
    words, outcome = words_of(results.evidence), head.one.outcome
    null = null_word(head.one.analysis.measure)
    side = "Below" if head.better == "lower" else "Above"
    pieces: list[Inline] = []
    if outcome.points is not None and head.points is not None:
        scale = results.evidence.dossier.scales[outcome.points.scale].label
        pieces.append(f"{scale}: {outcome.label}, {head.better} is better. ")
    pieces.append(f"{side} {null}, {words.short} did better than {words.control}")
    if outcome.important is not None and head.important is not None:
        least = quote(book, outcome.important, "important", "smallest difference that matters to people")
        pieces += ["; from ", Shown(least), " on, a difference matters to people (dashed)"]
    return (*pieces, ".")


def _head(results: Results, base: Baseline, risk: Claim, of: int) -> Inline:
    found = counted(results)
    assert found is not None, "a baseline was counted in some analysis"
    event = found[1].event or found[1].label
    return (
        f"{event[:1].upper()}{event[1:]}, of {_MANY[of]} ",
        Small(("if ", Shown(risk, "number"), f" would without {words_of(results.evidence).short}, {base.label}")),
    )


def _row(results: Results, book: Ledger, row: Reading, lows: tuple[Baseline, ...], of: int, *, first: bool) -> Row:
    one = row.one
    fields = results.fields_of(one)
    ledger = book.under(f"{one.id}.", **fields)
    label = f"{one.analysis.label}, {one.outcome.label}"
    trials = len({effect.study for effect in one.effects})
    k = ledger("trials", f"trials pooled: {label}", trials, decimals=0)
    n = ledger("n", f"people pooled: {label}", one.people, decimals=0)
    name: Inline = (row.label, " ", Small((k, " trials, " if trials > 1 else " trial, ", n, " people")))
    people: tuple[Cell, ...] = tuple(people_with(results, book, row, base, of) or "not known" for base in lows)
    look = "pooled" if first or one.fit.k > 1 else "trial"
    weight = 1.0 if first else one.people / results.headline.people
    drawn = Drawn(row.drawn, "pooled" if look == "pooled" else "trial", weight)
    return Row((name, Shown(row.drawn, "bare"), drawn, *people), "pooled" if first else "")


def axis_of(results: Results, rows: tuple[Reading, ...]) -> Axis:
    """Give an axis for the rows, with the better side and the smallest difference that matters."""
    head = rows[0]
    drawn = tuple(row.drawn for row in rows)
    measure = "MD" if head.points is not None else head.one.analysis.measure
    return axis(measure, head.better, words_of(results.evidence).short, drawn, _important_on(head))


def _important_on(head: Reading) -> float | None:
    """Give where the smallest difference that matters lies, on the side of benefit."""
    if head.important is None:
        return None
    signed = head.important if head.better == "higher" else -head.important
    if head.one.ratio:
        return math.exp(signed)
    points = head.one.outcome.points
    return signed * points.sd.value if head.points and points and points.sd.value else signed


def _note(results: Results, book: Ledger, head: Reading, lows: tuple[Baseline, ...]) -> Inline:
    """Say how points and people were computed, and what that assumes."""
    points = head.one.outcome.points
    pieces: list[Inline] = []
    if head.points is not None and points is not None:
        scale = results.evidence.dossier.scales[points.scale].label
        spread = quote(book, points.sd, "spread", f"standard deviation of {scale} points")
        pieces += [
            "Points: standardised mean difference times ",
            Shown(spread, "number"),
            f", the spread of {scale} scores. ",
        ]
    if lows and head.one.analysis.measure != "MD":
        odds = head.one.analysis.measure in ("SMD", "OR")
        what = "the odds change as much" if odds else f"the {head.measure} is the same"
        alike = "whatever the chance without treatment" if len(lows) == 1 else "at both chances without treatment"
        pieces.append(f"People are computed, not counted: {what} {alike}, it is assumed.")
    return tuple(pieces)
