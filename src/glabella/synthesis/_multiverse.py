"""Every defensible analysis at once: all combinations of the choices that an analyst had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._labels import check_list, codes, flags
from glabella.synthesis._numbers import number, numbers
from glabella.synthesis._pool import Method, Test, pool

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

TWICE = "a study is counted twice"
ALONE = "fewer than two effects"
FEW = "fewer than three trials"


@dataclass(frozen=True, slots=True)
class Multiverse:
    """All specifications; arrays of shape (specifications,).

    Attributes
    ----------
    choices : dict of str to tuple of str
        For each choice the option that each specification takes; the first one where several come to the same.
    options : dict of str to dict of str to ndarray of bool
        For each choice its options, and for each option the specifications that can be reached by it.
    estimate, ci_low, ci_high, p_value, tau2, i2 : ndarray
        As pooled; NaN where it could not be.
    k : ndarray
        Effects pooled.
    reason : ndarray of str
        Empty, or why a specification could not be analysed.
    times : ndarray of int
        Combinations that come to each specification, because they pool the same effects in the same way.
    null : float
        The value of no difference.
    """

    choices: dict[str, tuple[str, ...]]
    options: dict[str, dict[str, NDArray[np.bool_]]]
    estimate: Floats
    ci_low: Floats
    ci_high: Floats
    p_value: Floats
    tau2: Floats
    i2: Floats
    k: NDArray[np.int_]
    reason: NDArray[np.object_]
    times: NDArray[np.int_]
    null: float

    @property
    def analysed(self) -> int:
        """Specifications with an interval."""
        return int(np.isfinite(self.ci_low).sum())

    @property
    def repeated(self) -> int:
        """Combinations left out because they pool the same effects in the same way as another."""
        return int(self.times.sum()) - len(self.times)

    @property
    def excluding(self) -> int:
        """Specifications whose interval excludes ``null``."""
        return int(((self.ci_low > self.null) | (self.ci_high < self.null)).sum())

    def table(self) -> pl.DataFrame:
        """Give one row a specification."""
        import polars as pl

        names = ("k", "estimate", "ci_low", "ci_high", "p_value", "tau2", "i2")
        numbers = {name: getattr(self, name) for name in names}
        return pl.DataFrame({**self.choices, **numbers, "reason": self.reason.tolist()})

    def __str__(self) -> str:
        """Print how many specifications exclude the null."""
        low, high = (np.nanmin(self.estimate), np.nanmax(self.estimate)) if self.analysed else (np.nan, np.nan)
        return (
            f"{len(self.k)} specifications, {self.analysed} analysed; in {self.excluding} the interval "
            f"excludes {'zero' if self.null == 0 else f'{self.null:g}'}; estimates {low:.4f} to {high:.4f}"
        )


def multiverse(
    yi: ArrayLike,
    vi: ArrayLike,
    choices: Mapping[str, Mapping[str, ArrayLike]],
    *,
    methods: Sequence[Method] = ("REML",),
    tests: Sequence[Test] = ("knha",),
    study: ArrayLike | None = None,
    level: float = 0.95,
    null: float = 0.0,
) -> Multiverse:
    """Pool every combination of choices.

    Parameters
    ----------
    yi, vi : array_like of shape (rows,)
        All effects that any specification may use: other outcomes, times, doses, derivations, each its own row.
    choices : mapping of str to mapping of str to array_like of bool
        For each choice its options, and for each option the rows that it allows. A specification takes one option
        of each choice and pools the rows that all of them allow.
    methods, tests : sequence of str
        Estimators and tests to combine with the choices.
    study : array_like of shape (rows,), optional
        The study, or the comparison, that a row belongs to. A specification that holds one twice is flagged.
    level, null : float
        Of the intervals; the value of no difference.

    Returns
    -------
    Multiverse
        One entry a specification; those that cannot be analysed say why. Combinations that allow the same rows
        are one specification, under the first of their names.

    Raises
    ------
    ValueError
        If a mask's length differs or it holds anything but true and false, 1 and 0; a choice has no option; or a
        study is missing.

    References
    ----------
    Steegen S et al. Perspect Psychol Sci 2016;11:702-712. Voracek M et al. Z Psychol 2019;227:64-82.

    Examples
    --------
    >>> found = multiverse([0.5, 0.4, 0.8, 0.1], [0.04, 0.05, 0.09, 0.02],
    ...                    {"trials": {"all": [1, 1, 1, 1], "small": [1, 1, 1, 0]}}, methods=["REML", "DL"])
    >>> len(found.k), found.excluding
    (4, 2)
    """
    y, v = numbers(yi, "yi"), numbers(vi, "vi")
    if y.ndim != 1 or y.shape != v.shape:
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (rows,)")
    _check_mapping(choices)
    for choice, options in choices.items():
        if not isinstance(options, Mapping):
            raise ValueError(f"choice {choice!r} is {options!r}, expected a mapping of its options to rows")
    masks: dict[str, dict[str, NDArray[np.bool_]]] = {}
    for choice, options in choices.items():
        if not options:
            raise ValueError(f"choice {choice!r} has no option")
        masks[choice] = {name: flags(mask, f"choice {choice!r}, option {name!r}") for name, mask in options.items()}
        for name, mask in masks[choice].items():
            if mask.shape != y.shape:
                raise ValueError(f"choice {choice!r}, option {name!r}: {mask.shape} flags, expected {y.shape}")
    taken = list(product(*(options for options in masks.values())))
    keep = np.ones((len(taken), len(y)), dtype=bool)
    for column, options in enumerate(masks.values()):
        keep &= np.stack([options[each[column]] for each in taken])
    chosen = {choice: [each[column] for each in taken] for column, choice in enumerate(masks)}
    return pool_each(y, v, keep, chosen, methods=methods, tests=tests, study=study, level=level, null=null)


def pool_each(
    yi: ArrayLike,
    vi: ArrayLike,
    keep: ArrayLike,
    choices: Mapping[str, Sequence[str]],
    *,
    methods: Sequence[Method] = ("REML",),
    tests: Sequence[Test] = ("knha",),
    study: ArrayLike | None = None,
    trial: ArrayLike | None = None,
    level: float = 0.95,
    null: float = 0.0,
) -> Multiverse:
    """Pool given combinations of choices, where what one choice allows depends on the others.

    Parameters
    ----------
    yi, vi : array_like of shape (rows,)
        All effects that any combination may use.
    keep : array_like of bool, shape (combinations, rows)
        The rows that each combination pools.
    choices : mapping of str to sequence of str
        For each choice the option that each combination takes.
    methods, tests, study, level, null
        As in :func:`multiverse`.
    trial : array_like of shape (rows,), optional
        The trial that a row is of. A combination of fewer than three trials is flagged: it cannot be pooled without
        a prior (:func:`pool_trials`).

    Returns
    -------
    Multiverse
        As :func:`multiverse` gives it.

    Raises
    ------
    ValueError
        If shapes or lengths differ.
    """
    y, v, kept = numbers(yi, "yi"), numbers(vi, "vi"), flags(keep, "keep")
    if kept.ndim != 2 or y.shape != v.shape or y.shape != kept.shape[1:]:
        raise ValueError(f"yi has shape {y.shape}, vi {v.shape} and keep {kept.shape}, "
                         "expected (rows,), (rows,) and (combinations, rows)")  # fmt: skip
    _check_mapping(choices)
    number(null, "null")
    for name, asked in (("methods", methods), ("tests", tests)):
        check_list(asked, name)
    for choice, each in choices.items():
        if isinstance(each, str) or not isinstance(each, Sequence):
            raise ValueError(f"choice {choice!r} is {each!r}, expected a list of an option for each combination")
        if len(each) != len(kept):
            raise ValueError(f"choice {choice!r} has {len(each)} entries, expected {len(kept)}")
    # Options may come to the same effects; counting those twice would lend them weight.
    _, first, belongs = np.unique(kept, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    belongs = np.argsort(order)[belongs.ravel()]
    kept = kept[first[order]]
    sets = len(kept)
    twice = np.zeros(sets, dtype=bool)
    if study is not None:
        ids = codes(study, "study", len(y))
        counts = kept.astype(int) @ (ids[:, None] == np.arange(ids.max() + 1)).astype(int)
        twice = (counts > 1).any(axis=1)
    few = np.zeros(sets, dtype=bool)
    if trial is not None:
        ids = codes(trial, "trial", len(y))
        few = ((kept.astype(int) @ (ids[:, None] == np.arange(ids.max() + 1)).astype(int)) > 0).sum(axis=1) < 3
    ys, vs = np.where(kept, y, np.nan), np.where(kept, v, np.nan)
    alone = kept.sum(axis=1) < 2
    lost = twice | few | alone
    ways = list(product(methods, tests))
    fits = [pool(ys, vs, method=method, test=test, level=level) for method, test in ways]

    def joined(name: str) -> Floats:
        values = np.concatenate([getattr(fit, name) for fit in fits])
        return np.where(np.tile(lost, len(ways)), np.nan, values)

    reason = np.concatenate([fit.reason for fit in fits])
    reason[np.tile(few, len(ways))] = FEW
    reason[np.tile(alone, len(ways))] = ALONE
    reason[np.tile(twice, len(ways))] = TWICE
    taken = {choice: tuple(each[i] for i in first[order]) * len(ways) for choice, each in choices.items()}
    options = {choice: {option: np.tile(sets_of, len(ways)) for option, sets_of in _reached(each, belongs).items()}
               for choice, each in choices.items()}  # fmt: skip
    for place, (choice, known) in enumerate((("method", methods), ("test", tests))):
        taken[choice] = tuple(way[place] for way in ways for _ in range(sets))
        options[choice] = {option: np.array([each == option for each in taken[choice]]) for option in known}
    return Multiverse(
        choices=taken,
        options=options,
        **{name: joined(name) for name in ("estimate", "ci_low", "ci_high", "p_value", "tau2", "i2")},
        k=np.concatenate([fit.k for fit in fits]),
        reason=reason,
        times=np.tile(np.bincount(belongs, minlength=sets), len(ways)),
        null=null,
    )


def _check_mapping(choices: object) -> None:
    if not isinstance(choices, Mapping):
        raise ValueError(f"choices is {choices!r}, expected a mapping of choices to options")


def _reached(taken: Sequence[str], belongs: NDArray[np.intp]) -> dict[str, NDArray[np.bool_]]:
    """Tell for each option of one choice which sets of effects it leads to."""
    found = {option: np.zeros(belongs.max() + 1, dtype=bool) for option in dict.fromkeys(taken)}
    for option, place in zip(taken, belongs.tolist(), strict=True):
        found[option][place] = True
    return found
