"""The shape of a network: which study compares what, checked once, as arrays that everything else computes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._labels import names, refuse_alike

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: Errors name so many studies, treatments or contrasts, then say how many more there are.
_NAMED = 8


@dataclass(frozen=True, slots=True)
class MultiArm:
    """All studies of one number of arms above two, so that they are worked on together.

    Attributes
    ----------
    studies : ndarray of shape (s,)
        The studies.
    arms : ndarray of shape (s, n)
        Treatments of their arms, in order.
    rows : ndarray of shape (s, n(n-1)/2)
        Their contrasts, in the order of ``first`` and ``second``.
    sign : ndarray of shape (s, n(n-1)/2)
        1 where a contrast was given as first arm versus second, else -1.
    first, second : ndarray of shape (n(n-1)/2,)
        Positions of the two arms of each pair.
    """

    studies: Ints
    arms: Ints
    rows: Ints
    sign: Floats
    first: Ints
    second: Ints

    @property
    def n(self) -> int:
        """Arms of each study."""
        return int(self.arms.shape[1])


@dataclass(frozen=True)
class Structure:
    """Contrasts of a connected network, as indices.

    Attributes
    ----------
    treatments : tuple of str
        Sorted.
    studies : tuple of str
        In the order in which they were given.
    study, a, b : ndarray of shape (m,)
        Each contrast's study, and its treatments: ``a`` versus ``b``.
    member : ndarray of bool, shape (n_studies, n_treatments)
        Which study has which treatment.
    design : ndarray of shape (n_studies,)
        Each study's design.
    design_arms : tuple of tuple of int
        Treatments of each design.
    multi_arm : tuple of MultiArm
        Studies with more than two arms, by their number.
    """

    treatments: tuple[str, ...]
    studies: tuple[str, ...]
    study: Ints
    a: Ints
    b: Ints
    member: NDArray[np.bool_]
    design: Ints
    design_arms: tuple[tuple[int, ...], ...]
    multi_arm: tuple[MultiArm, ...]

    @property
    def n(self) -> int:
        """Treatments."""
        return len(self.treatments)

    @property
    def m(self) -> int:
        """Contrasts."""
        return len(self.study)

    @cached_property
    def n_arms(self) -> Ints:
        """Arms of each study."""
        return np.asarray(self.member.sum(axis=1))

    @cached_property
    def two_arm(self) -> Ints:
        """Contrasts of the studies with two arms."""
        return np.flatnonzero(self.n_arms[self.study] == 2)

    @cached_property
    def arms(self) -> tuple[tuple[int, ...], ...]:
        """Treatments of each study's arms, in order."""
        return tuple(self.design_arms[each] for each in self.design)

    @cached_property
    def designs(self) -> tuple[str, ...]:
        """Each design's treatments, joined by a colon."""
        return tuple(":".join(self.treatments[arm] for arm in arms) for arms in self.design_arms)

    @cached_property
    def incidence(self) -> Floats:
        """One row a contrast, 1 at ``a`` and -1 at ``b``."""
        found = np.zeros((self.m, self.n))
        row = np.arange(self.m)
        found[row, self.a], found[row, self.b] = 1.0, -1.0
        return found

    @cached_property
    def edges(self) -> Ints:
        """Pairs of treatments that any study compares directly, in order, of shape (e, 2)."""
        return np.stack(np.divmod(self._cells[0], self.n), axis=1)

    @property
    def edge(self) -> Ints:
        """Each contrast's edge."""
        return self._cells[1]

    @cached_property
    def edge_sums(self) -> Floats:
        """One row a contrast, one column an edge: 1 where they meet."""
        found = np.zeros((self.m, len(self.edges)))
        found[np.arange(self.m), self.edge] = 1.0
        return found

    @cached_property
    def _cells(self) -> tuple[Ints, Ints]:
        cell, edge = np.unique(
            np.minimum(self.a, self.b) * self.n + np.maximum(self.a, self.b), return_inverse=True
        )
        return cell, edge

    @cached_property
    def first_row(self) -> Ints:
        """First contrast of each study."""
        return np.unique(self.study, return_index=True)[1]

    def index(self, treatment: Any) -> int:
        """Position of a treatment, whose name is read as those of the contrasts were.

        Raises
        ------
        ValueError
            If the network does not have it.
        """
        return place_of(treatment, self.treatments, "treatment")


