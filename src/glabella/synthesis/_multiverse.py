"""Every defensible analysis at once: all combinations of the choices that an analyst had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._pool import Method, Test, pool

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

TWICE = "a study is counted twice"
ALONE = "fewer than two effects"


@dataclass(frozen=True, slots=True)
class Multiverse:
    """All specifications; arrays of shape (specifications,).

    Attributes
    ----------
    choices : dict of str to tuple of str
        For each choice the option that each specification takes.
    estimate, ci_low, ci_high, p_value, tau2, i2 : ndarray
        As pooled; NaN where it could not be.
    k : ndarray
        Effects pooled.
    reason : ndarray of str
        Empty, or why a specification could not be analysed.
    repeated : int
        Combinations left out because they pool the same effects in the same way as another.
    null : float
        The value of no effect.
    """

    choices: dict[str, tuple[str, ...]]
    estimate: Floats
    ci_low: Floats
    ci_high: Floats
    p_value: Floats
    tau2: Floats
    i2: Floats
    k: NDArray[np.int_]
    reason: NDArray[np.object_]
    repeated: int
    null: float

    @property
    def analysed(self) -> int:
        """Specifications with an interval."""
        return int(np.isfinite(self.ci_low).sum())

    @property
    def excluding(self) -> int:
        """Specifications whose interval excludes no effect."""
        return int(((self.ci_low > self.null) | (self.ci_high < self.null)).sum())

    def table(self) -> pl.DataFrame:
        """Give one row a specification."""
        import polars as pl

        names = ("k", "estimate", "ci_low", "ci_high", "p_value", "tau2", "i2")
        numbers = {name: getattr(self, name) for name in names}
        return pl.DataFrame({**self.choices, **numbers, "reason": self.reason.tolist()})

    def __str__(self) -> str:
        """Print how many specifications exclude no effect."""
        low, high = (np.nanmin(self.estimate), np.nanmax(self.estimate)) if self.analysed else (np.nan, np.nan)
        return (
            f"{len(self.k)} specifications, {self.analysed} analysed; in {self.excluding} the interval "
            f"excludes no effect; estimates {low:.4f} to {high:.4f}"
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
        All effects that any specification may use: other outcomes, weeks, doses, derivations, each its own row.
    choices : mapping of str to mapping of str to array_like of bool
        For each choice its options, and for each option the rows that it allows. A specification takes one option
        of each choice and pools the rows that all of them allow.
    methods, tests : sequence of str
        Estimators and tests to combine with the choices.
    study : array_like of shape (rows,), optional
        The study, or the comparison, that a row belongs to. A specification that holds one twice is flagged.
    level, null : float
        Of the intervals; the value of no effect.

    Returns
    -------
    Multiverse
        One entry a specification; those that cannot be analysed say why. Combinations that allow the same rows
        are one specification, under the first of their names.

    Raises
    ------
    ValueError
        If a mask's length differs, or a choice has no option.

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
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.ndim != 1 or y.shape != v.shape:
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (rows,)")
    masks: dict[str, dict[str, NDArray[np.bool_]]] = {}
    for choice, options in choices.items():
        if not options:
            raise ValueError(f"choice {choice!r} has no option")
        masks[choice] = {name: np.asarray(mask, dtype=bool) for name, mask in options.items()}
        for name, mask in masks[choice].items():
            if mask.shape != y.shape:
                raise ValueError(f"choice {choice!r}, option {name!r}: {mask.shape} flags, expected {y.shape}")
    taken = list(product(*(options for options in masks.values())))
    keep = np.ones((len(taken), len(y)), dtype=bool)
    for column, options in enumerate(masks.values()):
        keep &= np.stack([options[each[column]] for each in taken])
    # Options may come to the same effects; counting those twice would lend them weight.
    first = np.sort(np.unique(keep, axis=0, return_index=True)[1])
    repeated = len(taken) - len(first)
    keep, taken = keep[first], [taken[place] for place in first]
    twice = np.zeros(len(taken), dtype=bool)
    if study is not None:
        ids = np.unique(np.asarray(study), return_inverse=True)[1]
        counts = keep.astype(int) @ (ids[:, None] == np.arange(ids.max() + 1)).astype(int)
        twice = (counts > 1).any(axis=1)
    ys, vs = np.where(keep, y, np.nan), np.where(keep, v, np.nan)
    lost = twice | (keep.sum(axis=1) < 2)
    ways = list(product(methods, tests))
    fits = [pool(ys, vs, method=method, test=test, level=level) for method, test in ways]

    def joined(name: str) -> Floats:
        values = np.concatenate([getattr(fit, name) for fit in fits])
        return np.where(np.tile(lost, len(ways)), np.nan, values)

    reason = np.concatenate([fit.reason for fit in fits])
    reason[np.tile(lost, len(ways))] = ALONE
    reason[np.tile(twice, len(ways))] = TWICE
    columns = {choice: tuple(each[i] for each in taken) * len(ways) for i, choice in enumerate(masks)}
    columns["method"] = tuple(method for method, _ in ways for _ in taken)
    columns["test"] = tuple(test for _, test in ways for _ in taken)
    return Multiverse(
        choices=columns,
        **{name: joined(name) for name in ("estimate", "ci_low", "ci_high", "p_value", "tau2", "i2")},
        k=np.concatenate([fit.k for fit in fits]),
        reason=reason,
        repeated=repeated * len(ways),
        null=null,
    )
