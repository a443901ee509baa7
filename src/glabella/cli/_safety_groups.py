"""``glabella safety groups``: what has a name of its own when reports are counted, with a line each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from glabella.cli._faults import said
from glabella.cli._files import BAD_INPUT
from glabella.cli._json import AS_JSON, echo_json

if TYPE_CHECKING:
    from glabella.safety import Lists

#: Which lists a command counts with.
DOSSIER = click.option(
    "--dossier",
    metavar="DOSSIER",
    help="Cohorts, groups, drug names and caveats of this dossier (folder or name; a folder of lists alone; none "
    "for the general ones). When not given: those that the store was given, or else those of the shipped dossier.",
)


@click.command("groups")
@click.argument("store", required=False, type=click.Path(path_type=Path, file_okay=False))
@DOSSIER
@AS_JSON
def groups_command(store: Path | None, dossier: str | None, *, as_json: bool) -> None:
    """List the cohorts, and the groups of events, indications and drugs, that the other commands take by name.

    With STORE those that it counts with.
    """
    from glabella.cli import _safety_shown as shown
    from glabella.safety import load_lists
    from glabella.safety.store import store_lists

    try:
        lists = load_lists(dossier) if store is None else store_lists(store, dossier=dossier)
        parts = list(_parts(lists, load_lists("none")))
    except (ValueError, OSError) as error:
        click.echo(said(error), err=True)
        sys.exit(BAD_INPUT)
    if as_json:
        echo_json([
            {"title": title, "of": unit, "lists": [row._asdict() for row in rows]} for title, unit, rows in parts
        ])  # fmt: skip
        return
    console = shown.console()
    why = "" if dossier else ", which this store counts with" if store else ", the shipped dossier"
    console.print(shown.plain(f"{str(lists)[0].upper()}{str(lists)[1:]}{why}"), style="bold")
    for title, unit, rows in parts:
        if rows:
            console.print(f"\n{title}", style="bold")
        width = max((len(row.name) for row in rows), default=0)
        for row in rows:
            line = f"{row.name:<{width}}  {row.of:<7}  {row.size:>2} {unit}{'s' * (row.size != 1)}  {row.what}"
            console.print(shown.plain(line), no_wrap=True, overflow="ellipsis")


class _Row(NamedTuple):
    """A list: its name, how much is in it, whose it is, and what it is."""

    name: str
    size: int
    of: str
    what: str


def _parts(lists: Lists, general: Lists) -> Iterator[tuple[str, str, list[_Row]]]:
    """Give each kind of list: a title, what such a list holds, and the lists."""
    from glabella.safety.cohort import load_spec

    declared = {name: load_spec(name, lists) for name in lists.cohorts}
    yield (
        "Cohorts, for: glabella safety cohort STORE NAME",
        "arm",
        [_Row(name, len(spec.arms), "dossier", spec.title) for name, spec in declared.items()],
    )
    for title, own, shared in (
        ("Events, for --event and cohorts", lists.event_groups, general.event_groups),
        ("Indications, for cohorts", lists.indication_groups, general.indication_groups),
    ):
        yield (
            title,
            "term",
            [
                _Row(name, len(group.terms), "general" if shared.get(name) == group else "dossier", group.title)
                for name, group in own.items()
            ],
        )
    yield (
        "Drugs, for --drug and cohorts",
        "drug",
        [
            _Row(name, len(drugs), _whose(drugs, general.drug_groups.get(name)), ", ".join(drugs).lower())
            for name, drugs in sorted(lists.drug_groups.items())
        ],
    )


def _whose(drugs: tuple[str, ...], shared: tuple[str, ...] | None) -> str:
    """Say whose a group of drugs is, to which a dossier may have added some."""
    if shared is None:
        return "dossier"
    return "general" if shared == drugs else "both"