def structure(studlab: ArrayLike, treat1: ArrayLike, treat2: ArrayLike) -> Structure:
    """Check the contrasts of a network and turn them into indices.

    Parameters
    ----------
    studlab, treat1, treat2 : array_like of shape (m,)
        Study of each contrast, and the two treatments it compares. A study with n arms gives all its n(n-1)/2
        contrasts.

    Raises
    ------
    ValueError
        If nothing is given, lengths differ, a name is missing, names differ only in case or spaces, a study
        compares a treatment with itself, gives a contrast twice or leaves one out, or if the network falls into
        parts.
    """
    study, a, b, studies, treatments = _indices(studlab, treat1, treat2)
    _same_treatment(study, a, b, studies, treatments)
    member = np.zeros((len(studies), len(treatments)), dtype=bool)
    member[study, a] = member[study, b] = True
    _complete(study, a, b, member, studies, treatments)
    parts = components(_linked(a, b, len(treatments)))
    if parts.max() > 0:
        groups = (
            _list([treatments[at] for at in np.flatnonzero(parts == part)]) for part in range(parts.max() + 1)
        )
        named = "; ".join(f"part {place + 1}: {names}" for place, names in enumerate(groups))
        raise ValueError(f"the network falls into {parts.max() + 1} parts that no study connects, expected one "
                         f"({named}); `subnetworks` gives each part's studies")  # fmt: skip
    # Designs by their treatments, in order of the first treatment, then the second and so on.
    there = np.nonzero(member)[1].tolist()
    ends = np.cumsum(member.sum(axis=1)).tolist()
    arms = [tuple(there[start:end]) for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    design_arms = tuple(sorted(set(arms)))
    place = {each: at for at, each in enumerate(design_arms)}
    design = np.array([place[each] for each in arms], dtype=np.intp)
    return Structure(treatments, studies, study, a, b, member, design, design_arms, _multi_arm(study, a, b, member))


@dataclass(frozen=True, slots=True)
class Subnetwork:
    """A part of a network that no study connects with the rest."""

    treatments: tuple[str, ...]
    studies: tuple[str, ...]
    rows: Ints


def subnetworks(studlab: ArrayLike, treat1: ArrayLike, treat2: ArrayLike) -> tuple[Subnetwork, ...]:
    """List the parts into which a network falls; one part if it is connected.

    Parameters
    ----------
    studlab, treat1, treat2 : array_like of shape (m,)
        Study of each contrast, and the two treatments it compares.

    Returns
    -------
    tuple of Subnetwork
        The largest first; each with its treatments, its studies and the rows of its contrasts.

    Raises
    ------
    ValueError
        If nothing is given, lengths differ, a name is missing, names differ only in case or spaces, or a study
        compares a treatment with itself.

    Examples
    --------
    >>> [part.treatments for part in subnetworks(["1", "2", "3"], ["a", "b", "x"], ["b", "c", "y"])]
    [('a', 'b', 'c'), ('x', 'y')]
    """
    study, a, b, studies, treatments = _indices(studlab, treat1, treat2)
    _same_treatment(study, a, b, studies, treatments)
    part = components(_linked(a, b, len(treatments)))
    found = []
    for each in range(part.max() + 1):
        rows = np.flatnonzero(part[a] == each)
        own = dict.fromkeys(study[rows].tolist())
        found.append(Subnetwork(tuple(treatments[at] for at in np.flatnonzero(part == each)),
                                tuple(studies[at] for at in own), rows))  # fmt: skip
    return tuple(sorted(found, key=lambda one: -len(one.treatments)))


def reachable(linked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which node is reached from which, for one graph or a batch of them of shape (batch, n, n)."""
    n = linked.shape[-1]
    found = (linked | np.eye(n, dtype=bool)).astype(np.float32)
    # Each squaring doubles the length of the paths that are followed.
    for _ in range(max(1, int(np.ceil(np.log2(max(n, 2)))))):
        found = np.minimum(found @ found, np.float32(1))
    return np.asarray(found > 0)


def components(linked: NDArray[np.bool_]) -> Ints:
    """Give each node the number of its connected part, in the order of their first nodes."""
    first = reachable(linked).argmax(axis=1)
    return np.asarray(np.unique(first, return_inverse=True)[1], dtype=np.intp)


def place_of(treatment: Any, treatments: Sequence[str], name: str) -> int:
    """Position of a treatment, whose name is read as those of the treatments were.

    Raises
    ------
    ValueError
        If they do not have it.
    """
    wanted = treatment if isinstance(treatment, str) or treatment is None else "".join(names([treatment], name))
    if not isinstance(wanted, str) or wanted not in treatments:
        raise ValueError(f"{name} {treatment!r} is not in the network; it has {_list(treatments)}")
    return treatments.index(wanted)


def _linked(a: Ints, b: Ints, n: int) -> NDArray[np.bool_]:
    found = np.zeros((n, n), dtype=bool)
    found[a, b] = found[b, a] = True
    return found


def _indices(
    studlab: ArrayLike, treat1: ArrayLike, treat2: ArrayLike
) -> tuple[Ints, Ints, Ints, tuple[str, ...], tuple[str, ...]]:
    """Names to indices: studies as they come, treatments sorted."""
    label, one, two = names(studlab, "studlab"), names(treat1, "treat1"), names(treat2, "treat2")
    if not len(label) == len(one) == len(two):
        raise ValueError(f"studlab has {len(label)} rows, treat1 {len(one)} and treat2 {len(two)}, "
                         "expected one a contrast")  # fmt: skip
    if not label:
        raise ValueError("nothing to analyse: no contrast was given")
    studies = {name: place for place, name in enumerate(dict.fromkeys(label))}
    treatments = {name: place for place, name in enumerate(sorted({*one, *two}))}
    refuse_alike(treatments, "treatments")
    refuse_alike(studies, "studies")
    indices = (
        np.fromiter((known[name] for name in each), np.intp, len(each))
        for known, each in ((studies, label), (treatments, one), (treatments, two))
    )
    return (*indices, tuple(studies), tuple(treatments))  # type: ignore[return-value]


def _same_treatment(study: Ints, a: Ints, b: Ints, studies: Sequence[str], treatments: Sequence[str]) -> None:
    wrong = np.flatnonzero(a == b)
    if wrong.size:
        named = _list([f"study {studies[study[row]]!r}: {treatments[a[row]]!r}" for row in wrong])
        raise ValueError(f"a treatment is compared with itself ({named}), expected two different treatments")


def _complete(
    study: Ints, a: Ints, b: Ints, member: NDArray[np.bool_], studies: Sequence[str], treatments: Sequence[str]
) -> None:
    """Every study gives each pair of its arms, once."""
    n = len(treatments)
    key = (study * n + np.minimum(a, b)) * n + np.maximum(a, b)
    unique, times = np.unique(key, return_counts=True)
    if len(unique) < len(key):
        named = _list([f"study {studies[at // n // n]!r}: {treatments[at // n % n]!r} and {treatments[at % n]!r}"
                       for at in unique[times > 1].tolist()])  # fmt: skip
        raise ValueError(f"the same two treatments are compared more than once in a study ({named}), "
                         "expected one contrast for each pair of arms")  # fmt: skip
    arms = member.sum(axis=1)
    short = np.flatnonzero(np.bincount(study, minlength=len(studies)) < arms * (arms - 1) // 2)
    if short.size:
        missing = []
        there = set(unique.tolist())
        for each in short.tolist():
            own = np.flatnonzero(member[each]).tolist()
            missing += [f"study {studies[each]!r}: {treatments[i]!r} and {treatments[j]!r}"
                        for place, i in enumerate(own) for j in own[place + 1:]
                        if (each * n + i) * n + j not in there]  # fmt: skip
        raise ValueError(f"a contrast is missing ({_list(missing)}), expected all n(n-1)/2 contrasts of a study "
                         "with n arms; one that is not printed follows from two that share an arm: its effect is "
                         "their difference, its squared standard error the sum of theirs less twice that arm's "
                         "variance")  # fmt: skip


def _multi_arm(study: Ints, a: Ints, b: Ints, member: NDArray[np.bool_]) -> tuple[MultiArm, ...]:
    """Group the studies of more than two arms by their number."""
    arms = member.sum(axis=1)
    position = np.cumsum(member, axis=1) - 1
    found = []
    for n in sorted(set(arms[arms > 2].tolist())):
        studies = np.flatnonzero(arms == n)
        first, second = np.triu_indices(n, 1)
        pair = np.zeros((n, n), dtype=np.intp)
        pair[first, second] = np.arange(len(first))
        place = np.full(len(arms), -1)
        place[studies] = np.arange(len(studies))
        row = np.flatnonzero(place[study] >= 0)
        i, j = position[study[row], a[row]], position[study[row], b[row]]
        at = place[study[row]], pair[np.minimum(i, j), np.maximum(i, j)]
        rows = np.empty((len(studies), len(first)), dtype=np.intp)
        sign = np.empty(rows.shape)
        rows[at], sign[at] = row, np.where(i < j, 1.0, -1.0)
        own = np.nonzero(member[studies])[1].reshape(len(studies), n)
        found.append(MultiArm(studies, own, rows, sign, first, second))
    return tuple(found)


def _list(names: Sequence[str]) -> str:
    """Names in a row, the first few of many."""
    shown = ", ".join(str(name) for name in names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"
