"""What ``glabella safety`` shows of reports: tables on the terminal, plots, files, and the READUS-PV list."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glabella.cli._files import csv_bytes

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console
    from rich.table import Table

    from glabella.plot import Plot
    from glabella.safety import CohortResult
    from glabella.safety.cohort import ArmResult

LABEL = "SYNTHETIC REPORTS: made by a generator, not by people."
#: Control characters, which a terminal would obey; texts from files may hold them.
_CONTROL = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], "\N{REPLACEMENT CHARACTER}")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~])")


def plain(text: str) -> str:
    """Give a text from a file without what a terminal would obey."""
    return text.translate(_CONTROL)


def console(*, err: bool = False) -> Console:
    """Give a terminal that prints texts as they are: no markup, no emoji codes."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, stderr=err)


def table(title: str = "") -> Table:
    """Begin a table."""
    from rich.table import Table

    return Table(title=plain(title) or None, title_justify="left", box=None, pad_edge=False)


def signals(found: pl.DataFrame) -> Table:
    """Show scored pairs; of an infinite ratio with its exact lower limit."""
    shown = table()
    one_drug = found["drug"].n_unique() == 1
    shown.add_column("event" if one_drug else "drug / event", min_width=20, overflow="fold")
    for name in ("n", "expected", "ROR (95 %)", "IC025", "EB05"):
        shown.add_column(name, justify="right", no_wrap=True)
    for row in _with_exact(found).iter_rows(named=True):
        shown.add_row(
            plain(row["event"] if one_drug else f"{row['drug']} / {row['event']}"),
            f"{row['n']:,}",
            number(row["expected"]),
            interval(row["ror"], row["ror_low"], row["ror_high"]),
            number(row["ic025"]),
            number(row.get("eb05")),
        )
    return shown


def _with_exact(found: pl.DataFrame) -> pl.DataFrame:
    """Put exact lower limits where the ratio is infinite."""
    import polars as pl

    from glabella.safety.measures import exact_ror

    endless = found["ror"].is_infinite().fill_null(False)
    if not endless.any():
        return found
    counts = found.filter(endless).select("n", "n_drug", "n_event", "n_total")
    limits = exact_ror(*(column.to_numpy() for column in counts.iter_columns()))
    low = pl.Series("exact", [None] * found.height, dtype=pl.Float64).scatter(
        endless.arg_true(), limits["exact_low"]
    )
    return found.with_columns(ror_low=pl.coalesce("ror_low", low))


def arm(one: ArmResult) -> Table:
    """Show every run of an arm."""
    shown = table(f"\n{one.arm.label}")
    shown.add_column("run", min_width=18)
    for name in ("exposed", "others", "ROR (95 %)", "stratified"):
        shown.add_column(name, justify="right", no_wrap=True)
    for row in one.frame.iter_rows(named=True):
        low, high = (
            row[f"ror_{end}"] if row[f"ror_{end}"] is not None else row[f"ror_exact_{end}"]
            for end in ("low", "high")
        )
        shown.add_row(
            plain(
                row["label"] if row["kind"] == "declared" else f"{row['kind']}: {row['label']}".replace("_", " ")
            ),
            f"{row['exposed_with']:,} / {row['exposed_with'] + row['exposed_without']:,}",
            f"{row['comparator_with']:,} / {row['comparator_with'] + row['comparator_without']:,}",
            interval(row["ror"], low, high),
            interval(row["mh"], row["mh_low"], row["mh_high"]),
        )
    shown.caption, shown.caption_justify = plain("\n".join(_notes(one))), "left"
    return shown


def _notes(one: ArmResult) -> list[str]:
    declared = one.frame.row(0, named=True)
    adjusted = interval(declared["adjusted"], declared["adjusted_low"], declared["adjusted_high"])
    notes = [f"as declared, adjusted by logistic regression: {adjusted}"]
    if one.arm.printed and one.arm.printed.ror is not None:
        printed = one.arm.printed
        notes.append(
            f"published: {interval(printed.ror, printed.ror_low, printed.ror_high)}, {printed.status}"
            f" ({printed.source}{'; ' + printed.note if printed.note else ''})"
        )
    return notes


def number(value: float | None) -> str:
    """Write a number; a dash where there is none."""
    if value is None:
        return "–"
    return "∞" if value == math.inf else f"{value:.2f}"


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """Write a number with its limits."""
    if low is None and high is None:
        return number(value)
    return f"{number(value)} ({number(low)} to {number(high)})"


def volcano(found: pl.DataFrame) -> Plot | None:
    """Draw the pairs that have a ratio, an infinite one too; nothing where none has."""
    from glabella.plot import volcano

    drawn = found.drop_nulls(["ror", "chi2"])
    if not drawn.height:
        return None
    one_drug = drawn["drug"].n_unique() == 1
    labels = drawn["event"] if one_drug else drawn["drug"] + " / " + drawn["event"]
    low = drawn["ror_low"].fill_null(float("nan"))
    return volcano(drawn["ror"], low, drawn["chi2"], drawn["n"], labels=labels.to_list())


def forest(result: CohortResult) -> tuple[Plot | None, list[str]]:
    """Draw the declared ratios that are finite; name those that are not."""
    from glabella.plot import Line, forest

    lines, left = [], []
    for one in result.arms:
        row = one.frame.row(0, named=True)
        for name, label, note in (
            ("ror", one.arm.label, "crude"),
            ("mh", f"{one.arm.label}, stratified", "stratified"),
        ):
            value, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
            if value and low is not None and high is not None and math.isfinite(high):
                lines.append(Line(label, value, low, high, note=note))
            else:
                left.append(f"{label} ({'no ratio' if value is None else f'ratio {number(value)}'})")
    title = "reporting odds ratio: left of one, fewer reports than in the comparison"
    title = f"{title} (SYNTHETIC)" if result.synthetic else title
    return (forest(lines, ratio=True, title=title, notes="which") if lines else None), left


def readus(result: CohortResult) -> str:
    """Write the checklist as Markdown; what only the author can say is left open."""
    lines = [f"# {_md(result.spec.title)}", "", *(["**Synthetic reports.**", ""] if result.synthetic else [])]
    section = ""
    for item in result.checklist:
        if item.section != section:
            section = item.section
            lines += [f"## {_md(section)}", ""]
        author = f" *For the author: {_md(item.author)}.*" if item.author else ""
        lines.append(f"- **{_md(item.topic)}**: {_md(item.text)}{author}")
    lines += ["", "## To be read beside every ratio", ""]
    lines += [f"- {_md(text)} ({_md(source)})" for text, source in result.caveats]
    return "\n".join(lines) + "\n"


def _md(text: str) -> str:
    """Write a text so that Markdown shows it and obeys nothing in it."""
    one_line = " ".join(plain(text).split())
    return _MARKDOWN.sub(r"\\\1", html.escape(one_line, quote=False))


def content(found: pl.DataFrame, to: Path, *, synthetic: bool) -> bytes:
    """Give the bytes of a table's file; what came from synthetic reports says so in every row."""
    import io

    import polars as pl

    if synthetic:
        found = found.with_columns(synthetic=pl.lit(value=True))
    if to.suffix == ".csv":
        return csv_bytes(found)
    buffer = io.BytesIO()
    found.write_parquet(buffer)
    return buffer.getvalue()


def notes(said: Iterable[str], shown: Any) -> None:
    """Print what belongs beside every count, the warnings in bold."""
    for line in said:
        shown.print(plain(line), style="bold" if line.startswith(("NOT", "INTERRUPTED")) else "dim")
