"""The multiverse of a dossier: every combination of the choices that it declares, pooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from glabella.dossier import Analysis, Evidence
from glabella.synthesis._contrasts import arrays, contrasts_of_each
from glabella.synthesis._effect import Effect
from glabella.synthesis._multiverse import Multiverse, pool_each
from glabella.synthesis._pool import Method, Test


@dataclass(frozen=True, slots=True)
class DeclaredMultiverse:
    """Every combination of a dossier's choices.

    Attributes
    ----------
    found : Multiverse
        The specifications.
    effects : tuple of Effect
        Every effect that one of them uses.
    """

    found: Multiverse
    effects: tuple[Effect, ...]


def multiverse_of(
    evidence: Evidence,
    analyses: Sequence[Analysis],
    *,
    methods: Sequence[Method] = ("REML", "DL", "PM", "common"),
    tests: Sequence[Test] = ("knha", "z"),
) -> DeclaredMultiverse:
    """Pool every combination of analyses, the choices that a dossier declares, estimators and intervals.

    A combination is an analysis of its own: which effect a trial gives, and whether a control is shared, depends on
    all of its options together. Effects that many combinations use are computed once.

    Parameters
    ----------
    evidence : Evidence
        The dossier as read; its ``choices`` are made in every combination.
    analyses : sequence of Analysis
        Those of one outcome and measure: which trials are pooled is the choice ``trials``.
    methods, tests : sequence of str
        Estimators and tests to combine with the choices, as in :func:`pool`.

    Returns
    -------
    DeclaredMultiverse

    Raises
    ------
    ValueError
        If there is no analysis, or none has an effect.

    Examples
    --------
    >>> from glabella.dossier import load
    >>> evidence = load()
    >>> declared = evidence.dossier.analyses
    >>> every = multiverse_of(evidence, [declared["scores_all"], declared["scores_small"]], methods=["REML"])
    >>> list(every.found.options)[:3]
    ['trials', 'dose', 'outcome']
    """
    choices = evidence.dossier.choices
    made = list(product(analyses, product(*(options.items() for options in choices.values()))))
    each = contrasts_of_each(evidence, [first.choosing(*(option for _, option in rest)) for first, rest in made])
    rows = {_same(effect): effect for found in each for effect in found.effects}
    if not rows:
        raise ValueError("no analysis has an effect, expected one or more")
    row_of = {same: row for row, same in enumerate(rows)}
    keep = np.zeros((len(made), len(rows)), dtype=bool)
    for place, found in enumerate(each):
        keep[place, [row_of[_same(effect)] for effect in found.effects]] = True
    effects = tuple(rows.values())
    taken = {"trials": [first.label for first, _ in made]}
    taken |= {choice: [rest[column][0] for _, rest in made] for column, choice in enumerate(choices)}
    pooled = pool_each(
        *arrays(effects),
        keep,
        taken,
        methods=methods,
        tests=tests,
        study=[f"{effect.study}/{effect.comparison}" for effect in effects],
    )
    return DeclaredMultiverse(pooled, effects)


def _same(effect: Effect) -> tuple[str, str, float, float]:
    """Give what two effects share that pool alike."""
    return effect.study, effect.comparison, effect.yi, effect.vi
