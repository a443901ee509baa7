"""``glabella brief`` and ``glabella report``: write a document, verify one, tell two apart."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from glabella.cli._files import BAD_INPUT, replace_all
from glabella.cli._json import AS_JSON, echo_json

if TYPE_CHECKING:
    from glabella.brief import Verified
    from glabella.brief.render.html import Draw
    from glabella.brief.written import Form
    from glabella.dossier import Evidence
    from glabella.plot import Studio
    from glabella.safety import ReportStore
    from glabella.shown import Document

Kind = Literal["brief", "report"]
STORE = click.Path(path_type=Path, file_okay=False)
#: Which of the user's settings a store counts with.
SETTINGS = click.option("--settings", help="Of the store's settings: the digest or its beginning, or shipped; the "
                        "last that were given when left out.")  # fmt: skip
#: Bytes of a document that is read again.
LARGEST = 100_000_000
#: What stands in every page with plots.
_PLOTTED = '<body class="report">'
FORMATS = ("html", "md", "json", "pdf")


class WriteFirst(click.Group):
    """Lets ``glabella check ARTICLE`` stand for ``glabella check write ARTICLE``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["write", *args]
        return super().parse_args(ctx, args)


class _DossierFirst(WriteFirst):
    """Lets ``glabella brief`` alone stand for ``glabella brief write``, of the shipped dossier."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args or ["write"])


@click.group(cls=_DossierFirst)
def brief() -> None:
    """Write the brief of a dossier (``brief [DOSSIER]``): one page; verify a document, or compare two."""


@click.group(cls=_DossierFirst)
def report() -> None:
    """Write the report of a dossier (``report [DOSSIER]``): all that stands behind the brief."""


def file_name(dossier: str, kind: Kind, form: str) -> str:
    """Name a document's file; a report's lies beside the brief's."""
    return f"{dossier}{'-report' if kind == 'report' else ''}.{form}"


