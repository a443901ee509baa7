"""Why other numbers differ: every other interval that a report states for the headline's trials, with a reason."""

from __future__ import annotations

import math

from glabella.brief.measure import NAMES
from glabella.brief.results import PooledAnalysis, Results
from glabella.brief.words import words_of
from glabella.shown import (
    Claim,
    Column,
    Inline,
    Ledger,
    Link,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Strong,
    Table,
)

#: Its name to link to.
SECTION = "differ"
#: A row: what was computed, its claim, and why it differs.
_Row = tuple[Inline, Claim, Inline]


def report(results: Results, book: Ledger) -> Section | None:
    """Set the other numbers beside the headline; they are claims that the sections before have made."""
    one = results.headline
    head = book.claims.get(f"{one.id}.estimate")
    rows = [*_of_bias(book), *_of_network(results, one, book)]
    if head is None or not rows:
        return None
    name = NAMES[one.analysis.measure][0]
    table = Table(
        "",
        (Column("What was computed"), Column("effect (interval)", "number"), Column("Why it differs", "wide")),
        (
            Row((Strong(f"The answer: {name}"), head, _answer(one)), "pooled"),
            *(Row((what, claim, why)) for what, claim, why in rows),
        ),
    )
    return Section(
        SECTION,
        "Why other numbers differ",
        (
            Paragraph(
                (
                    "There is one answer to what these trials found together: ",
                    head,
                    ". Every other interval for the same trials asks something else or assumes more.",
                ),
                "lead",
            ),
            table,
        ),
    )


def _answer(one: PooledAnalysis) -> Inline:
    if one.fit.way == "two trials":
        return "Two trials, pooled under the declared prior of how trials differ."
    if one.fit.way == "one trial":
        return "One trial: its own interval."
    return "How far trials differ is taken from these trials alone, and the interval allows for their being few."


def _of_bias(book: Ledger) -> list[_Row]:
    rows: list[_Row] = []
    if plain := book.claims.get("bias.plain"):
        rows.append(
            (
                "With a prior for how trials differ",
                plain,
                "A credible interval: what is known of other trials helps to say how far these differ. It leans on "
                "that prior; the answer leans on nothing but these trials.",
            )
        )
    taken_off = "A bias that was measured in other trials was taken off each of these, whether or not they have it."
    for key, claim in book.claims.items():
        if key.startswith("bias.adjusted."):
            of = claim.label.partition(": ")[2]
            rows.append((("Bias-adjusted: ", Name(of)), claim, taken_off))
            taken_off = "The same, with another bias."
    if averaged := book.claims.get("bias.averaged"):
        why: Inline = (
            "Half of the models say beforehand that there is no effect, and half that unwelcome results are "
            "missing; this draws the average towards nothing. See ",
            Link("missing trials", "bias"),
            ".",
        )
        rows.append(("Model-averaged", averaged, why))
    return rows


def _of_network(results: Results, one: PooledAnalysis, book: Ledger) -> list[_Row]:
    """Give what the network makes of the same trials: with their own spread first, then with the network's."""
    compared = results.compared
    place = (
        None if compared is None else next((at for at, way in enumerate(compared.ways) if way.key == one.id), None)
    )
    if compared is None or place is None:
        return []
    way = compared.ways[place]
    start = f"with.join.{way.key if place else 'declared'}."
    wide, own = book.claims.get(f"{start}control"), book.claims.get(f"{start}own.control")
    turned = one.analysis.measure != compared.comparators.measure
    measure = NAMES[compared.comparators.measure][0]
    what = f"Network, {measure} against {compared.control}"
    scale = "Scores are read as odds. " if turned else ""
    rows: list[_Row] = []
    if own is not None:
        rows.append((
            (what, ", with the trials’ own spread"),
            own,
            f"{scale}The same trials with the spread that they have among themselves: the answer on another scale.",
        ))  # fmt: skip
    if wide is not None:
        rows.append((
            (what, ", with the network’s spread"),
            wide,
            (f"{scale}The network lends these trials the spread of its other trials (standard deviation ",
             *_spreads(book, own, wide)),
        ))  # fmt: skip
    corrected = book.claims.get(f"{start}corrected.control")
    if corrected is not None:
        short = words_of(results.evidence).control
        rows.append((
            (what, f", {compared.control} as in the network"),
            corrected,
            f"The event was not as frequent with {short} here as in the network’s trials; their share was put in.",
        ))  # fmt: skip
    return rows


def _spreads(book: Ledger, own: Claim | None, wide: Claim) -> tuple[Inline, ...]:
    tau = book.claims.get("with.tau")
    said: tuple[Inline, ...] = (Shown(tau, "number") if tau else "not known", ")")
    if own is None:
        return (*said, "; they are too few to tell their own.")
    narrower = _span(wide) < _span(own)
    return (*said, "; they differ more than that, so its interval is too narrow." if narrower else ".")


def _span(claim: Claim) -> float:
    """Give how far an interval of a ratio reaches, as a ratio."""
    if claim.low is None or claim.high is None or claim.low <= 0:
        return math.inf
    return claim.high / claim.low
