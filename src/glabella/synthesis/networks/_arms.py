"""Arms of studies, one row an arm: which there are, what they may hold, and what they cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._labels import names, refuse_alike
from glabella.synthesis._numbers import HUGE, MANY, numbers

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

NO_EVENT = "no event in any arm"
ONLY_EVENTS = "the event in everybody of every arm"

#: What has a finite value where the odds, risks or rates of one treatment are zero.
_INSTEAD = {
    "OR": "a difference (RD) or Peto's odds ratio (network_peto)", "RR": "a difference (RD)",
    "IRR": "a difference (IRD)",
}  # fmt: skip


class Dropped(NamedTuple):
    """What a study could not contribute: some of its arms, or all, and why."""

    study: str
    treatments: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Arms:
    """Who was compared with whom, a row an arm, the arms of a study in one block.

    Attributes
    ----------
    studies, treatments : tuple of str
        Studies in the order of their first row, treatments in alphabetical order.
    study, treat : ndarray of shape (rows,)
        Places in these.
    order : ndarray of shape (rows,)
        Where each row was in the data.
    """

    studies: tuple[str, ...]
    treatments: tuple[str, ...]
    study: Ints
    treat: Ints
    order: Ints

    def total(self, values: Floats) -> Floats:
        """Sum over the arms of each study."""
        return np.bincount(self.study, values, minlength=len(self.studies)).astype(float)

    def any(self, rows: Bools) -> Bools:
        """Tell for each study whether it holds for some arm."""
        return self.total(rows.astype(float)) > 0

    def all(self, rows: Bools) -> Bools:
        """Tell for each study whether it holds for every arm."""
        return ~self.any(~rows)

    def pairs(self) -> tuple[Ints, Ints]:
        """Give the rows of all pairs of arms of one study, study by study."""
        widest = int(np.bincount(self.study).max(initial=0))
        found = [
            np.flatnonzero(self.study[apart:] == self.study[:-apart]) + np.array([[0], [apart]])
            for apart in range(1, widest)
        ]
        first, second = np.concatenate(found, axis=1) if found else np.empty((2, 0), dtype=np.intp)
        order = np.lexsort((second, first))
        return first[order], second[order]

    def where(self, row: int) -> str:
        """Name a row in words."""
        return f"study {self.studies[self.study[row]]!r}, treatment {self.treatments[self.treat[row]]!r}"

    def refuse(self, wrong: Bools, values: Floats, name: str, expected: str) -> None:
        """Name the first arm whose value cannot be."""
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise ValueError(f"{name} is {values[row]:g} in {self.where(row)}; expected {expected}")


def arms(studlab: ArrayLike, treat: ArrayLike) -> Arms:
    """Take who was compared with whom.

    Raises
    ------
    ValueError
        If lengths differ, nothing is given, a label is missing, labels differ only in case or spaces, a treatment
        is named twice in a study, or a study has one arm.
    """
    labels = [np.array(names(given, name)) for given, name in ((studlab, "studlab"), (treat, "treat"))]
    if labels[0].shape != labels[1].shape:
        raise ValueError(f"studlab has shape {labels[0].shape} and treat {labels[1].shape}, expected one length")
    if not labels[0].size:
        raise ValueError("no arm was given, expected two or more a study")
    studies, first, study = np.unique(labels[0], return_index=True, return_inverse=True)
    refuse_alike(studies.tolist(), "studies")
    rank = np.argsort(np.argsort(first))
    treatments, place = np.unique(labels[1], return_inverse=True)
    refuse_alike(treatments.tolist(), "treatments")
    order = np.argsort(rank[study], kind="stable")
    found = Arms(tuple(studies[np.argsort(first)].tolist()), tuple(treatments.tolist()),
                 rank[study][order], place[order], order)  # fmt: skip
    _, counts = np.unique(found.study * len(treatments) + found.treat, return_counts=True)
    if (counts > 1).any():
        _, where, counts = np.unique(found.study * len(treatments) + found.treat, return_index=True,
                                     return_counts=True)  # fmt: skip
        raise ValueError(f"{found.where(int(where[counts > 1].min()))} is given more than once; "
                         "expected one row for each treatment of a study")  # fmt: skip
    alone = np.bincount(found.study) == 1
    if alone.any():
        raise ValueError(
            f"study {found.studies[int(np.flatnonzero(alone)[0])]!r} has one arm, expected two or more"
        )
    return found


def column(found: Arms, values: ArrayLike, name: str) -> Floats:
    """Take a column of numbers, one an arm, in the order of the arms."""
    array = np.atleast_1d(numbers(values, name))
    if array.shape != found.order.shape:
        raise ValueError(f"{name} has shape {array.shape}, expected ({found.order.size},) as studlab and treat")
    array = array[found.order]
    found.refuse(~np.isfinite(array), array, name, "a finite number")
    found.refuse(np.abs(array) > HUGE, array, name, f"a number up to {HUGE:.0e}")
    return array


def counts(found: Arms, events: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Take people with and without the event."""
    with_event, people = column(found, events, "events"), column(found, n, "n")
    found.refuse(with_event < 0, with_event, "events", "0 or more")
    parts = (with_event > 0) & (with_event < 1 / MANY)
    found.refuse(parts, with_event, "events", f"0, or {1 / MANY:.0e} or more")
    found.refuse(people < 1, people, "n", "1 or more")
    found.refuse(people > MANY, people, "n", f"at most {MANY:.0e}")
    found.refuse(with_event > people, with_event, "events", "at most n")
    return with_event, people - with_event


def refuse_extreme(found: Arms, empty: Bools, what: str, measure: str) -> None:
    """Refuse a treatment whose arms are all empty: its ratio is infinite, or not defined at all."""
    never = np.bincount(found.treat, ~empty, minlength=len(found.treatments)) == 0
    if never.any():
        place = int(np.flatnonzero(never)[0])
        where = ", ".join(repr(found.studies[study]) for study in found.study[found.treat == place])
        raise ValueError(
            f"treatment {found.treatments[place]!r} has {what} in all its studies ({where}): {measure} against it "
            f"is infinite or not defined; expected that treatment left out, or {_INSTEAD[measure]} asked for"
        )


def dropped_text(dropped: tuple[Dropped, ...]) -> list[str]:
    """Write the lines that say what was dropped, one a reason."""
    reasons: dict[str, list[str]] = {}
    for study, _, reason in dropped:
        reasons.setdefault(reason, []).append(study)
    return [f"dropped, {reason}: {', '.join(studies)}" for reason, studies in reasons.items()]
