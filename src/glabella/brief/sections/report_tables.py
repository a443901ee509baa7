"""Tables of adverse-event reports: counts of both sides, the reporting odds ratio, and its place on an axis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from glabella.brief.quoting import capital
from glabella.shown import (
    Axis,
    Block,
    Cell,
    Cite,
    Claim,
    Column,
    Drawn,
    Inline,
    Items,
    Name,
    Row,
    Shown,
    Small,
    Table,
)

#: Ratios beyond this, and below its inverse, end in an arrow.
_FARTHEST = 50.0
_NO_RISK = " A ratio compares how often an event is named in reports. It says nothing about the risk to a person."


@dataclass(frozen=True, slots=True)
class Cited:
    """A claim of a report table, and how it was taken from its source where it was not seen there."""

    claim: Claim
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison.

    Attributes
    ----------
    label : str
        Use or event.
    counts : tuple of Cited or None
        Reports and events with the treatment, reports and events of the comparison; None is not known.
    printed, computed : Cited or None
        The ratio as the source prints it, and as its counts give it.
    """

    label: str
    counts: tuple[Cited | None, Cited | None, Cited | None, Cited | None]
    printed: Cited | None = None
    computed: Cited | None = None

    @property
    def drawn(self) -> Claim | None:
        """The ratio that is drawn: the computed one, else the printed one; it needs a source and an interval."""
        for ratio in (self.computed, self.printed):
            if ratio and ratio.claim.low and ratio.claim.high:
                return ratio.claim
        return None


@dataclass(frozen=True, slots=True)
class Reported:
    """One analysis of one database; ``findings`` are sentences that stand below its table."""

    label: str
    database: str
    time_span: str
    count_of: str
    versus: str
    measure: str
    sources: tuple[str, ...]
    lines: tuple[Line, ...]
    findings: tuple[Inline, ...] = ()


def axis_of(tables: Iterable[Reported]) -> Axis | None:
    """Give one axis for every ratio with an interval, so that tables can be compared; None without a ratio."""
    drawn = [claim for table in tables for line in table.lines if (claim := line.drawn)]
    if not drawn:
        return None
    low = min(1.0, *(claim.low or 1.0 for claim in drawn))
    high = max(1.0, *(claim.high or 1.0 for claim in drawn))
    return Axis(
        max(low, 1 / _FARTHEST),
        min(high, _FARTHEST),
        null=1.0,
        ratio=True,
        left="fewer reports than in the comparison",
        right="more reports",
    )


def blocks(table: Reported, axis: Axis | None, short: str) -> list[Block]:
    """Give a table, without the columns that none of its lines fills, and the sentences below it."""
    heads = (f"reports, {short}", "with the event", "reports, comparison", "with the event")
    columns = [
        (Column(head, "number"), [_count(line.counts[place]) for line in table.lines], "not known")
        for place, head in enumerate(heads)
    ]
    columns += [
        (Column((Name(table.measure), how), "number"), [_ratio(ratio) for ratio in ratios], missing)
        for how, ratios, missing in (
            (", as printed", [line.printed for line in table.lines], "none printed"),
            (", from the counts", [line.computed for line in table.lines], "not possible"),
        )
    ]
    drawn: list[Cell] = [Drawn(claim) if (claim := line.drawn) else "" for line in table.lines]
    columns.append((Column("drawn", "drawn"), drawn, ""))
    filled = [(column, cells, missing) for column, cells, missing in columns if any(cells)]
    rows = [
        Row((Name(line.label), *(cells[place] or missing for _, cells, missing in filled)))
        for place, line in enumerate(table.lines)
    ]
    caption: Inline = (
        Name(capital(table.count_of)),
        ", against ",
        Name(table.versus),
        ". ",
        Name(table.database),
        ", ",
        Name(table.time_span),
        ".",
        Cite(table.sources) if table.sources else "",
        _NO_RISK,
    )
    found: list[Block] = [
        Table(
            caption,
            (Column("use or event"), *(column for column, _, _ in filled)),
            tuple(rows),
            axis if any(drawn) else None,
        )
    ]
    if table.findings:
        found.append(Items(table.findings))
    return found


def _count(cited: Cited | None) -> Cell:
    return "" if cited is None else Shown(cited.claim, "number")


def _ratio(cited: Cited | None) -> Cell:
    if cited is None:
        return ""
    mark = (" ", Small(f"({cited.mark})")) if cited.mark else ()
    return (Shown(cited.claim, "bare"), *mark)
