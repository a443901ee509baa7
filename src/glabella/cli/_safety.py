"""``glabella safety``: spontaneous reports, from the agency's files to signals and cohort comparisons."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glabella.cli._files import BAD_INPUT, replace

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console
    from rich.table import Table

    from glabella.plot import Plot
    from glabella.safety import CohortResult, ReportStore
    from glabella.safety.cohort import ArmResult


class _File(click.Path):
    """A file to write; its suffix says how, and a wrong one is refused before anything is computed."""

    def __init__(self, *suffixes: str) -> None:
        super().__init__(path_type=Path, dir_okay=False)
        self.suffixes = suffixes

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check the suffix."""
        path = Path(str(super().convert(value, param, ctx)))
        if path.suffix not in self.suffixes:
            self.fail(f"{path}: suffix {path.suffix!r}, expected {' or '.join(self.suffixes)}", param, ctx)
        return path


FOLDER = click.Path(path_type=Path, file_okay=False)
ROLE = click.Choice(["primary", "suspect", "any"])
MODE = click.Choice(["raw", "latest", "strict", "literature"])
TABLE, PICTURE = _File(".parquet", ".csv"), _File(".svg", ".png")
_LABEL = "SYNTHETIC REPORTS: made by a generator, not by people."


@click.group()
def safety() -> None:
    """Spontaneous reports: fetch, ingest, verify, signals, cohort, synthesise."""


@contextmanager
def _faults() -> Iterator[None]:
    """Bad input ends with its message and exit code two, and without a traceback."""
    try:
        yield
    except (ValueError, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)


@contextmanager
def _bar(unit: str = "") -> Iterator[Any]:
    """Show a progress bar on a terminal, and nothing elsewhere."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = [TextColumn("{task.description}"), BarColumn()]
    if unit == "bytes":
        columns += [DownloadColumn(), TransferSpeedColumn()]
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as progress:
        yield progress


@safety.command("fetch")
@click.argument("quarters")
@click.option("--to", type=FOLDER, required=True, help="Folder of the archives.")
def fetch_command(quarters: str, to: Path) -> None:
    """Download the FDA's archives of QUARTERS, such as 2012Q4..2026Q2, and check them."""
    from glabella.safety.faers import fetch

    with _faults(), _bar("bytes") as progress:
        tasks: dict[str, Any] = {}

        def show(done: int, total: int | None, name: str) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=total)
            progress.update(tasks[name], completed=done, total=total)

        for file in fetch(quarters, to, progress=show):
            was = "downloaded" if file.downloaded else "already here"
            checked = "as in the shipped manifest" if file.checked == "manifest" else "digest not known beforehand"
            progress.console.print(f"{file.path.name}: {was}, {file.bytes:,} bytes, {checked}", highlight=False)


@safety.command("ingest")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--into", type=FOLDER, required=True, help="Folder of the store.")
@click.option("--replace", is_flag=True, help="Replace quarters that the store holds from other files.")
@click.option("--names", multiple=True, type=click.Path(path_type=Path, dir_okay=False),
              help="A dictionary of drug names beside the shipped one; may be given again.")  # fmt: skip
def ingest_command(files: tuple[Path, ...], into: Path, replace: bool, names: tuple[Path, ...]) -> None:
    """Take FILES, the FDA's archives or folders of their text, into a store, and index it."""
    from glabella.safety import build_index, ingest

    with _faults():
        with _bar("bytes") as progress:
            tasks: dict[str, Any] = {}

            def show(done: int, total: int, quarter: str, table: str) -> None:
                if quarter not in tasks:
                    tasks[quarter] = progress.add_task(quarter, total=total)
                progress.update(tasks[quarter], completed=done, total=total, description=f"{quarter} {table}")

            report = ingest(files, into, replace=replace, progress=show)
        click.echo(str(report))
        build_index(into, names=names, progress=lambda words: click.echo(words, err=True))


