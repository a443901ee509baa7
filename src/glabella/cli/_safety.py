"""``glabella safety``: spontaneous reports, from the agency's files to signals and cohort comparisons."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glabella.cli._documents import SETTINGS
from glabella.cli._faults import said
from glabella.cli._files import BAD_INPUT, replace_all
from glabella.cli._json import AS_JSON, echo_json, fields_of, rows_of
from glabella.cli._safety_groups import DOSSIER, groups_command

if TYPE_CHECKING:
    import polars as pl

    from glabella.safety import CohortResult, ReportStore
    from glabella.safety.measures import GPS
    from glabella.safety.store import Description


_CAVEAT = (
    "A high ratio says that the two are reported together more often than the rest of the database would have "
    "it. It is no frequency, shows no cause, and ranks no drugs."
)


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
TOP = click.option(
    "--top", default=25, show_default=True, type=click.IntRange(min=1), help="Rows to print; files hold all."
)
TO = click.option("--to", type=TABLE, help="Write all rows: .parquet or .csv.")
VOLCANO = click.option("--plot", type=PICTURE, help="Draw a volcano plot: .svg or .png.")
MODES = click.option("--mode", type=MODE, help="Which flagged reports are left out; as the store's rules have it "
                     "when not given (the shipped ones: strict).")  # fmt: skip


@click.group()
def safety() -> None:
    """Spontaneous reports: fetch, ingest, verify, groups, signals, trend, cohort, synthesise; or your own table."""


safety.add_command(groups_command)


@contextmanager
def _faults() -> Iterator[None]:
    """Bad input ends with its message and exit code two, and without a traceback."""
    try:
        yield
    except (ValueError, OSError) as error:
        click.echo(said(error), err=True)
        sys.exit(BAD_INPUT)


@contextmanager
def _bar(unit: str = "") -> Iterator[Any]:
    """Show a progress bar on a terminal, and nothing elsewhere."""
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    from glabella.cli._safety_shown import console

    columns = [TextColumn("{task.description}", markup=False), BarColumn()]
    if unit == "bytes":
        columns += [DownloadColumn(), TransferSpeedColumn()]
    with Progress(*columns, TimeRemainingColumn(), console=console(err=True), transient=True) as progress:
        yield progress


@safety.command("fetch")
@click.argument("quarters")
@click.option("--to", type=FOLDER, required=True, help="Folder of the archives.")
@click.option("--accept-changed", is_flag=True, help="Accept archives that FDA issued again, which the shipped "
              "manifest does not know, if they can be read whole.")  # fmt: skip
def fetch_command(quarters: str, to: Path, accept_changed: bool) -> None:
    """Download the FDA's archives of QUARTERS, such as 2012Q4..2026Q2, and check them."""
    from glabella.safety.faers import fetch

    with _faults(), _bar("bytes") as progress:
        tasks: dict[str, Any] = {}

        def show(done: int, total: int | None, name: str) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=total)
            progress.update(tasks[name], completed=done, total=total)

        words = {
            "manifest": "as in the shipped manifest",
            "not known": "digest not known beforehand",
            "changed": "NOT as in the shipped manifest, and accepted as you asked; SHA-256 {}",
        }
        for file in fetch(quarters, to, accept_changed=accept_changed, progress=show):
            was = "downloaded" if file.downloaded else "already here"
            checked = words[file.checked].format(file.sha256)
            progress.console.print(f"{file.path.name}: {was}, {file.bytes:,} bytes, {checked}")


@safety.command("ingest")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--into", type=FOLDER, required=True, help="Folder of the store.")
@click.option("--replace", is_flag=True, help="Replace quarters that the store holds from other files.")
@click.option("--names", multiple=True, type=click.Path(path_type=Path, dir_okay=False),
              help="A dictionary of drug names beside the shipped one; may be given again. The store keeps them, "
              "and later commands use them.")  # fmt: skip
@click.option("--dossier", metavar="DOSSIER",
              help="From now on count with the cohorts, groups, drug names and caveats of this dossier (folder or "
              "name; a folder of lists alone; none for the general ones). Those of the shipped one when never "
              "given.")  # fmt: skip
