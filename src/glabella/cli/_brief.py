"""``glabella brief``: write a brief, verify one, tell two apart."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glabella.cli._files import BAD_INPUT, replace

if TYPE_CHECKING:
    from glabella.brief import Brief

STORE = click.Path(path_type=Path, file_okay=False)
#: Which of the user's settings a store counts with.
SETTINGS = click.option("--settings", help="Of the store's settings: the digest or its beginning, or shipped; the "
                        "last that were given when left out.")  # fmt: skip
#: Bytes of a brief that is read again.
LARGEST = 100_000_000
FORMATS = {"html": "html", "md": "md", "json": "json", "pdf": "pdf"}


class _DossierFirst(click.Group):
    """Lets ``glabella brief [DOSSIER]`` stand for ``glabella brief write [DOSSIER]``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = ["write", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_DossierFirst)
def brief() -> None:
    """Write the brief of a dossier (``brief [DOSSIER]``), verify one, or compare two."""


def _built(dossier: Path | None, store: Path | None, settings: str | None) -> Brief:
    from glabella.brief import build
    from glabella.dossier import DossierError, load, shipped

    try:
        evidence = load(dossier)
        if store is None:
            return build(evidence)
        from glabella.safety import open_store

        # Its own lists, whatever lists the store was given; for this brief alone.
        with open_store(
            store,
            dossier=shipped() if dossier is None else dossier,
            settings=settings,
            stand=False,
            progress=lambda words: click.echo(words, err=True),
        ) as opened:
            for line in opened.describe().beside():
                click.echo(f"{store}: {line}", err=True)
            return build(evidence, opened)
    except DossierError as error:
        click.echo(str(error), err=True)
    except ValueError as error:
        click.echo(f"{dossier or 'the shipped dossier'}: {error}", err=True)
    sys.exit(BAD_INPUT)


@brief.command("write")
@click.argument("dossier", required=False, type=click.Path(path_type=Path))
@click.option("--to", "folder", type=click.Path(path_type=Path), default=Path(), help="Folder to write into.")
@click.option("--store", type=STORE, help="A store of spontaneous reports, to be asked too.")
@SETTINGS
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="html", show_default=True)
def write(dossier: Path | None, folder: Path, store: Path | None, settings: str | None, form: str) -> None:
    """Write the brief of DOSSIER; of the shipped one when left out."""
    from glabella.plot import Studio

    with Studio() if form in ("html", "pdf") else nullcontext() as studio:
        from glabella.brief import as_json, html, markdown

        built = _built(dossier, store, settings)
        text = html(built, studio.svgs) if studio else {"md": markdown, "json": as_json}[form](built)
    target = folder / f"{built.evidence.dossier.id}.{FORMATS[form]}"
    content = _pdf(text) if form == "pdf" else text.encode()
    try:
        replace(target, content)
    except OSError as error:
        click.echo(f"cannot write {target}: {error.strerror}", err=True)
        sys.exit(BAD_INPUT)
    _summary(built, target)


def _pdf(page: str) -> bytes:
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        click.echo(f"PDF needs glabella[pdf] and the Pango library: {error}", err=True)
        sys.exit(BAD_INPUT)
    content: bytes = HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    return content


def _summary(built: Brief, target: Path) -> None:
    from rich.console import Console
    from rich.text import Text

    head = built.answer.headline
    rows = [
        ("question", built.evidence.dossier.question.title),
        ("pooled", f"{head.estimate.text} standardised, {head.k.text} comparisons, {head.n.text} people"),
        ("next trial", f"{head.prediction.interval_text} "
                       "(prediction interval; with few trials often too narrow)"),
        *((f"largest trial: {label}", f"{shown.text}{f', P {p.text}' if p else ''}")
          for label, shown, p in built.answer.largest),
        *((label, f"{with_.text} of a hundred with, {without.text} without")
          for label, without, with_ in built.answer.absolute[:1]),
        ("certainty", f"{head.certainty}: {'; '.join(head.reasons)}"),
        ("numbers", f"{len(built.claims)} claims, each with its source"),
        ("written", str(target)),
    ]  # fmt: skip
    console = Console(highlight=False, markup=False, emoji=False)
    for name, value in rows:
        console.print(Text.assemble((f"{name}: ", "bold"), value))


def _read(file: Path) -> str:
    from glabella._reading import read_bytes, text_of

    try:
        return text_of(read_bytes(file, LARGEST))
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        click.echo(f"cannot read {file}: {said}; expected a brief as HTML or JSON", err=True)
        sys.exit(BAD_INPUT)


@brief.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dossier", type=click.Path(path_type=Path), help="Dossier it was made from.")
@click.option("--store", type=STORE, help="Store of reports it was made with.")
@SETTINGS
def verify_command(file: Path, dossier: Path | None, store: Path | None, settings: str | None) -> None:
    """Recompute every claim of the brief in FILE from its dossier."""
    from glabella.brief import verify

    text = _read(file)
    built = _built(dossier, store, settings)
    try:
        found = verify(text, built)
    except ValueError as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(BAD_INPUT)
    for line in found:
        click.echo(line)
    if found:
        sys.exit(1)
    click.echo(f"{len(built.claims)} claims recomputed, all as stated")


@brief.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
def diff(old: Path, new: Path) -> None:
    """Say what moved between the briefs OLD and NEW, and which study moved it."""
    from glabella.brief import changed

    try:
        found = changed(_read(old), _read(new))
    except ValueError as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    for line in found:
        click.echo(line)
    if found:
        sys.exit(1)
    click.echo("no claim moved")
