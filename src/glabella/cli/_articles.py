"""``glabella check``: what an article claims, and what the evidence says of it; ``glabella claims``: all claims."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from glabella.cli._documents import WriteFirst, _content, _read, evidence_of, named_after, put, tell
from glabella.cli._files import BAD_INPUT
from glabella.cli._json import AS_JSON, echo_json

if TYPE_CHECKING:
    from glabella._reading import Block
    from glabella.brief.written import Form
    from glabella.dossier import Evidence
    from glabella.shown import Document

_PATH = click.Path(path_type=Path)
DOSSIER = click.option("--dossier", type=_PATH, help="Dossier to check it by; the shipped one when left out.")


@click.group(cls=WriteFirst)
def check() -> None:
    """Check an article (``check ARTICLE``): mark its claims, each with what the evidence says of it."""


@check.command("write")
@click.argument("article", type=_PATH)
@DOSSIER
@click.option("--to", "folder", type=_PATH, default=Path(), help="Folder to write to.")
@click.option("--format", "form", type=click.Choice(("html", "md", "json")), default="html", show_default=True)
def write_check(article: Path, dossier: Path | None, folder: Path, form: str) -> None:
    """Write what ARTICLE claims (text, Markdown, HTML or PDF), and what the evidence says of each claim."""
    blocks = _blocks(article)
    with evidence_of(dossier) as (evidence, _):
        made = _made(evidence, article, blocks)
        target = folder / named_after(article, "checked", form)
        content = _content(made, cast("Form", form), None)
    put({target: content})
    for line in _said(made):
        click.echo(line)
    click.echo(f"written: {target}")


@check.command("verify")
@click.argument("file", type=_PATH)
@click.option("--article", type=_PATH, required=True, help="The article that was checked.")
@DOSSIER
@AS_JSON
def verify_check(file: Path, article: Path, dossier: Path | None, *, as_json: bool) -> None:
    """Check the article again, and say in what the document in FILE differs."""
    from glabella.brief import verified

    text, blocks = _read(file), _blocks(article)
    with evidence_of(dossier) as (evidence, _):
        tell(file, lambda: verified(text, evidence, article=(article.name, blocks)), as_json=as_json)


@click.command("claims")
@click.argument("dossier", required=False, type=_PATH)
@AS_JSON
def claims_command(dossier: Path | None, *, as_json: bool) -> None:
    """List the claims that people meet, with verdicts, rules and sources; of the shipped dossier when left out.

    Also what would change a verdict: a new trial is meant at low risk of bias, well blinded and of the people asked
    about.
    """
    from glabella.brief import Results
    from glabella.brief.claim_rows import claim_rows

    with evidence_of(dossier) as (evidence, _):
        rows = claim_rows(Results(evidence))
    if as_json:
        echo_json(rows)
        return
    wide = max((len(row["id"]) for row in rows), default=0) + 1
    for row in rows:
        click.echo(f"{row['verdict']:13} {row['id']:{wide}}{row['claim']}")
        if "looked_for" in row:
            click.echo(f"    {row['looked_for']}")
        for part in row["parts"]:
            click.echo(f"    {part['text']}: {part['verdict']}")
            _echo_rule(part, 8)
        _echo_rule(row, 4)
        if row["sources"]:
            click.echo(f"    sources: {', '.join(row['sources'])}")


def _echo_rule(row: dict[str, Any], indent: int) -> None:
    if "rule" in row:
        click.echo(f"{'':{indent}}decided: {row['decided']}")
        if "would_change" in row:
            click.echo(f"{'':{indent}}{row['would_change']}")
        click.echo(f"{'':{indent}}rule: {row['rule']}")


def _blocks(article: Path) -> tuple[Block, ...]:
    from glabella._reading import UnreadableError, read_article

    try:
        return read_article(article)
    except UnreadableError as error:
        said = str(error)
    except OSError as error:
        said = f"cannot be read: {error.strerror}"
    click.echo(f"{article}: {said}", err=True)
    sys.exit(BAD_INPUT)


def _made(evidence: Evidence, article: Path, blocks: tuple[Block, ...]) -> Document:
    from glabella.brief import Results, article_document

    return article_document(Results(evidence), article.name, blocks)


def _said(made: Document) -> list[str]:
    """Say the answer in lines."""
    from glabella.shown import Paragraph, plain

    (first, *_) = made.sections
    content = getattr(first, "content", ())
    return [plain(block.content) for block in content if isinstance(block, Paragraph)]