def ingest_command(
    files: tuple[Path, ...], into: Path, replace: bool, names: tuple[Path, ...], dossier: str | None
) -> None:
    """Take FILES, the FDA's archives or folders of their text, into a store, and index it."""
    from glabella.safety import ingest, load_lists
    from glabella.safety.store import keep_settings, load_dictionary

    with _faults():
        load_dictionary(names, load_lists(dossier))
        try:
            with _bar("bytes") as progress:
                tasks: dict[str, Any] = {}

                def show(done: int, total: int, quarter: str, table: str) -> None:
                    if quarter not in tasks:
                        tasks[quarter] = progress.add_task(quarter, total=total)
                    progress.update(tasks[quarter], completed=done, total=total, description=f"{quarter} {table}")

                report = ingest(files, into, replace=replace, progress=show)
        finally:
            # Also where a later quarter failed: those before it stay, and are counted with these names.
            if (names or dossier) and (into / "store.json").exists():
                keep_settings(into, names=names or None, dossier=dossier)
        click.echo(str(report))
    with _store(into, "duckdb") as opened:
        for line in opened.describe().beside():
            click.echo(_plain(line))


@safety.command("verify")
@click.argument("store", type=FOLDER)
@AS_JSON
def verify_command(store: Path, *, as_json: bool) -> None:
    """Compute every digest and row count of STORE again; exit code one if something is not as written."""
    from glabella.safety import verify

    with _faults():
        report = verify(store)
    if as_json:
        echo_json({"store": str(store), "ok": report.ok, **fields_of(report)})
    else:
        click.echo(str(report))
    sys.exit(0 if report.ok else 1)


@safety.command("synthesise")
@click.option("--reports", type=click.IntRange(min=100), required=True, help="Report versions over all quarters.")
@click.option("--quarters", required=True, help="Such as 2011Q1..2014Q4.")
@click.option("--into", type=FOLDER, required=True, help="A new or an empty folder.")
@click.option("--seed", default=0, show_default=True, help="Of all random numbers.")
@click.option("--clean", is_flag=True, help="Without the defects of real files.")
@click.option("--dossier", metavar="DOSSIER", help="Whose drugs and events stand among the made-up ones (folder or "
              "name, none for nobody's); the shipped dossier's when not given.")  # fmt: skip
def synthesise_command(
    reports: int, quarters: str, into: Path, seed: int, clean: bool, dossier: str | None
) -> None:
    """Write FAERS-shaped archives of synthetic reports, with the planted truth beside them."""
    from glabella.safety.synthetic import synthesise

    with _faults():
        click.echo(str(synthesise(reports, quarters, into, seed=seed, defects=not clean, dossier=dossier)))


@contextmanager
def _store(
    path: Path, engine: str, settings: str | None = None, dossier: str | None = None
) -> Iterator[ReportStore]:
    """Open a store; what is chosen for one command does not stand for the next."""
    from glabella.safety import open_store

    with _faults():
        store = open_store(
            path,
            engine=engine,
            dossier=dossier,
            settings=settings,
            stand=False,
            progress=lambda words: click.echo(words, err=True),
        )
        try:
            yield store
        finally:
            store.close()


@safety.command("describe")
@click.argument("store", type=FOLDER)
@DOSSIER
@SETTINGS
@AS_JSON
def describe_command(store: Path, dossier: str | None, settings: str | None, *, as_json: bool) -> None:
    """Say what STORE holds: quarters, reports, what cleaning set aside, names that no dictionary knew."""
    with _store(store, "duckdb", settings, dossier) as opened:
        described = opened.describe()
    if as_json:
        echo_json({**fields_of(described), "settings": str(described.settings)})
    else:
        click.echo(_plain(str(described)))


