"""A network's numbers as a table: read from CSV, and every row checked.

Two forms are known. ``contrasts`` has one row for each pair of arms of a study, all pairs of a study with more
than two: ``study, treat1, treat2, te, se``, the effect of ``treat1`` against ``treat2``, ratios as logarithms.
``arms`` has one row an arm: ``study, treatment`` and either ``events, n`` or ``n, mean, sd``.
Lines that begin with ``#`` before the header are comments. The names ``studlab``, ``treat``, ``TE`` and ``seTE``
are known too.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glabella._reading import UnreadableError, read_bytes, text_of
from glabella.dossier._comparators import Comparators, Form
from glabella.dossier._faults import DossierError, Fault

_COUNTS = ("study", "treatment", "events", "n")
_MEANS = ("study", "treatment", "n", "mean", "sd")
_NAMES = frozenset({"study", "treat1", "treat2", "treatment"})
#: What other programs call the columns.
_ALSO = {"studlab": "study", "treat": "treatment", "TE": "te", "seTE": "se"}
#: What a number must be, by its column.
_RULES: Mapping[str, tuple[Callable[[float], bool], str]] = {
    "te": (math.isfinite, "a finite number"),
    "mean": (math.isfinite, "a finite number"),
    "se": (lambda x: math.isfinite(x) and x > 0, "a finite number above zero"),
    "sd": (lambda x: math.isfinite(x) and x > 0, "a finite number above zero"),
    "n": (lambda x: math.isfinite(x) and x > 0, "a number of people above zero"),
    "events": (lambda x: math.isfinite(x) and x >= 0 and not x % 1, "a whole number of people"),
}


@dataclass(frozen=True, slots=True)
class NetworkTable:
    """The rows of a network, column by column, and the line on which each row stands.

    Attributes
    ----------
    file : str
        Path below the dossier's folder.
    form : str
        ``contrasts`` or ``arms``.
    columns : Mapping[str, tuple]
        Texts for names, floats for numbers, in the order of the file.
    lines : tuple of int
        Line of each row.
    """

    file: str
    form: Form
    columns: Mapping[str, tuple[str, ...] | tuple[float, ...]]
    lines: tuple[int, ...]

    def names(self, column: str) -> tuple[str, ...]:
        """Give a column of names."""
        return tuple(str(value) for value in self.columns[column])

    def numbers(self, column: str) -> tuple[float, ...]:
        """Give a column of numbers."""
        return tuple(float(value) for value in self.columns[column])


def columns_of(form: Form, measure: str) -> tuple[str, ...]:
    """Give the columns that a table of a form must have."""
    if form == "contrasts":
        return ("study", "treat1", "treat2", "te", "se")
    return _COUNTS if measure in ("OR", "RR", "RD") else _MEANS


def read_table(path: Path, file: str, form: Form, measure: str) -> NetworkTable:
    """Read and check a table by itself; ``file`` is the name used in faults.

    Raises
    ------
    DossierError
        With every fault: its line, its column, what was found and what was expected.
    """
    wanted = columns_of(form, measure)
    try:
        text = text_of(read_bytes(path))
    except UnreadableError as error:
        raise DossierError([Fault(file, error.line, error.problem)]) from None
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if start is None:
        raise DossierError([Fault(file, 0, f"the table is empty, expected columns {', '.join(wanted)}")])
    written = (name.strip() for name in lines[start].split(","))
    header = tuple(_ALSO.get(name, name) for name in written)
    if header != wanted:
        found = ", ".join(header)
        raise DossierError([Fault(file, start + 1, f"found columns {found}; expected {', '.join(wanted)}")])
    reader = csv.reader(lines[start + 1 :])
    faults: list[Fault] = []
    rows: list[tuple[str | float, ...]] = []
    at: list[int] = []
    for cells in _rows(reader, file, start + 1):
        line = start + 1 + reader.line_num
        if cells:
            row, wrong = _row(file, line, wanted, cells)
            faults += wrong
            if not wrong:
                rows.append(row)
                at.append(line)
    if not rows and not faults:
        faults.append(Fault(file, start + 1, "no row below the header, expected at least one"))
    if faults:
        raise DossierError(faults)
    columns = {name: tuple(row[place] for row in rows) for place, name in enumerate(wanted)}
    table = NetworkTable(file, form, columns, tuple(at))  # type: ignore[arg-type]
    if faults := list(_studies(table)):
        raise DossierError(faults)
    return table


def _rows(reader: Any, file: str, above: int) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise DossierError([Fault(file, above + reader.line_num, f"cannot be read as CSV: {error}")]) from None


def _row(
    file: str, line: int, wanted: tuple[str, ...], cells: list[str]
) -> tuple[tuple[str | float, ...], list[Fault]]:
    if len(cells) != len(wanted):
        return (), [Fault(file, line, f"{len(cells)} values, expected {len(wanted)}: {', '.join(wanted)}")]
    values: list[str | float] = []
    faults: list[Fault] = []
    for name, cell in zip(wanted, (cell.strip() for cell in cells), strict=True):
        if name in _NAMES:
            values.append(cell)
            if not cell:
                faults.append(Fault(file, line, f"{name} is empty, expected a name"))
            continue
        holds, expected = _RULES[name]
        try:
            number = float(cell)
        except ValueError:
            number = math.nan
        values.append(number)
        if not holds(number):
            faults.append(Fault(file, line, f"{name} is {cell!r}, expected {expected}"))
    told = dict(zip(wanted, values, strict=True))
    if not faults and "events" in told and float(told["events"]) > float(told["n"]):
        faults.append(Fault(file, line, f"events {told['events']:g} > n {told['n']:g}: more events than people"))
    return tuple(values), faults


def _studies(table: NetworkTable) -> Iterator[Fault]:
    """Check the rows of each study against each other."""
    studies = table.names("study")
    first = dict(zip(reversed(studies), reversed(table.lines), strict=True))
    if table.form == "arms":
        for study, size in Counter(studies).items():
            if size < 2:
                yield Fault(table.file, first[study], f"study {study!r} has one arm only, expected two or more")
        return
    pairs: dict[str, set[frozenset[str]]] = {}
    rows_of = Counter(studies)
    rows = zip(studies, table.names("treat1"), table.names("treat2"), table.lines, strict=True)
    for study, one, other, line in rows:
        if one == other:
            yield Fault(table.file, line, f"study {study!r} compares {one!r} with itself")
        pair = frozenset((one, other))
        if pair in pairs.setdefault(study, set()):
            yield Fault(table.file, line, f"study {study!r} compares {one!r} with {other!r} twice")
        pairs[study].add(pair)
    for study, found in pairs.items():
        arms = len(frozenset().union(*found))
        if len(found) != arms * (arms - 1) // 2:
            message = f"study {study!r} has {arms} treatments in {rows_of[study]} rows"
            yield Fault(table.file, first[study], f"{message}, expected all {arms * (arms - 1) // 2} pairs")


def check_table(table: NetworkTable, comparators: Comparators) -> Iterator[Fault]:
    """Check a table against the treatments that ``comparators.yaml`` declares."""
    sides = ("treat1", "treat2") if table.form == "contrasts" else ("treatment",)
    for side in sides:
        for name, line in zip(table.names(side), table.lines, strict=True):
            if name not in comparators.treatments:
                expected = "expected a key of treatments in comparators.yaml"
                yield Fault(table.file, line, f"{side} is {name!r}; {expected}")