@safety.command("verify")
@click.argument("store", type=FOLDER)
def verify_command(store: Path) -> None:
    """Compute every digest and row count of STORE again; exit code one if something is not as written."""
    from glabella.safety import verify

    with _faults():
        report = verify(store)
    click.echo(str(report))
    sys.exit(0 if report.ok else 1)


@safety.command("synthesise")
@click.option("--reports", type=click.IntRange(min=100), required=True, help="Report versions over all quarters.")
@click.option("--quarters", required=True, help="Such as 2011Q1..2014Q4.")
@click.option("--into", type=FOLDER, required=True, help="A new or an empty folder.")
@click.option("--seed", default=0, show_default=True, help="Of all random numbers.")
@click.option("--clean", is_flag=True, help="Without the defects of real files.")
def synthesise_command(reports: int, quarters: str, into: Path, seed: int, clean: bool) -> None:
    """Write FAERS-shaped archives of synthetic reports, with the planted truth beside them."""
    from glabella.safety.synthetic import synthesise

    with _faults():
        click.echo(str(synthesise(reports, quarters, into, seed=seed, defects=not clean)))


@contextmanager
def _store(path: Path, engine: str) -> Iterator[ReportStore]:
    from glabella.safety import open_store

    with _faults():
        store = open_store(path, engine=engine, progress=lambda words: click.echo(words, err=True))
        try:
            yield store
        finally:
            store.close()


@safety.command("describe")
@click.argument("store", type=FOLDER)
def describe_command(store: Path) -> None:
    """Say what STORE holds: quarters, reports, what cleaning set aside, names that no dictionary knew."""
    with _store(store, "duckdb") as opened:
        click.echo(str(opened.describe()))


@safety.command("signals")
@click.argument("store", type=FOLDER)
@click.option("--drug", "drugs", multiple=True, help="A substance, a brand with --level product, or a group.")
@click.option("--event", "events", multiple=True, help="A report term or a list.")
@click.option("--role", type=ROLE, default="suspect", show_default=True)
@click.option("--mode", type=MODE, default="strict", show_default=True, help="Which flagged reports are left out.")
@click.option("--level", type=click.Choice(["substance", "product"]), default="substance", show_default=True)
@click.option("--engine", default="duckdb", show_default=True, help="duckdb, local[2], or spark://HOST:PORT.")
@click.option("--top", default=25, show_default=True, help="Rows to print; files hold all.")
@click.option("--to", type=TABLE, help="Write all rows: .parquet or .csv.")
@click.option("--plot", type=PICTURE, help="Draw a volcano plot: .svg or .png.")
def signals_command(
    store: Path, drugs: tuple[str, ...], events: tuple[str, ...], role: str, mode: str, level: str, engine: str,
    top: int, to: Path | None, plot: Path | None,
) -> None:  # fmt: skip
    """Score the pairs of drugs and events in STORE by every measure."""
    with _store(store, engine) as opened:
        found = opened.signals(drug=drugs or None, event=events or None, role=role, mode=mode, level=level)
        said = opened.describe()
        if to is not None:
            _write(found, to, synthetic=said.synthetic)
        if plot is not None:
            _volcano(found).save(plot)
    console = _console()
    if said.synthetic:
        console.print(_LABEL, style="bold")
    console.print(" / ".join(drugs) or "every drug", style="bold")
    console.print(
        f"{found.height:,} pairs among {said.kept[mode]:,} distinct reports; role {role}, {mode} reports",
        style="dim",
    )
    console.print(_table(found.sort("ic025", descending=True, nulls_last=True).head(top)))
    if found.height > top:
        console.print(f"{found.height - top:,} pairs more; --to FILE writes all", style="dim")
    console.print(
        "A high ratio says that the two are reported together more often than the rest of the database would have "
        "it. It is no frequency, shows no cause, and ranks no drugs.",
        style="dim",
    )