@safety.command("signals")
@click.argument("store", type=FOLDER)
@click.option("--drug", "drugs", multiple=True, help="A substance, a brand with --level product, or a group.")
@click.option("--event", "events", multiple=True, help="A report term or a list.")
@click.option("--role", type=ROLE, default="suspect", show_default=True)
@MODES
@click.option("--level", type=click.Choice(["substance", "product"]), default="substance", show_default=True)
@click.option("--engine", default="duckdb", show_default=True, help="duckdb, local[2], or spark://HOST:PORT.")
@DOSSIER
@SETTINGS
@TOP
@TO
@VOLCANO
@AS_JSON
def signals_command(
    store: Path, drugs: tuple[str, ...], events: tuple[str, ...], role: str, mode: str | None, level: str,
    engine: str, dossier: str | None, settings: str | None, top: int, to: Path | None, plot: Path | None, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Score the pairs of drugs and events in STORE by every measure."""
    with _store(store, engine, settings, dossier) as opened:
        mode = mode or opened.default_mode
        found = opened.signals(drug=drugs or None, event=events or None, role=role, mode=mode, level=level)
        described = opened.describe()
        missing = _no_ebgm(found, lambda: opened.prior(role, mode=mode, level=level))
    among = f"{described.kept[mode]:,} distinct reports; role {role}, {mode} reports"
    beside = [*missing, *described.beside()]
    if as_json:
        _echo_scored(found, among, beside, top, synthetic=described.synthetic)
    else:
        _begin(described)
        _scored(found, " / ".join(drugs) or "every drug", among, beside, top)
    _keep(found, to, plot, synthetic=described.synthetic)


@safety.command("table")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@TOP
@TO
@VOLCANO
@AS_JSON
def table_command(file: Path, top: int, to: Path | None, plot: Path | None, *, as_json: bool) -> None:
    """Score the pairs in FILE, a table of your own: a CSV with the columns report, drug, event.

    A report has as many rows as it needs to name its drugs and its events. With a column stratum (of the report,
    such as sex or year) the odds ratio of Mantel and Haenszel over the strata is added.
    """
    from glabella.cli._own_table import score

    with _faults():
        found, reports, prior, left = score(file)
    missing = _no_ebgm(found, lambda: prior)
    among, beside = f"{reports:,} distinct reports", [*missing, *left]
    if as_json:
        _echo_scored(found, among, beside, top, synthetic=False)
    else:
        _scored(found, file.name, among, beside, top)
    _keep(found, to, plot, synthetic=False)


@safety.command("trend")
@click.argument("store", type=FOLDER)
@click.option("--drug", required=True, help="A substance or a group; a brand with --level product.")
@click.option("--event", required=True, help="A report term or a list.")
@click.option("--role", type=ROLE, default="suspect", show_default=True)
@MODES
@click.option("--level", type=click.Choice(["substance", "product"]), default="substance", show_default=True)
@DOSSIER
@SETTINGS
@click.option("--to", type=TABLE, help="Write every quarter: .parquet or .csv.")
@click.option("--plot", type=PICTURE, help="Draw it: .svg or .png.")
@AS_JSON
def trend_command(
    store: Path, drug: str, event: str, role: str, mode: str | None, level: str, dossier: str | None,
    settings: str | None, to: Path | None, plot: Path | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Follow one drug with one event over the quarters of STORE."""
    from glabella.cli import _safety_shown as shown

    with _store(store, "duckdb", settings, dossier) as opened:
        found = opened.trend(drug, event, role=role, mode=mode, level=level)
        described = opened.describe()
    words = "Many looks at a growing count find more than one look would; nothing corrects for that."
    if as_json:
        echo_json({"drug": drug, "event": event, "synthetic": described.synthetic, "quarters": rows_of(found),
                   "beside": [*described.beside(), words]})  # fmt: skip
    else:
        _begin(described)
        table = shown.table(f"{drug}, {event}")
        for name in ("quarter", "new reports", "cumulative IC (95 %)"):
            table.add_column(name, justify="right")
        for row in found.iter_rows(named=True):
            table.add_row(row["quarter"], f"{row['n']:,}", shown.interval(row["ic"], row["ic025"], row["ic975"]))
        console = shown.console()
        console.print(table)
        shown.notes([*described.beside(), words], console)
    with _faults():
        files = {} if to is None else {to: shown.content(found, to, synthetic=described.synthetic)}
        if plot is not None:
            from glabella.plot import trend

            drawn = trend(found["quarter"].to_list(), found["ic"], found["ic025"], found["ic975"], found["n"])
            files[plot] = drawn.content(plot)
        replace_all(files)


@safety.command("cohort")
@click.argument("store", type=FOLDER)
@click.argument("spec")
@click.option("--engine", default="duckdb", show_default=True, help="duckdb, local[2], or spark://HOST:PORT.")
@DOSSIER
@SETTINGS
@click.option("--to", type=TABLE, help="Write every run: .parquet or .csv.")
@click.option("--checklist", type=_File(".md"), help="Write the READUS-PV list: .md.")
@click.option("--plot", type=PICTURE, help="Draw a forest plot: .svg or .png.")
@AS_JSON
def cohort_command(
    store: Path, spec: str, engine: str, dossier: str | None, settings: str | None, to: Path | None,
    checklist: Path | None, plot: Path | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Run a declared comparison on STORE: SPEC is a YAML file, or a cohort that "safety groups" lists."""
    with _store(store, engine, settings, dossier) as opened:
        with _bar() as progress:
            task = progress.add_task("counting", total=None)
            result = opened.cohort(spec, progress=lambda label: progress.update(task, description=label))
        described = opened.describe()
    if as_json:
        echo_json({
            "title": result.spec.title, "synthetic": result.synthetic, "coverage": result.coverage,
            "runs": rows_of(result.table()), "not_run": dict(result.not_run), "absent": result.names.absent,
            "beside": described.beside(), "caveats": result.caveats,
        })  # fmt: skip
    else:
        _begin(described)
        _compared(result, described)
    from glabella.cli import _safety_shown as shown

    with _faults():
        files = {} if to is None else {to: shown.content(result.table(), to, synthetic=result.synthetic)}
        if checklist is not None:
            files[checklist] = shown.readus(result).encode()
        if plot is not None:
            drawn, left = shown.forest(result)
            for label in left:
                click.echo(_plain(f"{plot}: not drawn: {label}"), err=True)
            if drawn is None:
                click.echo(f"{plot}: not written; no ratio can be drawn", err=True)
            else:
                files[plot] = drawn.content(plot)
        replace_all(files)


def _plain(text: str) -> str:
    from glabella.cli._safety_shown import plain

    return plain(text)


def _begin(described: Description) -> None:
    """Say first where reports are made up."""
    from glabella.cli._safety_shown import LABEL, console

    if described.synthetic:
        console().print(LABEL, style="bold")


def _no_ebgm(found: pl.DataFrame, prior: Callable[[], GPS]) -> list[str]:
    """Say why no pair has an EBGM, where none has."""
    if "eb05" in found.columns and found["eb05"].null_count() < found.height:
        return []
    if "eb05" not in found.columns:
        return ["no EBGM: no pair is counted, so no prior can be fitted"]
    gps = prior()
    where = "lies on the boundary of what its parameters may be" if gps.at_boundary else "is not a maximum"
    return [f"no EBGM: the prior fitted to {gps.pairs:,} pairs {where}, so no score would rest on the data"]


def _scored(found: pl.DataFrame, title: str, among: str, beside: Sequence[str], top: int) -> None:
    """Print scored pairs, the strongest first."""
    from glabella.cli import _safety_shown as shown

    console = shown.console()
    console.print(shown.plain(title), style="bold")
    console.print(f"{found.height:,} pairs among {among}", style="dim")
    console.print(shown.signals(found.sort("ic025", descending=True, nulls_last=True).head(top)))
    if found.height > top:
        console.print(f"{found.height - top:,} pairs more; --to FILE writes all", style="dim")
    shown.notes(beside, console)
    console.print(_CAVEAT, style="dim")


def _echo_scored(found: pl.DataFrame, among: str, beside: Sequence[str], top: int, *, synthetic: bool) -> None:
    """Print scored pairs as data, the strongest first."""
    strongest = found.sort("ic025", descending=True, nulls_last=True).head(top)
    echo_json({"among": among, "synthetic": synthetic, "pairs_in_all": found.height,
               "pairs": rows_of(strongest), "beside": beside, "caveat": _CAVEAT})  # fmt: skip


def _keep(found: pl.DataFrame, to: Path | None, plot: Path | None, *, synthetic: bool) -> None:
    """Write and draw scored pairs; what cannot be drawn is said."""
    from glabella.cli import _safety_shown as shown

    with _faults():
        files = {} if to is None else {to: shown.content(found, to, synthetic=synthetic)}
        if plot is not None:
            without = found["ror"].is_null() | found["chi2"].is_null()
            if without.any():
                click.echo(f"{plot}: {int(without.sum()):,} pairs have no ratio and are not drawn", err=True)
            drawn = shown.volcano(found)
            if drawn is None:
                click.echo(f"{plot}: not written; no pair has a ratio", err=True)
            else:
                files[plot] = drawn.content(plot)
        replace_all(files)


def _compared(result: CohortResult, described: Description) -> None:
    """Print every run of every arm, and what must be read beside them."""
    from glabella.cli import _safety_shown as shown

    console = shown.console()
    console.print(shown.plain(result.spec.title), style="bold")
    if result.coverage:
        console.print(f"Only a part of what is declared: {result.coverage}", style="bold")
    for one in result.arms:
        console.print(shown.arm(one))
    for label, why in result.not_run:
        console.print(shown.plain(f"{label}: not compared; {why}"))
    if result.names.absent:
        absent = ", ".join(result.names.absent)
        console.print(shown.plain(f"Named, and in no report of this store: {absent}"), style="dim")
    shown.notes(described.beside(), console)
    for text, source in result.caveats:
        console.print(shown.plain(f"- {text} ({source})"))
