"""Every fault of a dossier's lists: files that cannot be read, and names that stand for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from glabella._reading import read_yaml
from glabella.dossier import Fault, Reports, list_folder
from glabella.safety.cohort import CohortSpec, load_spec
from glabella.safety.store import Lists, load_lists
from glabella.safety.synthetic import real_names

#: The dossier's own questions to a store of reports.
_ASK = "reports.yaml"


def check_lists(dossier: Path | str) -> list[Fault]:
    """List the faults of the lists of a dossier; none where they are sound, or where it has none.

    Parameters
    ----------
    dossier : Path or str
        As for :func:`glabella.safety.load_lists`.

    Returns
    -------
    list of Fault
        Of files that are wrong in themselves the first; else every cohort that is wrong, and every name that stands
        for nothing.

    Examples
    --------
    >>> check_lists("none")
    []
    """
    try:
        found = list_folder(dossier)
    except ValueError as error:
        return [Fault(str(dossier), 0, str(error))]
    # What is asked of a store is a dossier's, also where it has no lists of its own.
    above = Path(dossier) if found.folder is None else found.folder.parent
    faults = [*_raised(lambda: load_lists(dossier), above), *_raised(lambda: real_names(dossier), above)]
    if faults:
        return faults
    lists = load_lists(dossier)
    for name, file in lists.cohorts.items():
        faults += _of_cohort(name, file, lists, above)
    return [*faults, *_of_question(above / _ASK, lists)]


def _raised(read: Callable[[], object], above: Path) -> Iterator[Fault]:
    """Give what a reading raises, with files named from the folder above the lists."""
    try:
        read()
    except ValueError as error:
        # "FILE, row 2: what is wrong", or without a place in the file.
        where, _, message = str(error).removeprefix(f"{above}/").partition(": ")
        file, comma, place = where.partition(", ")
        yield Fault(file, 0, f"{place}: {message}" if comma else message)


def _of_cohort(name: str, file: Path, lists: Lists, above: Path) -> Iterator[Fault]:
    raised = list(_raised(lambda: load_spec(file, lists), above))
    if raised:
        yield from raised
        return
    spec, where = load_spec(file, lists), file.relative_to(above).as_posix()
    if spec.id != name:
        yield Fault(where, 0, f"id {spec.id!r}, expected the file's name {name!r}")
    for field, names, groups in _names(spec, lists):
        yield from _no_groups(where, field, names, groups)


def _names(spec: CohortSpec, lists: Lists) -> Iterator[tuple[str, Iterable[str], Mapping[str, object]]]:
    """Give the fields of a cohort that may name groups, and the groups that they may name."""
    events = spec.events
    yield "exposed", spec.exposed, lists.drug_groups
    yield "exclude.drugs", spec.exclude.drugs, lists.drug_groups
    yield "exclude.indications", spec.exclude.indications, lists.indication_groups
    yield "events", (events.primary, *events.also), lists.event_groups
    yield "events", (*events.negative_controls, *events.complaints), lists.event_groups
    for arm in spec.arms:
        yield f"arms.{arm.id}.indications", arm.indications, lists.indication_groups
        if not isinstance(arm.comparators, str):
            yield f"arms.{arm.id}.comparators", arm.comparators, lists.drug_groups


def _no_groups(file: str, field: str, names: Iterable[str], groups: Mapping[str, object]) -> Iterator[Fault]:
    """Name what can be nothing but a group, for no term or drug has an underscore, and is none."""
    folded = {group.casefold() for group in groups}
    for one in names:
        if "_" in one and one.casefold() not in folded:
            yield Fault(file, 0, f"{field}: {one!r} is no group, expected one of {', '.join(sorted(groups))}")


def _of_question(file: Path, lists: Lists) -> Iterator[Fault]:
    """Look whether what the dossier asks of a store is there; a file that is wrong is the dossier's fault."""
    try:
        asked = Reports.model_validate(read_yaml(file)).ask
    except (OSError, ValidationError, ValueError):
        return
    if asked is None:
        return
    for field, names, groups in (
        ("ask.drug", (asked.drug,), lists.drug_groups),
        ("ask.events", asked.events, lists.event_groups),
    ):
        yield from _no_groups(file.name, field, names, groups)
    if asked.cohort not in lists.cohorts and not Path(asked.cohort).is_file():
        there = ", ".join(lists.cohorts) or "none"
        yield Fault(file.name, 0, f"ask.cohort: {asked.cohort!r} is no cohort of the dossier; it has {there}")
