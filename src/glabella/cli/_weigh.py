"""``glabella weigh``: options of any problem of benefit and harm, weighed by what people value."""

from __future__ import annotations

import sys
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from glabella.cli._articles import _said
from glabella.cli._documents import WriteFirst, _content, _read, named_after, put, tell
from glabella.cli._files import BAD_INPUT
from glabella.cli._json import AS_JSON, echo_json

if TYPE_CHECKING:
    from glabella.brief.written import Form
    from glabella.decision.weighing import Weighed
    from glabella.dossier import ProblemFile

_PATH = click.Path(path_type=Path)
#: What of a result is read from the file, and what is a row for every draw.
_NOT_PRINTED = frozenset({"problem", "per_draw"})


@click.group(cls=WriteFirst)
def weigh() -> None:
    """Weigh options (``weigh PROBLEM.yaml``): what people would choose who put one thing first, and how sure."""


@weigh.command("write")
@click.argument("file", metavar="PROBLEM", type=_PATH)
@click.option("--to", "folder", type=_PATH, default=Path(), help="Folder to write to.")
@click.option("--format", "form", type=click.Choice(("html", "md", "json")), default="html", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print every number as JSON, and write nothing.")
def write_weighed(file: Path, folder: Path, form: str, *, as_json: bool) -> None:
    """Weigh the options in PROBLEM, a YAML file of criteria, options and what was said of what matters.

    Nothing is ranked where data are missing, where two criteria are of one family, or where a range is reversed:
    all such faults are listed at once. `glabella dossier schema problem` prints what the file may say.
    """
    problem = _problem(file)
    try:
        if as_json:
            from glabella.decision.weighing import weigh as weighed

            echo_json(_fields(weighed(problem.problem)))
            return
        from glabella.brief import weighed_document

        made = weighed_document(problem)
    except ValueError as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(BAD_INPUT)
    target = folder / named_after(file, "weighed", form)
    put({target: _content(made, cast("Form", form), None)})
    for line in _said(made):
        click.echo(line)
    click.echo(f"written: {target}")


@weigh.command("verify")
@click.argument("file", type=_PATH)
@click.option("--problem", type=_PATH, required=True, help="The problem that was weighed.")
@AS_JSON
def verify_weighed(file: Path, problem: Path, *, as_json: bool) -> None:
    """Weigh the problem again, and say in what the document in FILE differs."""
    from glabella.brief import weighed_again

    text, read = _read(file), _problem(problem)
    tell(file, lambda: weighed_again(text, read), as_json=as_json)


def _problem(file: Path) -> ProblemFile:
    from glabella.dossier import DossierError, load_problem

    try:
        return load_problem(file)
    except DossierError as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)


def _fields(found: Weighed) -> dict[str, Any]:
    """Give every number of a result; arrays are in the order of criteria, and of options or those that enter."""
    from glabella.cli._tables import plain

    def fields(part: Any) -> Any:
        if not is_dataclass(part):
            return plain(part)
        names = (field.name for field in dataclass_fields(part) if field.name not in _NOT_PRINTED)
        return {name: fields(getattr(part, name)) for name in names}

    made: dict[str, Any] = fields(found)
    made["entering"] = [found.options[option] for option in found.entering]
    made["doubted"] = {found.options[option]: fields(each) for option, each in found.doubted.items()}
    made["planes"] = {found.options[option]: fields(each) for option, each in found.planes.items()}
    if found.information is not None:
        made["information"] |= {
            "says": found.information.says,
            "counted": [found.criteria[place] for place in found.information.counted],
            "arms": [found.options[found.entering[place]] for place in found.information.arms],
        }
    if found.ranking is not None:
        each = zip(found.criteria, found.ranking.first, strict=True)
        made["ranking"]["first"] = {key: fields(it) for key, it in each}
    return made
