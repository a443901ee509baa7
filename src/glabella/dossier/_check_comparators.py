"""Whether a network of other treatments fits its table and the dossier that it is joined to."""

from __future__ import annotations

from collections.abc import Iterator

from glabella._reading import Path_
from glabella.dossier._comparators import Comparators
from glabella.dossier._faults import Fault
from glabella.dossier._load import Reading
from glabella.dossier._schema import Dossier
from glabella.dossier._table import NetworkTable, check_table

FILE = "comparators.yaml"


def check_comparators(reading: Reading) -> Iterator[Fault]:
    """Check the network against its table, its own treatments and the dossier."""
    comparators = reading.parts.get(FILE)
    if comparators is None:
        return
    table = reading.parts.get(comparators.table.file)
    if table is not None:
        yield from check_table(table, comparators)
        yield from _unused(reading, comparators, table)
    yield from _names(reading, comparators)
    if (dossier := reading.parts.get("dossier.yaml")) is not None:
        yield from _joined(reading, comparators, dossier)


def _fault(reading: Reading, message: str, *path: str | int) -> Fault:
    return Fault(FILE, reading.documents[FILE].line(path), message)


def _unused(reading: Reading, comparators: Comparators, table: NetworkTable) -> Iterator[Fault]:
    sides = ("treat1", "treat2") if table.form == "contrasts" else ("treatment",)
    there = {name for side in sides for name in table.names(side)}
    for name in comparators.treatments:
        if name not in there:
            yield _fault(reading, f"treatment {name!r} is nowhere in {table.file}", "treatments", name)


def _names(reading: Reading, comparators: Comparators) -> Iterator[Fault]:
    """Check that every treatment that is named somewhere is one of the network."""
    joined = comparators.joined
    named: list[tuple[str, Path_]] = [(joined.node, ("joined", "node"))]
    named += [(other.node, ("joined", "or_node", at, "node")) for at, other in enumerate(joined.or_node)]
    named += [(name, ("beside", at)) for at, name in enumerate(comparators.beside)]
    named += [
        (component, ("treatments", name, "components", at))
        for name, treatment in comparators.treatments.items()
        for at, component in enumerate(treatment.components)
    ]
    for name, path in named:
        if name not in comparators.treatments:
            yield _fault(reading, f"no treatment {name!r}; expected a key of treatments", *path)
    if joined.label in comparators.treatments:
        yield _fault(reading, f"{joined.label!r} is a treatment of the network already", "joined", "label")


def _joined(reading: Reading, comparators: Comparators, dossier: Dossier) -> Iterator[Fault]:
    """Check that the analyses through which the dossier is joined speak of the same thing as the network."""
    if comparators.outcome not in dossier.outcomes:
        expected = f"expected one of {sorted(dossier.outcomes)}"
        yield _fault(reading, f"no outcome {comparators.outcome!r}; {expected}", "outcome")
    elif dossier.outcomes[comparators.outcome].better != comparators.better:
        better = dossier.outcomes[comparators.outcome].better
        yield _fault(reading, f"better is {comparators.better}, but dossier.yaml says {better}", "better")
    joined = comparators.joined
    named: list[tuple[str, Path_]] = [(joined.through, ("joined", "through"))]
    named += [
        (other.analysis, ("joined", "or_through", at, "analysis")) for at, other in enumerate(joined.or_through)
    ]
    if comparators.together is not None and comparators.together not in dossier.analyses:
        expected = f"expected one of {sorted(dossier.analyses)}"
        yield _fault(reading, f"no analysis {comparators.together!r}; {expected}", "together")
    for place, (name, path) in enumerate(named):
        if name not in dossier.analyses:
            yield _fault(reading, f"no analysis {name!r}; expected one of {sorted(dossier.analyses)}", *path)
            continue
        analysis = dossier.analyses[name]
        # A standardised difference can be read as a log odds ratio, but only as a second opinion.
        readable = {comparators.measure} | ({"SMD"} if place and comparators.measure == "OR" else set())
        if analysis.measure not in readable:
            expected = f"expected {' or '.join(sorted(readable))}, as in the network"
            yield _fault(reading, f"analysis {name!r} has measure {analysis.measure}; {expected}", *path)
        elif analysis.measure == comparators.measure and analysis.outcome != comparators.outcome:
            message = f"analysis {name!r} is of {analysis.outcome!r}, the network of {comparators.outcome!r}"
            yield _fault(reading, message, *path)
