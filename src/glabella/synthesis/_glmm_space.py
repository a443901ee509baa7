"""How the parameters of a mixed model act on each study: which are shared, which are its own, which are random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._glmm_studies import Studies

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Space:
    """How the parameters of all studies act on each.

    ``index`` of shape (k, q) picks a study's parameters; the first of them multiply the columns of ``fixed``,
    of shape (k, groups, ·), the last the columns of ``random``, as standard deviations of normal effects.
    """

    index: NDArray[np.intp]
    fixed: Floats
    random: Floats
    start: Floats
    effect: int
    deviations: tuple[int, ...]


def one_effect(studies: Studies) -> Space:
    k = len(studies.y)
    ones = np.ones((k, 1, 1))
    start = np.array([_start_effect(studies), 0.3])
    return Space(np.tile([0, 1], (k, 1)), ones, ones, start, 0, (1,))


def fixed_intercepts(studies: Studies) -> Space:
    k = len(studies.y)
    contrast = np.broadcast_to(studies.contrast[None, :, None], (k, 2, 1))
    index = np.column_stack([np.arange(k), np.full(k, k), np.full(k, k + 1)])
    fixed = np.concatenate([np.ones((k, 2, 1)), contrast], axis=2)
    start = np.append(studies.intercepts, [_start_effect(studies), 0.3])
    return Space(index, fixed, contrast, start, k, (k + 1,))


def random_intercepts(studies: Studies) -> Space:
    k = len(studies.y)
    contrast = np.broadcast_to(studies.contrast[None, :, None], (k, 2, 1))
    both = np.concatenate([np.ones((k, 2, 1)), contrast], axis=2)
    spread = max(float(np.std(studies.intercepts)), 0.1)
    start = np.array([studies.intercepts.mean(), _start_effect(studies), spread, 0.3])
    return Space(np.tile(np.arange(4), (k, 1)), both, both, start, 1, (2, 3))


def _start_effect(studies: Studies) -> float:
    return float(np.median(studies.effects))
