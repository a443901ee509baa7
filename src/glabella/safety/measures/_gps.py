"""DuMouchel's gamma-Poisson shrinker: a prior fitted to all pairs, and EBGM with its bounds for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.safety.measures._columns import broadcast, complain, frame, whole
from glabella.safety.measures._gamma_mixture import posterior_scores
from glabella.safety.measures._prior_fit import OPENEBGM_STARTS, STARTS, Prior, Start, search
from glabella.safety.measures._prior_likelihood import Convention, Points, points
from glabella.safety.measures._squash import FEW, OPENEBGM, Squash, squash_all, squash_by_width, zero_cells

if TYPE_CHECKING:
    import polars

Floats = NDArray[np.float64]
Margins = tuple[ArrayLike, ArrayLike] | tuple[ArrayLike, ArrayLike, ArrayLike]

_CONVENTIONS = ("all", "mixture", "component")


@dataclass(frozen=True, slots=True)
class GPS:
    """A prior of the ratio of reported to expected: ``p`` of a gamma distribution, the rest of another.

    Attributes
    ----------
    alpha1, beta1, alpha2, beta2, p : float
        Shape and rate of the component of the larger mean, of the other, and the weight of the former.
    convention : str
        How cells never seen were dealt with, as :func:`fit_gps` describes, or ``"given"``.
    converged : bool
        Whether the best end of all starts is a maximum inside.
    at_boundary : bool
        Whether the likelihood has no such maximum: a parameter ran to the edge of what was searched, or the two
        components cannot be told apart. Such a prior says nothing of the data.
    log_likelihood : float
        At the prior, of the points fitted. NaN for a prior given.
    starts : tuple of Start
        Every search with where it ended and the likelihood there.
    pairs, zero_cells, points : int
        Pairs with a report that were fitted, cells without one that were counted, and the weighted points that
        stood for them.
    """

    alpha1: float
    beta1: float
    alpha2: float
    beta2: float
    p: float
    convention: Convention | Literal["given"]
    converged: bool
    at_boundary: bool
    log_likelihood: float
    starts: tuple[Start, ...]
    pairs: int
    zero_cells: int
    points: int

    @classmethod
    def given(cls, alpha1: float, beta1: float, alpha2: float, beta2: float, p: float) -> GPS:
        """Take a prior from elsewhere, to score with it.

        Raises
        ------
        ValueError
            If a shape or rate is not above zero and finite, or ``p`` is not between zero and one.
        """
        prior = _checked_prior("prior", (alpha1, beta1, alpha2, beta2, p))
        return cls(
            *prior,
            convention="given",
            converged=True,
            at_boundary=False,
            log_likelihood=float("nan"),
            starts=(),
            pairs=0,
            zero_cells=0,
            points=0,
        )

    def score(self, n: ArrayLike, expected: ArrayLike, *, unconverged: bool = False) -> polars.DataFrame:
        """Score pairs by their posterior.

        Parameters
        ----------
        n : array of whole numbers
            Reports of each pair; zero is allowed.
        expected : array
            Expected reports, above zero where ``n`` is.
        unconverged : bool
            Score even where the prior is on the boundary or not a maximum. Such figures are not to be reported.

        Returns
        -------
        polars.DataFrame
            ``ebgm``, the exponential of the posterior mean of the log ratio, and ``eb05`` and ``eb95``, the 5 %
            and 95 % quantiles of the posterior, accurate to 1e-8; one row per pair.

        Raises
        ------
        ValueError
            If the prior is no maximum inside and ``unconverged`` is not set, or a count or an expected count is
            not possible; names the row.

        Notes
        -----
        The posterior weight of the first component rests on the untruncated mixture in every convention: this
        is what openEBGM does too.

        ``eb05`` is a posterior quantile under a prior fitted to the same table: "above 1" or "2 or more" has no
        level of a test. On tables without signals there is often no prior to fit; with events that some drugs
        cannot have, the prior takes the holes for low ratios (``docs/test-levels.md``, simulated).
        """
        if not (self.converged or unconverged):
            raise ValueError(self._refusal())
        counts, means = _checked_pairs(n, expected)
        ebgm, eb05, eb95 = posterior_scores(self.prior, counts, means)
        return frame({"ebgm": ebgm, "eb05": eb05, "eb95": eb95})

    @property
    def prior(self) -> Prior:
        """The five parameters in order."""
        return self.alpha1, self.beta1, self.alpha2, self.beta2, self.p

    def table(self) -> polars.DataFrame:
        """Give one row per start: where it began and ended, the likelihood, and whether that is a maximum."""
        import polars

        names = ("alpha1", "beta1", "alpha2", "beta2", "p")
        rows = []
        for one in self.starts:
            row = {f"start_{name}": value for name, value in zip(names, one.start, strict=True)}
            row |= dict(zip(names, one.end, strict=True))
            row |= {name: value for name, value in asdict(one).items() if name not in ("start", "end")}
            rows.append(row)
        return polars.DataFrame(rows)

    def _refusal(self) -> str:
        where = ", ".join(f"{value:.4g}" for value in self.prior)
        why = "lies on the boundary of the parameter space" if self.at_boundary else "is not a maximum"
        return (
            f"prior ({where}) {why}: the likelihood (convention {self.convention!r}) has no maximum inside that "
            "the starts lead to, so no score rests on the data; fit with zeros='all', or pass unconverged=True"
        )


def fit_gps(
    n: ArrayLike,
    expected: ArrayLike,
    *,
    zeros: Convention = "all",
    margins: Margins | None = None,
    squash: bool | Sequence[tuple[int, int, int]] = True,
    starts: Sequence[Prior] | None = None,
) -> GPS:
    """Fit the prior of the gamma-Poisson shrinker by maximum likelihood.

    Three models go by the name of EBGM, and they give different figures:

    ``"all"``
        All cells of the drug by event table, those never seen counted as zeros (DuMouchel 1999; PhViD and
        open-altio by default). The one that is well posed on large databases.
    ``"mixture"``
        Only pairs seen; the mixture as a whole is conditioned on a count of at least one (vigipy; PhViD's
        truncated option). On real reports it may have no maximum inside.
    ``"component"``
        Only pairs seen; each component is conditioned separately (openEBGM). Flat, with several maxima: the
        starts decide, and those of openEBGM's documentation are used.

    Parameters
    ----------
    n : array of whole numbers
        Reports of each pair.
    expected : array
        Expected reports; zero only where ``n`` is zero, and such cells say nothing.
    zeros : str
        One of the above.
    margins : tuple of array, optional
        For ``"all"``: reports of every drug, reports of every event, and all reports, on the definition
        ``expected`` rests on. Cells never seen are then worked out and need not be listed; zero counts in ``n``
        are left out, being among them. For expected counts summed over strata give arrays of shape (strata, drugs),
        (strata, events) and (strata,). Two arrays of equal sums are the margins of pair counts, whose sum is the
        total. Without margins ``n`` must be the full table with its zeros.
    squash : bool or sequence of (count, bin size, points kept)
        Whether points stand for several pairs (DuMouchel and Pregibon 2001). ``True``: more than 20,000 pairs are
        put into bins by count and log expected count, fifty to a factor of ten, and so are cells worked out
        from margins; the prior moves by about 1e-4 of its value. For ``"component"`` openEBGM's documented
        squashing comes first. ``False``: every pair and every different product of margins is a point. A sequence
        squashes pairs as openEBGM does: those of one count in bins of equal numbers, but for the largest expected
        counts.
    starts : sequence of (alpha1, beta1, alpha2, beta2, p), optional
        Where to search from, instead of the convention's own.

    Returns
    -------
    GPS
        The best end of all starts; an end inside goes before one on the boundary only by its likelihood.

    Raises
    ------
    ValueError
        If a count or expected count is not possible, ``zeros="all"`` has neither margins nor zero cells, the
        margins cannot give ``expected``, or no pair has a report; names the column and row.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> expected = rng.uniform(0.1, 5, 20_000)
    >>> ratio = np.where(rng.uniform(size=20_000) < 0.1, rng.gamma(2, 4, 20_000), rng.gamma(4, 0.25, 20_000))
    >>> fit = fit_gps(rng.poisson(expected * ratio), expected)
    >>> fit.converged, round(fit.p, 1)
    (True, 0.1)
    """
    if zeros not in _CONVENTIONS:
        raise ValueError(f"zeros: {zeros!r}, expected one of {_CONVENTIONS}")
    if margins is not None and zeros != "all":
        raise ValueError(f"margins: given with zeros={zeros!r}, which counts no cell that was never seen")
    how = _checked_squash(squash)
    counts, means = _checked_pairs(n, expected)
    seen = counts > 0
    pairs = int(seen.sum())
    if pairs == 0:
        raise ValueError("n: no pair has a report, so there is nothing to fit")
    if zeros != "all" or margins is not None:
        counts, means = counts[seen], means[seen]
    elif pairs == len(counts):
        raise ValueError("n: no count is zero; zeros='all' needs margins, or the full table with its zero cells")
    unseen = _unseen(margins, means, squash=how is not False) if margins is not None else None
    at = _points(counts, means, zeros, how, unseen)
    default = OPENEBGM_STARTS if zeros == "component" else STARTS
    begin = default if starts is None else tuple(_checked_prior("starts", one) for one in starts)
    if not begin:
        raise ValueError("starts: none given, expected at least one")
    found = search(at, zeros, begin)
    best = max(found, key=lambda one: one.log_likelihood)
    zero_count = 0 if zeros != "all" else len(counts) - pairs if unseen is None else round(float(unseen[1].sum()))
    return GPS(
        *best.end,
        convention=zeros,
        converged=best.converged,
        at_boundary=best.at_boundary,
        log_likelihood=best.log_likelihood,
        starts=found,
        pairs=pairs,
        zero_cells=zero_count,
        points=len(at.n),
    )


def _points(
    n: Floats,
    expected: Floats,
    zeros: Convention,
    how: bool | tuple[Squash, ...],
    unseen: tuple[Floats, Floats] | None,
) -> Points:
    """Squash as asked and add the cells never seen."""
    weight = np.ones_like(n)
    if isinstance(how, tuple):
        n, expected, weight = squash_all(n, expected, how)
    elif how and zeros == "component":
        n, expected, weight = squash_all(n, expected, OPENEBGM)
    if how is True and len(n) > FEW:
        n, expected, weight = squash_by_width(n, expected, weight)
    if unseen is not None:
        n = np.concatenate([n, np.zeros_like(unseen[0])])
        expected, weight = np.concatenate([expected, unseen[0]]), np.concatenate([weight, unseen[1]])
    return points(n, expected, weight)


def _unseen(margins: Margins, seen: Floats, *, squash: bool) -> tuple[Floats, Floats]:
    if len(margins) == 2 and (total := np.asarray(margins[0]).sum()) == np.asarray(margins[1]).sum():
        margins = (*margins, total)
    if len(margins) != 3:
        raise ValueError(f"margins: {len(margins)} arrays, expected reports of drugs, of events, and all reports")
    n_drug, n_event, n_total = (np.asarray(one, dtype=np.float64) for one in margins)
    strata = n_total.size
    wanted = "(drugs,), (events,) and one number, or (strata, drugs), (strata, events) and (strata,)"
    two_way = np.atleast_2d(n_drug), np.atleast_2d(n_event)
    if any(one.ndim != 2 or len(one) != strata for one in two_way) or n_total.ndim > 1:
        shapes = n_drug.shape, n_event.shape, n_total.shape
        raise ValueError(f"margins: have shapes {shapes}, expected {wanted}")
    for name, one in (("drugs", n_drug), ("events", n_event), ("total", n_total)):
        if not (np.isfinite(one).all() and (one >= 0).all()):
            raise ValueError(f"margins: {name} hold a number that is negative or not finite")
    cells = two_way[0].shape[1] * two_way[1].shape[1]
    if cells < len(seen):
        raise ValueError(f"margins: make {cells} cells, fewer than the {len(seen)} pairs with a report")
    return zero_cells(two_way[0], two_way[1], n_total, seen, squash=squash)


def _checked_pairs(n: ArrayLike, expected: ArrayLike) -> tuple[Floats, Floats]:
    given = broadcast({"n": n, "expected": expected})
    counts, means = whole("n", given["n"]), np.ascontiguousarray(given["expected"], dtype=np.float64)
    complain("expected", means, ~((means >= 0) & (means < np.inf)), "a finite number from 0")
    complain("expected", means, (means == 0) & (counts > 0), "more than 0 where n is")
    return counts, means


def _checked_prior(name: str, values: Sequence[float]) -> Prior:
    numbers = tuple(float(value) for value in values)
    if len(numbers) != 5:
        raise ValueError(f"{name}: {len(numbers)} numbers, expected alpha1, beta1, alpha2, beta2, p")
    a1, b1, a2, b2, p = numbers
    if not (all(0 < value < np.inf for value in (a1, b1, a2, b2)) and 0 < p < 1):
        raise ValueError(f"{name}: {numbers}, expected shapes and rates above 0 and p between 0 and 1")
    return a1, b1, a2, b2, p


def _checked_squash(squash: bool | Sequence[tuple[int, int, int]]) -> bool | tuple[Squash, ...]:
    if isinstance(squash, bool):
        return squash
    how = tuple(Squash(*one) for one in squash)
    for one in how:
        if one.n < 0 or one.bin_size < 2 or one.keep < 0:
            raise ValueError(
                f"squash: {tuple(one)}, expected a count from 0, a bin size from 2 and points kept from 0"
            )
    if len({one.n for one in how}) < len(how):
        raise ValueError("squash: a count is named twice")
    return how
