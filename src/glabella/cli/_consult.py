"""``glabella consult``: the sheet of a consultation for one person, and the page that the person takes home."""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glabella.cli._documents import FORMATS, WriteFirst, _content, _read, evidence_of, named_after, put, tell
from glabella.cli._files import BAD_INPUT
from glabella.cli._json import AS_JSON, echo_json

if TYPE_CHECKING:
    from glabella.brief import ForPerson
    from glabella.dossier import Evidence

_PATH = click.Path(path_type=Path)
_DOSSIER = click.option("--dossier", type=_PATH, help="Dossier to consult; the shipped one when left out.")
_CRISIS = click.option(
    "--crisis-text", help="Whom to call in a crisis in your country; else the dossier’s own text."
)
_VISIT = click.option(
    "--visit", metavar="DATE", help="Day of one of the person’s later visits: shows the course up to it."
)


@click.group(cls=WriteFirst)
def consult() -> None:
    """Consult for a person (``consult PERSON``): options side by side, chances, harms, and a page to take home."""


@consult.command("write")
@click.argument("person", type=_PATH)
@_DOSSIER
@_CRISIS
@_VISIT
@click.option("--to", "folder", type=_PATH, default=Path(), help="Folder to write to.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="html", show_default=True)
def write_consultation(
    person: Path, dossier: Path | None, crisis_text: str | None, visit: str | None, folder: Path, form: str
) -> None:
    """Write the sheet of a consultation for PERSON, a YAML or JSON file, and the page to take home.

    `glabella consult new` prints an empty file of a person. What is not known stays unknown, and the sheet says
    what to ask. No page is made without a crisis text where the dossier asks for one.
    """
    from glabella.brief import consultation_document, home_document

    if form == "pdf":
        from glabella.brief.render import available

        if missing := available():
            click.echo(missing, err=True)
            sys.exit(BAD_INPUT)
    with evidence_of(dossier) as (evidence, _):
        of = _consulted(evidence, person, crisis_text, visit)
        documents = [consultation_document(of)]
        if of.consultation.take_home is not None:
            documents.append(home_document(of))
        files = {folder / named_after(person, each.kind, form): _content(each, form, None) for each in documents}
    put(files)
    if of.found.eligibility.before_all:
        click.echo("crisis: an answer asks for something before anything else; the sheet begins with it")
    for document, target in zip(documents, files, strict=True):
        click.echo(f"written: {target} ({len(document.claims):,} claims)")


@consult.command("verify")
@click.argument("file", type=_PATH)
@click.option("--person", type=_PATH, required=True, help="The person's file that it was made from.")
@_DOSSIER
@_CRISIS
@_VISIT
@AS_JSON
def verify_consultation(
    file: Path,
    person: Path,
    dossier: Path | None,
    crisis_text: str | None,
    visit: str | None,
    *,
    as_json: bool,
) -> None:
    """Make the page in FILE again from the same answers, and say in what it differs."""
    from glabella.brief import consulted_again

    text = _read(file)
    with evidence_of(dossier) as (evidence, _):
        of = _consulted(evidence, person, crisis_text, visit)
        tell(file, lambda: consulted_again(text, of), as_json=as_json)


@consult.command("new")
@_DOSSIER
def new_person_file(dossier: Path | None) -> None:
    """Print a file of a person in which every question stands and nothing is known yet."""
    from glabella.dossier import new_person

    with evidence_of(dossier) as (evidence, _):
        click.echo(new_person(evidence, _today()), nl=False)


@consult.command("schema")
@_DOSSIER
def schema_of_person(dossier: Path | None) -> None:
    """Print the JSON Schema of a person's file, as the dossier asks."""
    from glabella.dossier import person_schema

    with evidence_of(dossier) as (evidence, _):
        click.echo(json.dumps(person_schema(evidence), indent=2, ensure_ascii=False))


@consult.command("standards")
@click.argument("dossier", required=False, type=_PATH)
@AS_JSON
def standards_of_aids(dossier: Path | None, *, as_json: bool) -> None:
    """List what IPDAS and NICE ask of a decision aid, and where the pages of DOSSIER answer it.

    Where they do not, it says why. It ends with one where a dossier lacks what an item points to.
    """
    from glabella.brief import Results
    from glabella.brief.standards import answer, answered, counted, standards

    with evidence_of(dossier) as (evidence, _):
        found = answered(Results(evidence))
    missing = any(each.state == "missing" for each in found)
    if as_json:
        rows = [{"id": each.item.id, "standard": each.item.standard, "number": each.item.number,
                 "group": each.item.group, "asks": each.item.asks, "state": each.state, "where": each.where,
                 "missing": each.missing, "because": each.item.because, "note": each.item.note}
                for each in found]  # fmt: skip
        echo_json(rows)
        sys.exit(1 if missing else 0)
    for key, one in standards()[0].items():
        mine = [each for each in found if each.item.standard == key]
        click.echo(f"{one.title}: {counted(mine)}")
        for each in mine:
            number = f" ({each.item.number})" if each.item.number else ""
            click.echo(f"  {each.item.id}{number} {each.item.asks}: {answer(each)}")
    sys.exit(1 if missing else 0)


def _consulted(evidence: Evidence, person: Path, crisis_text: str | None, visit: str | None) -> ForPerson:
    """Read a person and hold the consultation; all that is wrong with what was given is told at once."""
    from glabella.brief import Results, for_person
    from glabella.brief.for_person import crisis_of
    from glabella.dossier import PersonError, read_person

    faults: list[str] = []
    if evidence.consultation is not None:
        try:
            crisis_of(evidence.consultation, crisis_text)
        except ValueError as error:
            faults.append(str(error))
    day = None if visit is None else _day(visit)
    if visit is not None and day is None:
        faults.append(f"--visit: found {visit!r}, expected a day as YEAR-MONTH-DAY")
    try:
        found = read_person(person, evidence, _today())
    except PersonError as error:
        faults.append(str(error))
    else:
        days = [each.date for each in found.visits]
        if day is not None and day not in days:
            known = ", ".join(map(str, days)) or "none, for none stands under visits"
            faults.append(f"--visit: {person.name} has no later visit on {day}; expected one of: {known}")
        if not faults:
            return for_person(Results(evidence), found, crisis_text, day)
    click.echo("\n".join(faults), err=True)
    sys.exit(BAD_INPUT)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said) else None
    except ValueError:
        return None


def _today() -> date:
    return date.today()
