"""Labels of rows as numbers: of clusters, nested clusters and outcomes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int_]


def codes(labels: ArrayLike, name: str, k: int) -> Ints:
    """Give labels numbers, from zero in order of appearance.

    Raises
    ------
    ValueError
        If there are not ``k`` of them or one is missing.
    """
    listed = _labels(labels, name, k)
    order: dict[Hashable, int] = {}
    return np.array([order.setdefault(label, len(order)) for label in listed], dtype=int)


def outcome_codes(outcome: ArrayLike, k: int) -> tuple[Ints, tuple[str, ...]]:
    """Give outcomes numbers in the order of their sorted labels."""
    listed = _labels(outcome, "outcome", k)
    order = {label: j for j, label in enumerate(sorted(set(listed)))}
    if len(order) < 2:
        raise ValueError(f"outcome is {listed[0]!r} in every row, expected two or more outcomes")
    return np.array([order[label] for label in listed], dtype=int), tuple(str(label) for label in order)


def nested_codes(clusters: Mapping[str, ArrayLike], k: int) -> dict[str, Ints]:
    """Give the groups of each cluster numbers, each within the clusters before it."""
    if not clusters:
        raise ValueError("clusters is empty, expected one or more, such as {'study': labels}")
    layers: dict[str, Ints] = {}
    above = np.zeros(k, dtype=int)
    for name, labels in clusters.items():
        own = codes(labels, f"cluster {name!r}", k)
        above = np.unique(above * k + own, return_inverse=True)[1].reshape(k)
        layers[name] = above
        if above.max() == 0:
            raise ValueError(f"cluster {name!r} has one group, expected two or more: its variance cannot be found")
    return layers


def _labels(labels: ArrayLike, name: str, k: int) -> list[Any]:
    listed = np.asarray(labels)
    if listed.shape != (k,):
        raise ValueError(f"{name} has shape {listed.shape}, expected ({k},) as there are {k} effects")
    plain: list[Any] = listed.tolist()
    for row, label in enumerate(plain):
        # NaN is the only label that differs from itself.
        if label is None or label != label:
            raise ValueError(f"{name} is {label} in row {row + 1}, expected a label")
    return plain
