"""The multiverse of a dossier: every combination of the choices that it declares, pooled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import NamedTuple

import numpy as np

from glabella.dossier import Analysis, Evidence, Option
from glabella.synthesis._contrasts import EffectReader, Reading, Selection, arrays
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
    tests: Sequence[Test] = ("adhoc", "z"),
) -> DeclaredMultiverse:
    """Pool every combination of analyses, the choices that a dossier declares, estimators and intervals.

    A combination is an analysis of its own: which effect a trial gives, and whether a control is shared, depends on
    all of its options together. Effects that many combinations use are computed once. Combinations of fewer than
    three trials are flagged, and Hartung and Knapp's interval is never narrower than the usual one.

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
    made = tuple(_combinations(evidence, analyses))
    reader = EffectReader(evidence)
    found = [reader.read(each.selection, each.reading, each.analysis).effects for each in made]
    # An effect that several combinations use is one object; different readings may still pool alike.
    rows: dict[tuple[str, str, float, float], int] = {}
    row_of: dict[int, int] = {}
    effect_of: dict[int, Effect] = {}
    for effect in chain.from_iterable(found):
        if id(effect) not in row_of:
            row_of[id(effect)] = rows.setdefault(_same(effect), len(rows))
        effect_of[row_of[id(effect)]] = effect
    if not rows:
        raise ValueError("no analysis has an effect, expected one or more")
    keep = np.zeros((len(made), len(rows)), dtype=bool)
    for place, effects in enumerate(found):
        keep[place, [row_of[id(effect)] for effect in effects]] = True
    choices, named = ("trials", *evidence.dossier.choices), [each.names for each in made]
    pooled = tuple(effect_of[row] for row in range(len(rows)))
    multiverse = pool_each(
        *arrays(pooled),
        keep,
        {choice: [each[column] for each in named] for column, choice in enumerate(choices)},
        methods=methods,
        tests=tests,
        study=[f"{effect.study}/{effect.comparison}" for effect in pooled],
        trial=[effect.study for effect in pooled],
    )
    return DeclaredMultiverse(multiverse, pooled)


class _Combination(NamedTuple):
    """An analysis with one option of each choice, and what matters of the analysis that they make."""

    base: Analysis
    taken: tuple[tuple[str, Option, dict[str, object]], ...]
    selection: Selection
    reading: Reading

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the analysis and of the options."""
        return (self.base.label, *(name for name, _, _ in self.taken))

    def analysis(self) -> Analysis:
        """Give the analysis, which most combinations never need."""
        return self.base.choosing(*(option for _, option, _ in self.taken))


def _combinations(evidence: Evidence, analyses: Sequence[Analysis]) -> Iterator[_Combination]:
    """Give every combination of analyses and options."""
    choices = [
        [
            (name, option, {field: getattr(option, field) for field in option.model_fields_set})
            for name, option in options.items()
        ]
        for options in evidence.dossier.choices.values()
    ]
    for base in analyses:
        usual = {field: getattr(base, field) for field in (*Selection._fields, *Reading._fields)}
        for taken in product(*choices):
            values = usual.copy()
            for _, _, otherwise in taken:
                values |= otherwise
            selection = Selection._make(map(values.__getitem__, Selection._fields))
            reading = Reading._make(map(values.__getitem__, Reading._fields))
            yield _Combination(base, taken, selection, reading)


def _same(effect: Effect) -> tuple[str, str, float, float]:
    """Give what two effects share that pool alike."""
    return effect.study, effect.comparison, effect.yi, effect.vi