@safety.command("trend")
@click.argument("store", type=FOLDER)
@click.option("--drug", required=True, help="A substance or a group; a brand with --level product.")
@click.option("--event", required=True, help="A report term or a list.")
@click.option("--role", type=ROLE, default="suspect", show_default=True)
@click.option("--mode", type=MODE, default="strict", show_default=True, help="Which flagged reports are left out.")
@click.option("--level", type=click.Choice(["substance", "product"]), default="substance", show_default=True)
@click.option("--to", type=TABLE, help="Write every quarter: .parquet or .csv.")
@click.option("--plot", type=PICTURE, help="Draw it: .svg or .png.")
def trend_command(
    store: Path, drug: str, event: str, role: str, mode: str, level: str, to: Path | None, plot: Path | None
) -> None:
    """Follow one drug with one event over the quarters of STORE."""
    with _store(store, "duckdb") as opened:
        found = opened.trend(drug, event, role=role, mode=mode, level=level)
        synthetic = opened.describe().synthetic
        if to is not None:
            _write(found, to, synthetic=synthetic)
        if plot is not None:
            from glabella.plot import trend

            drawn = trend(found["quarter"].to_list(), found["ic"], found["ic025"], found["ic975"], found["n"])
            drawn.save(plot)
    from rich.table import Table

    console = _console()
    if synthetic:
        console.print(_LABEL, style="bold")
    table = Table(title=f"{drug}, {event}", title_justify="left", box=None, pad_edge=False)
    for name in ("quarter", "new reports", "cumulative IC (95 %)"):
        table.add_column(name, justify="right")
    for row in found.iter_rows(named=True):
        table.add_row(row["quarter"], f"{row['n']:,}", _interval(row["ic"], row["ic025"], row["ic975"]))
    console.print(table)
    console.print(
        "Many looks at a growing count find more than one look would; nothing corrects for that.", style="dim"
    )


