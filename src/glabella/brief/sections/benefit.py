"""Benefit in points and of people: the headline, the small trials, the largest trial, side by side."""

from __future__ import annotations

import math

from glabella.brief.measure import OF_PEOPLE, axis, favours, null_word
from glabella.brief.quoting import quote
from glabella.brief.readings import (
    Baseline,
    Reading,
    alike,
    baselines,
    counted,
    denominator,
    headline_reading,
    people_with,
    people_without,
    readings,
    risk_of,
)
from glabella.brief.results import Results
from glabella.brief.words import words_of
from glabella.shown import Axis, Cell, Claim, Column, Drawn, Inline, Ledger, Name, Row, Section, Shown, Small, Table


def chances(results: Results, rows: tuple[Reading, ...]) -> tuple[tuple[Baseline, ...], int]:
    """Give the chances without treatment on which rows can be put, and of how many people they are told."""
    # A chance without treatment that no row can be put on tells nothing here.
    lows = tuple(
        base for base in baselines(results) if any(risk_of(results, row, base)[0] is not None for row in rows)
    )
    return lows, denominator(results, rows, lows)


def brief(results: Results, book: Ledger) -> Section:
    """Set the headline beside the analyses that the dossier wants read with it."""
    head, beside = headline_reading(results, book), readings(results, book)
    rows = (head, *(row for _, row in beside if row is not None))
    lows, of = chances(results, rows)
    without = tuple(people_without(results, book, base, of) for base in lows)
    table = Table(
        _caption(results, book, rows[0]),
        (
            Column("Which trials"),
            Column(_unit(results, rows[0]), "number"),
            Column("Drawn", "drawn"),
            *(Column(_head(results, base, risk, of), "number") for base, risk in zip(lows, without, strict=True)),
        ),
        (
            _row(results, book, head, lows, of, head),
            *(
                _row(results, book, row, lows, of, head) if row is not None else _unknown(label, len(lows))
                for label, row in beside
            ),
        ),
        axis=axis_of(results, tuple(row for row in rows if alike(head, row))),
        note=_note(results, book, rows, lows),
    )
    analysis = head.one.analysis
    known = analysis.when != "named" or analysis.time is not None
    title: Inline = f"Benefit of one {words_of(results.evidence).session}"
    if known:
        title = (f"{title}, ", Name(results.time_of(analysis)))
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
        # A ratio may be told from the other side of one than that on which the treatment does better.
        value = outcome.important.value or 0.0
        turned = head.one.ratio and (value > 1) != (head.better == "higher")
        begin = "; from as far below or above one as " if turned else "; from "
        pieces += [begin, Shown(least), " on, a difference matters to people (dashed)"]
    return (*pieces, ".")


def _head(results: Results, base: Baseline, risk: Claim, of: int) -> Inline:
    found = counted(results)
    assert found is not None, "a baseline was counted in some analysis"
    event = found[1].event or found[1].label
    return (
        f"{event[:1].upper()}{event[1:]}, of {OF_PEOPLE[of]} ",
        Small(("if ", Shown(risk, "number"), f" would without {words_of(results.evidence).short}, {base.label}")),
    )


def _row(results: Results, book: Ledger, row: Reading, lows: tuple[Baseline, ...], of: int, head: Reading) -> Row:
    one = row.one
    fields = results.fields_of(one)
    ledger = book.under(f"{one.id}.", **fields)
    label = f"{one.analysis.label}, {one.outcome.label}"
    n = ledger("n", f"people pooled: {label}", one.people, decimals=0)
    missing = len(one.found.not_computed)
    trials = len(one.trials)
    k = ledger("trials", f"trials pooled: {label}", trials, decimals=0)
    more: tuple[Inline, ...] = ()
    if missing:
        left = ledger("left", f"comparisons without a number that could be pooled: {label}", missing, decimals=0)
        more = (" (", left, " more lack numbers)")
    size = (k, " trials" if trials > 1 else " trial", *more, ", ", n, " people")
    name: Inline = (Name(row.label), " ", Small(size))
    people: tuple[Cell, ...] = tuple(people_with(results, book, row, base, of) or "not known" for base in lows)
    if not alike(head, row):
        side = favours(one.analysis.measure, row.better, words_of(results.evidence).short)
        own: Inline = (f"{row.measure} ", Shown(row.estimate, "bare"), Small(f"; {side}"))
        return Row((name, own, "", *people))
    first = row is head
    look = "pooled" if first or one.fit.k > 1 else "trial"
    weight = 1.0 if first else one.people / results.headline.people
    drawn = Drawn(row.drawn, "pooled" if look == "pooled" else "trial", weight)
    if row.drawn.value is None:
        return Row((name, "not pooled", "", *people), "pooled")
    return Row((name, Shown(row.drawn, "bare"), drawn, *people), "pooled" if first else "")


def _unknown(label: str, chances: int) -> Row:
    """Say of a reading that nothing came of it."""
    cells: tuple[Cell, ...] = ("not known",) * chances
    return Row(((Name(label), " ", Small("no effect could be computed")), "not known", "", *cells))


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


def _note(results: Results, book: Ledger, rows: tuple[Reading, ...], lows: tuple[Baseline, ...]) -> Inline:
    """Say how points and people were computed, and what that assumes."""
    head = rows[0]
    points = head.one.outcome.points
    pieces: list[Inline] = []
    if head.points is not None and points is not None:
        scale = results.evidence.dossier.scales[points.scale].label
        spread = quote(book, points.sd, "spread", f"standard deviation of {scale} points")
        pieces += [
            "Points: standardised difference times ",
            Shown(spread, "number"),
            f", the spread of {scale} scores. ",
        ]
    if lows:
        told = (row for row in rows if risk_of(results, row, lows[0])[0] is not None)
        kinds = (
            "the odds change as much"
            if row.one.analysis.measure in ("SMD", "OR")
            else f"the {row.measure} is the same"
            for row in told
        )
        what = ", or ".join(dict.fromkeys(kinds))
        alike_at = (
            "whatever the chance without treatment" if len(lows) == 1 else "at both chances without treatment"
        )
        pieces.append(f"People are computed, not counted, assuming {what} {alike_at}.")
    if head.one.blended:
        pieces.append(f"{' ' if pieces else ''}The first row blends scores and counts.")
    return tuple(pieces)
