"""Commands. Exit codes: zero fine, one a finding (a claim moved), two bad usage or bad input.

Heavy libraries load inside the command that needs them, so that ``--help`` is quick.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from glabella._version import __version__
from glabella.cli._app import app_command
from glabella.cli._articles import check, claims_command
from glabella.cli._bayes import bayes_command
from glabella.cli._consult import consult
from glabella.cli._documents import brief, evidence_of, report
from glabella.cli._faults import Careful
from glabella.cli._files import BAD_INPUT
from glabella.cli._json import AS_JSON, echo_json
from glabella.cli._mechanism import mechanism
from glabella.cli._network import network_command
from glabella.cli._pool import pool_command
from glabella.cli._safety import safety
from glabella.cli._weigh import weigh

KINDS = ("dossier", "study", "products", "claims", "reports", "comparators", "priors", "summary", "frames",
         "consultation", "parameters", "observations", "links", "explanations", "questions", "course", "words",
         "fit", "problem")  # fmt: skip


@click.group(cls=Careful, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="glabella")
def main() -> None:
    """From a dossier of published evidence to a brief in which every number is traceable."""
    # Matrices here are small and threads are ours: more of them inside the matrix library only get in the way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@main.group()
def dossier() -> None:
    """Check, start and describe dossiers."""


@dossier.command("check")
@click.argument("path", type=click.Path(path_type=Path))
@AS_JSON
def dossier_check(path: Path, *, as_json: bool) -> None:
    """List all faults of the dossier in PATH, each with file, line and what was expected.

    Of a dossier that is sound so far, verdicts, brief and report are made, which takes seconds, to find typed
    verdicts that their rules do not come to, and intervals that would stand beside others of the same analysis
    without a reason. What is no fault and should be known is listed too: values from memory, references that nobody
    can look up.
    """
    from glabella.dossier import check, notes
    from glabella.safety import check_lists

    faults = check(path)
    if (path / "dossier.yaml").is_file():
        faults += check_lists(path)
    said = [str(fault) for fault in faults] or _disagreements(path)
    if as_json:
        beside = [] if said else [str(note) for note in notes(path)]
        echo_json({"path": str(path), "faults": said, "notes": beside})
        sys.exit(BAD_INPUT if said else 0)
    for each in said:
        click.echo(each, err=True)
    if said:
        click.echo(f"{len(said)} fault{'s' if len(said) > 1 else ''} listed of {path}", err=True)
        sys.exit(BAD_INPUT)
    for note in notes(path):
        click.echo(f"note: {note}")
    click.echo(f"no faults in {path}")


def _disagreements(path: Path) -> list[str]:
    """Name what a sound dossier's own results disagree with.

    Typed verdicts that their rules do not come to, and intervals that its documents would state beside others
    without a reason.
    """
    from glabella.brief import Results, document
    from glabella.brief.agreement import contradictions
    from glabella.brief.claims import misfits_of_verdicts
    from glabella.dossier import load

    results = Results(load(path))
    found = [str(fault) for fault in misfits_of_verdicts(results)]
    for kind in ("brief", "report"):
        try:
            found += [f"{kind}: {each}" for each in contradictions(document(results, kind))]
        except ValueError:
            # What keeps a document from being made is said where one is asked for.
            continue
    return found


@dossier.command("todo")
@click.argument("path", required=False, metavar="[DOSSIER]", type=click.Path(path_type=Path))
@AS_JSON
def dossier_todo(path: Path | None, *, as_json: bool) -> None:
    """List what is missing in DOSSIER, and where it should stand, what could move most first.

    Of the shipped dossier when left out.
    """
    from glabella.cli._todo import as_records, lines

    with evidence_of(path) as (evidence, _):
        from glabella.decision.to_extract import to_extract

        missing = to_extract(evidence)
        if as_json:
            echo_json(as_records(missing))
            return
        for line in lines(missing):
            click.echo(line)


@dossier.command("new")
@click.argument("path", type=click.Path(path_type=Path))
def dossier_new(path: Path) -> None:
    """Write a commented starter dossier into the new folder PATH."""
    from glabella.dossier import write_starter

    try:
        write_starter(path)
    except OSError as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    click.echo(f"wrote {path}; edit it, then: glabella dossier check {path}")


@dossier.command("migrate")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--to", type=click.Path(path_type=Path), help="New folder to write to (default: change PATH itself).")
@AS_JSON
def dossier_migrate(path: Path, to: Path | None, *, as_json: bool) -> None:
    """Bring the dossier in PATH along to today's version of the format; comments stay."""
    from glabella.dossier import check, migrate

    try:
        done = migrate(path, to)
    except (OSError, ValueError) as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    faults = check(done.folder)
    if as_json:
        echo_json({"path": str(done.folder), "changes": list(done.changes), "faults": [str(it) for it in faults]})
        return
    for change in done.changes:
        click.echo(change)
    for fault in faults:
        click.echo(str(fault), err=True)
    left = f"; {len(faults)} fault{'s' if len(faults) > 1 else ''} to mend" if faults else ", without faults"
    click.echo(f"{done.folder} is of today's version{left}")


@dossier.command("schema")
@click.argument("kind", type=click.Choice(KINDS))
def dossier_schema(kind: str) -> None:
    """Print the JSON Schema of one KIND of file; problem is the one that glabella weigh reads."""
    from glabella.dossier import json_schema

    click.echo(json.dumps(json_schema(kind), indent=2, ensure_ascii=False))


main.add_command(app_command)
main.add_command(check)
main.add_command(claims_command)
main.add_command(bayes_command)
main.add_command(brief)
main.add_command(consult)
main.add_command(report)
main.add_command(mechanism)
main.add_command(network_command)
main.add_command(pool_command)
main.add_command(safety)
main.add_command(weigh)
