"""Ranks: how likely each option is first, second, … and what is left of that when it is summed up in one number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._labels import names as labelled
from glabella.synthesis._numbers import check_whole, numbers
from glabella.synthesis.networks._fit import best_first
from glabella.synthesis.networks._single import Model, matrices

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis.networks._network import Network

Floats = NDArray[np.float64]
SmallValues = Literal["good", "bad"]
#: Draws that are ranked at once; more would only fill the memory.
_BLOCK = 1 << 14
_MOST_DRAWS = 10**9


@dataclass(frozen=True, slots=True)
class Ranks:
    """How likely each treatment takes each rank.

    Attributes
    ----------
    treatments : tuple of str
        In the order of the rows.
    probability : ndarray of shape (n, n)
        Of treatment i to have rank j + 1; the first rank is the best. Rows and columns sum to one.
    draws : int
        Draws that were ranked.
    small_values : {"good", "bad"}
        Whether the smallest effect is the best one or the worst.
    """

    treatments: tuple[str, ...]
    probability: Floats
    draws: int
    small_values: SmallValues

    @property
    def cumulative(self) -> Floats:
        """Probability to have rank j + 1 or a better one."""
        return np.asarray(np.cumsum(self.probability, axis=1))

    @property
    def mean_rank(self) -> Floats:
        """Expected rank; one is the best."""
        # A sum of counts over draws: its last digits are rounding, which would turn halves when it is printed.
        return np.asarray(np.round(self.probability @ np.arange(1.0, len(self.treatments) + 1), 12), dtype=float)

    @property
    def sucra(self) -> Floats:
        """Surface under the cumulative ranking curve: one is certainly first, zero certainly last."""
        n = len(self.treatments)
        return np.asarray((n - self.mean_rank) / (n - 1))

    @property
    def median_rank(self) -> NDArray[np.int_]:
        """The best rank that is reached with probability one half or more."""
        # A sum of shares may miss one half by a rounding error.
        return np.asarray((self.cumulative >= 0.5 - 1e-12).argmax(axis=1) + 1)

    def table(self) -> pl.DataFrame:
        """Give one row a treatment, the best first."""
        import polars as pl

        best = best_first(self.sucra)
        return pl.DataFrame({
            "treatment": [self.treatments[i] for i in best],
            "sucra": self.sucra[best],
            "mean_rank": self.mean_rank[best],
            "median_rank": self.median_rank[best],
            **{f"rank_{j + 1}": self.probability[best, j] for j in range(len(self.treatments))},
        })  # fmt: skip

    def __str__(self) -> str:
        """Print as analysts know it."""
        width = max(len("treatment"), *(len(name) for name in self.treatments))
        lines = [f"Ranks from {self.draws:,} draws; small values are {self.small_values}", "",
                 f"{'treatment':{width}}  SUCRA  P(best)  mean rank"]  # fmt: skip
        lines += [
            f"{self.treatments[i]:{width}} {self.sucra[i]:6.4f} {self.probability[i, 0]:8.4f} "
            f"{self.mean_rank[i]:10.2f}"
            for i in best_first(self.sucra)
        ]
        return "\n".join(lines)


def rank_probabilities(
    draws: ArrayLike, *, treatments: Sequence[str] | None = None, small_values: SmallValues = "good"
) -> Ranks:
    """Rank options within each draw, and count.

    Parameters
    ----------
    draws : array_like of shape (samples, options)
        Effects, on one scale and against one comparator; two options or more.
    treatments : sequence of str, optional
        What the options are called; their numbers from 1 when left out.
    small_values : {"good", "bad"}
        Whether the smallest value is the best one (symptoms) or the worst (response).

    Returns
    -------
    Ranks
        Options that are equal in a draw share the ranks that they take together.

    Raises
    ------
    ValueError
        If there are no draws or fewer than two options, or a draw is not finite.

    References
    ----------
    Salanti G, Ades AE, Ioannidis JPA. J Clin Epidemiol 2011;64:163-171.

    Examples
    --------
    >>> found = rank_probabilities([[1.0, 2.0, 3.0], [2.0, 1.0, 3.0]], treatments=["A", "B", "C"])
    >>> found.probability[0].tolist(), found.sucra.tolist()
    ([0.5, 0.5, 0.0], [0.75, 0.75, 0.0])
    """
    values = numbers(draws, "draws")
    if values.ndim != 2 or values.shape[0] < 1 or values.shape[1] < 2:
        raise ValueError(f"draws has shape {values.shape}, expected (samples, options) with two options or more")
    numbered = range(1, values.shape[1] + 1)
    names = tuple(labelled(numbered if treatments is None else treatments, "treatments"))
    if len(names) != values.shape[1]:
        raise ValueError(f"treatments has {len(names)} names, expected {values.shape[1]}, one an option")
    _known(small_values)
    blocks = (values[start : start + _BLOCK] for start in range(0, len(values), _BLOCK))
    return _counted(blocks, names, small_values)


def network_ranks(
    fit: Network,
    *,
    small_values: SmallValues = "good",
    model: Model = "random",
    draws: int = 100_000,
    seed: int = 1,
) -> Ranks:
    """Rank the treatments of a network by draws from the normal distribution of its effects.

    Unlike a ranking of treatments one by one, draws keep the correlation of effects that share evidence. With more
    and more draws SUCRA becomes the P-score.

    Parameters
    ----------
    fit : Network
        One network, not a batch.
    small_values : {"good", "bad"}
        Whether the smallest effect is the best one or the worst.
    model : {"random", "common"}
        Whose effects and covariance.
    draws : int
        How many; the standard error of a probability is at most 0.5 / sqrt(draws).
    seed : int
        Of the draws: the same one gives the same ranks.
    """
    _known(small_values)
    check_whole(draws, "draws", 1, _MOST_DRAWS)
    check_whole(seed, "seed", 0)
    te, se = matrices(fit, model)
    mean, cov = te[1:, 0], (se[1:, :1] ** 2 + se[:1, 1:] ** 2 - se[1:, 1:] ** 2) / 2
    generator = np.random.default_rng(seed)

    def blocks() -> Iterator[Floats]:
        for start in range(0, draws, _BLOCK):
            size = min(_BLOCK, draws - start)
            # The first treatment is the comparator of all: its own effect is zero.
            drawn = np.zeros((size, len(te)))
            drawn[:, 1:] = generator.multivariate_normal(mean, cov, size, method="cholesky")
            yield drawn

    return _counted(blocks(), fit.treatments, small_values)


def _known(small_values: str) -> None:
    if small_values not in ("good", "bad"):
        raise ValueError(f"unknown small_values {small_values!r}; expected good or bad")


def _counted(blocks: Iterable[Floats], names: tuple[str, ...], small_values: SmallValues) -> Ranks:
    """Count ranks, block by block."""
    n = len(names)
    counts, done = np.zeros((n, n)), 0
    for block in blocks:
        wrong = ~np.isfinite(block)
        if wrong.any():
            row, column = (int(place) for place in np.argwhere(wrong)[0])
            raise ValueError(f"draw {done + row + 1} of {names[column]} is {block[row, column]}, expected a number")
        counts += _ranked(block if small_values == "good" else -block)
        done += len(block)
    return Ranks(names, counts / done, done, small_values)


def _ranked(values: Floats) -> Floats:
    """Count how often each option (row) has each rank (column), the smallest value first."""
    n = values.shape[1]
    order = np.argsort(values, axis=1, kind="stable")
    level = np.take_along_axis(values, order, axis=1)
    tied = (np.diff(level, axis=1) == 0).any(axis=1)
    places = order[~tied] * n + np.arange(n)
    counts = np.bincount(places.ravel(), minlength=n * n).astype(float).reshape(n, n)
    if tied.any():
        some = values[tied]
        first = (some[:, None, :] < some[:, :, None]).sum(axis=2)
        last = first + (some[:, None, :] == some[:, :, None]).sum(axis=2)
        for rank in range(n):
            counts[:, rank] += np.where((first <= rank) & (rank < last), 1 / (last - first), 0.0).sum(axis=0)
    return counts