@safety.command("cohort")
@click.argument("store", type=FOLDER)
@click.argument("spec")
@click.option("--engine", default="duckdb", show_default=True, help="duckdb, local[2], or spark://HOST:PORT.")
@click.option("--to", type=TABLE, help="Write every run: .parquet or .csv.")
@click.option("--checklist", type=_File(".md"), help="Write the READUS-PV list: .md.")
@click.option("--plot", type=PICTURE, help="Draw a forest plot: .svg or .png.")
def cohort_command(
    store: Path, spec: str, engine: str, to: Path | None, checklist: Path | None, plot: Path | None
) -> None:
    """Run a declared comparison on STORE: SPEC is a YAML file or a shipped one (depression_2020, anxiety_2021)."""
    with _store(store, engine) as opened, _bar() as progress:
        task = progress.add_task("counting", total=None)
        result = opened.cohort(spec, progress=lambda label: progress.update(task, description=label))
        if to is not None:
            _write(result.table(), to, synthetic=result.synthetic)
        if checklist is not None:
            replace(checklist, _readus(result).encode())
        if plot is not None:
            _cohort_forest(result).save(plot)
    console = _console()
    if result.synthetic:
        console.print(_LABEL, style="bold")
    console.print(result.spec.title, style="bold")
    for one in result.arms:
        console.print(_arm(one))
    for label, why in result.not_run:
        console.print(f"{label}: not compared; {why}")
    if result.names.absent:
        console.print(f"Named, and in no report of this store: {', '.join(result.names.absent)}", style="dim")
    for text, source in result.caveats:
        console.print(f"- {text} [dim]({source})[/dim]")


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def _table(found: pl.DataFrame) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    one_drug = found["drug"].n_unique() == 1
    table.add_column("event" if one_drug else "drug / event", min_width=20, overflow="fold")
    for name in ("n", "expected", "ROR (95 %)", "IC025", "EB05"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in found.iter_rows(named=True):
        table.add_row(
            row["event"] if one_drug else f"{row['drug']} / {row['event']}",
            f"{row['n']:,}",
            _number(row["expected"]),
            _interval(row["ror"], row["ror_low"], row["ror_high"]),
            _number(row["ic025"]),
            _number(row.get("eb05")),
        )
    return table


def _arm(one: ArmResult) -> Table:
    from rich.table import Table

    table = Table(title=f"\n{one.arm.label}", title_justify="left", box=None, pad_edge=False)
    table.add_column("run", min_width=18)
    for name in ("exposed", "others", "ROR (95 %)", "stratified"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in one.frame.iter_rows(named=True):
        low, high = (
            row[f"ror_{end}"] if row[f"ror_{end}"] is not None else row[f"ror_exact_{end}"]
            for end in ("low", "high")
        )
        table.add_row(
            row["label"] if row["kind"] == "declared" else f"{row['kind']}: {row['label']}".replace("_", " "),
            f"{row['exposed_with']:,} / {row['exposed_with'] + row['exposed_without']:,}",
            f"{row['comparator_with']:,} / {row['comparator_with'] + row['comparator_without']:,}",
            _interval(row["ror"], low, high),
            _interval(row["mh"], row["mh_low"], row["mh_high"]),
        )
    declared = one.frame.row(0, named=True)
    adjusted = _interval(declared["adjusted"], declared["adjusted_low"], declared["adjusted_high"])
    notes = [f"as declared, adjusted by logistic regression: {adjusted}"]
    if one.arm.printed and one.arm.printed.ror is not None:
        printed = one.arm.printed
        notes.append(
            f"published: {_interval(printed.ror, printed.ror_low, printed.ror_high)}, {printed.status}"
            f" ({printed.source}{'; ' + printed.note if printed.note else ''})"
        )
    table.caption, table.caption_justify = "\n".join(notes), "left"
    return table


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None and low is None and high is None:
        return "–"
    return f"{_number(value)} ({_number(low)} to {_number(high)})"


def _volcano(found: pl.DataFrame) -> Plot:
    """Draw the pairs that have a ratio; those without have none to draw."""
    from glabella.plot import volcano

    drawn = found.drop_nulls(["ror", "ror_low", "chi2"])
    one_drug = drawn["drug"].n_unique() == 1
    labels = drawn["event"] if one_drug else drawn["drug"] + " / " + drawn["event"]
    return volcano(drawn["ror"], drawn["ror_low"], drawn["chi2"], drawn["n"], labels=labels.to_list())


def _cohort_forest(result: CohortResult) -> Plot:
    from glabella.plot import Line, forest

    lines = []
    for one in result.arms:
        row = one.frame.row(0, named=True)
        if row["ror"] is not None and row["ror_low"] is not None:
            lines.append(Line(one.arm.label, row["ror"], row["ror_low"], row["ror_high"], note="crude"))
        if row["mh"] and row["mh_low"] is not None:
            lines.append(
                Line(f"{one.arm.label}, stratified", row["mh"], row["mh_low"], row["mh_high"], note="stratified")
            )
    title = "reporting odds ratio: left of one, fewer reports than in the comparison"
    return forest(lines, ratio=True, title=f"{title} (SYNTHETIC)" if result.synthetic else title, notes="which")


def _readus(result: CohortResult) -> str:
    """Write the checklist as Markdown; what only the author can say is left open."""
    lines = [f"# {result.spec.title}", "", *(["**Synthetic reports.**", ""] if result.synthetic else [])]
    section = ""
    for item in result.checklist:
        if item.section != section:
            section = item.section
            lines += [f"## {section}", ""]
        lines.append(
            f"- **{item.topic}**: {item.text}" + (f" *For the author: {item.author}.*" if item.author else "")
        )
    lines += ["", "## To be read beside every ratio", ""]
    lines += [f"- {text} ({source})" for text, source in result.caveats]
    return "\n".join(lines) + "\n"


def _write(found: pl.DataFrame, to: Path, *, synthetic: bool) -> None:
    """Write a table; what came from synthetic reports says so in every row."""
    import io

    import polars as pl

    if synthetic:
        found = found.with_columns(synthetic=pl.lit(value=True))
    buffer = io.BytesIO()
    if to.suffix == ".csv":
        found.write_csv(buffer)
    else:
        found.write_parquet(buffer)
    replace(to, buffer.getvalue())