@contextmanager
def evidence_of(
    dossier: Path | None, store: Path | None = None, settings: str | None = None
) -> Iterator[tuple[Evidence, ReportStore | None]]:
    """Load a dossier and open a store beside it; what is wrong with either ends the program in plain words."""
    from glabella.dossier import DossierError, load, shipped

    try:
        evidence = load(dossier)
        if store is None:
            yield evidence, None
            return
        from glabella.safety import open_store

        # The dossier's own lists, whatever lists the store was given; for this document alone.
        with open_store(
            store,
            dossier=shipped() if dossier is None else dossier,
            settings=settings,
            stand=False,
            progress=lambda words: click.echo(words, err=True),
        ) as opened:
            for line in opened.describe().beside():
                click.echo(f"{store}: {line}", err=True)
            yield evidence, opened
            return
    except DossierError as error:
        click.echo(str(error), err=True)
    except ValueError as error:
        click.echo(f"{dossier or 'the shipped dossier'}: {error}", err=True)
    sys.exit(BAD_INPUT)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what both documents take."""
    for option in reversed((
        click.argument("dossier", required=False, type=click.Path(path_type=Path)),
        click.option("--to", "folder", type=click.Path(path_type=Path), default=Path(), help="Folder to write to."),
        click.option("--format", "form", type=click.Choice(FORMATS), default="html", show_default=True),
    )):  # fmt: skip
        command = option(command)
    return command


@brief.command("write")
@_options
def write_brief(dossier: Path | None, folder: Path, form: str) -> None:
    """Write the brief of DOSSIER; of the shipped one when left out.

    Beside a report of the same dossier in the same folder its numbers lead into that report.
    """
    _write("brief", dossier, folder, form)


@report.command("write")
@_options
@click.option("--store", type=STORE, help="A store of spontaneous reports, to be asked too.")
@SETTINGS
@click.option("--data", type=click.Path(path_type=Path), help="Folder for the rows of every analysis, with code.")
def write_report(
    dossier: Path | None, folder: Path, form: str, store: Path | None, settings: str | None, data: Path | None
) -> None:
    """Write the report of DOSSIER; of the shipped one when left out."""
    _write("report", dossier, folder, form, store=store, settings=settings, data=data)


def _write(
    kind: Kind, dossier: Path | None, folder: Path, form: str, *, store: Path | None = None,
    settings: str | None = None, data: Path | None = None,
) -> None:  # fmt: skip
    if form == "pdf":
        from glabella.brief.render import available

        if missing := available():
            click.echo(missing, err=True)
            sys.exit(BAD_INPUT)
    with _drawing(kind, form) as studio:
        from glabella.brief import Results, document, in_brief

        with evidence_of(dossier, store, settings) as (evidence, opened):
            results = Results(evidence, opened)
            report_beside = _beside(folder, evidence.dossier.id, kind, form)
            made = document(results, kind, beside=report_beside, begin=studio.begin if studio else None)
            files = {folder / file_name(made.id, kind, form): _content(made, form, studio.svgs if studio else None)}
            if data is not None:
                from glabella.brief.data import files as rows

                files |= {data / name: text.encode() for name, text in rows(results).items()}
            said = in_brief(results)
    put(files)
    _summary(made, said, tuple(files))


def _drawing(kind: Kind, form: str) -> AbstractContextManager[Studio | None]:
    """Start what draws plots beside other work, where a document has any."""
    if kind == "brief" or form not in ("html", "pdf"):
        return nullcontext()
    return _studio()


def _studio() -> AbstractContextManager[Studio]:
    from glabella.plot import Studio

    return Studio()


def _content(made: Document, form: str, draw: Draw | None) -> bytes:
    if form == "pdf":
        from glabella.brief.render import pdf

        return pdf(made, draw)
    from glabella.brief.verification import written

    return written(made, cast("Form", form), draw).encode()


def _beside(folder: Path, dossier: str, kind: Kind, form: str) -> str | None:
    """Name the report that lies beside a brief, where there is one."""
    if kind != "brief" or form != "html":
        return None
    name = file_name(dossier, "report", form)
    return name if (folder / name).is_file() else None


def _summary(made: Document, said: list[tuple[str, str]], targets: tuple[Path, ...]) -> None:
    from rich.console import Console
    from rich.text import Text

    rows = [*said, ("numbers", f"{len(made.claims):,} claims, each with its source"),
            *(("written", str(target)) for target in targets)]  # fmt: skip
    console = Console(highlight=False, markup=False, emoji=False)
    for name, value in rows:
        console.print(Text.assemble((f"{name}: ", "bold"), value))


def _read(file: Path) -> str:
    from glabella._reading import read_bytes, text_of

    try:
        return text_of(read_bytes(file, LARGEST))
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        click.echo(f"cannot read {file}: {said}; expected a document as HTML, Markdown or JSON", err=True)
        sys.exit(BAD_INPUT)


def named_after(file: Path, kind: str, form: str) -> str:
    """Name what is made of a file: after all of its name, so that what is made of another never takes its place."""
    return f"{file.name}-{kind}.{form}"


def put(files: Mapping[Path, bytes]) -> None:
    """Write files, all of them or none; what keeps one from being written ends the program in plain words."""
    try:
        replace_all(files)
    except OSError as error:
        click.echo(f"cannot write {error.filename}: {error.strerror}", err=True)
        sys.exit(BAD_INPUT)


def tell(file: Path, verify: Callable[[], Verified], *, as_json: bool) -> None:
    """Verify a document's file and say in what it differs; then the program ends with one."""
    try:
        found = verify()
    except ValueError as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(BAD_INPUT)
    if as_json:
        echo_json({"file": str(file), "claims": found.claims, "pieces": found.pieces, "differs": found.lines})
        sys.exit(1 if found.lines else 0)
    for line in found.lines:
        click.echo(line)
    if found.lines:
        sys.exit(1)
    click.echo(f"{found.claims:,} claims and {found.pieces:,} pieces of text made again, all as stated")


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dossier", type=click.Path(path_type=Path), help="Dossier it was made from.")
@click.option("--store", type=STORE, help="Store of reports it was made with.")
@SETTINGS
@AS_JSON
def verify(file: Path, dossier: Path | None, store: Path | None, settings: str | None, *, as_json: bool) -> None:
    """Make the document in FILE again from its dossier, and say what differs: numbers, words, pictures' texts."""
    from glabella.brief import verified

    text = _read(file)
    # Only a page of a report has plots; what draws them takes a second to start.
    drawing: AbstractContextManager[Studio | None] = _studio() if _PLOTTED in text else nullcontext()
    with evidence_of(dossier, store, settings) as (evidence, opened), drawing as studio:
        tell(file, lambda: verified(text, evidence, opened, studio.svgs if studio else None), as_json=as_json)


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@AS_JSON
def diff(old: Path, new: Path, *, as_json: bool) -> None:
    """Say what changed between the documents OLD and NEW, and which study or file changed it."""
    from glabella.brief import changed

    try:
        found = changed(_read(old), _read(new))
    except ValueError as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    if as_json:
        echo_json({"old": str(old), "new": str(new), "changed": list(found)})
        sys.exit(1 if found else 0)
    for line in found:
        click.echo(line)
    if found:
        sys.exit(1)
    click.echo("nothing changed")


for group in (brief, report):
    group.add_command(verify)
    group.add_command(diff)
