"""Indirect comparisons of a joined treatment with those of a network, and how far each choice moves them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._labels import check_list, names, refuse_alike
from glabella.synthesis._numbers import numbers
from glabella.synthesis.join._trials import JoinedTrials

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis.networks._network import Method, Network, SmallValues

Floats = NDArray[np.float64]
#: P-scores that agree to so many decimals are equal: rounding moves the last two or three of sixteen.
_TIED = 10


@dataclass(frozen=True, slots=True)
class IndirectComparison:
    """A joined treatment against one treatment of the network, and its place among all.

    Attributes
    ----------
    treatment, against : str
        Who is compared with whom.
    estimate, se, ci_low, ci_high : float
        Effect on the network's scale.
    pi_low, pi_high : float
        Prediction interval of a further study's true effect; NaN with a common effect.
    p_score : float
        Mean certainty that the treatment is better than another.
    rank : int
        By P-score, one is the best; zero where there is no comparison.
    tau2 : float
        Variance between studies of the network with the trials in it.
    reason : str
        Empty, or why there is no comparison; all numbers are NaN then.
    """

    treatment: str
    against: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    pi_low: float
    pi_high: float
    p_score: float
    rank: int
    tau2: float
    reason: str = ""

    def __str__(self) -> str:
        """Print as analysts know it."""
        who = f"{self.treatment} versus {self.against}"
        if self.reason:
            return f"{who}: {self.reason}"
        limits = f"CI {self.ci_low:.4f} to {self.ci_high:.4f}, PI {self.pi_low:.4f} to {self.pi_high:.4f}"
        return f"{who}: {self.estimate:.4f} ({limits}), rank {self.rank}, P-score {self.p_score:.4f}"


@dataclass(frozen=True, slots=True)
class IndirectSensitivity:
    """The same indirect comparison with each choice made otherwise.

    Attributes
    ----------
    comparisons : tuple of IndirectComparison
        One for each way to join, in the order given.
    labels : tuple of str
        What each way is called.
    """

    comparisons: tuple[IndirectComparison, ...]
    labels: tuple[str, ...]

    @property
    def estimates(self) -> tuple[float, float]:
        """The lowest and the highest estimate of the ways that could be computed; NaN if none could."""
        found = [each.estimate for each in self.comparisons if not each.reason]
        return (min(found), max(found)) if found else (math.nan, math.nan)

    @property
    def ranks(self) -> tuple[int, int]:
        """The best and the worst rank of the ways that could be computed; zeros if none could."""
        found = [each.rank for each in self.comparisons if not each.reason]
        return (min(found), max(found)) if found else (0, 0)

    def table(self) -> pl.DataFrame:
        """Give one row a way to join."""
        import polars as pl

        columns = ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high", "p_score", "rank", "tau2", "reason")
        return pl.DataFrame(
            {"way": list(self.labels)}
            | {name: [getattr(each, name) for each in self.comparisons] for name in columns}
        )

    def __str__(self) -> str:
        """Print as analysts know it."""
        first = self.comparisons[0]
        width = max(len("way"), *map(len, self.labels))
        low, high = self.estimates
        best, worst = self.ranks
        lines = [f"{first.treatment} versus {first.against}", ""]
        lines += [f"{'way':{width}} estimate   ci_low  ci_high rank"]
        lines += [
            f"{label:{width}} "
            + (each.reason or f"{each.estimate:8.4f} {each.ci_low:8.4f} {each.ci_high:8.4f} {each.rank:4d}")
            for label, each in zip(self.labels, self.comparisons, strict=True)
        ]
        return "\n".join([*lines, "", f"Estimates {low:.4f} to {high:.4f}; ranks {best} to {worst}"])


def join_network(
    studlab: ArrayLike,
    treat1: ArrayLike,
    treat2: ArrayLike,
    te: ArrayLike,
    se: ArrayLike,
    *,
    trials: JoinedTrials,
    treatment: str,
    method: Method = "REML",
    reference: str | None = None,
    level: float = 0.95,
) -> Network:
    """Fit a network with further trials in it, tied to it at their controls.

    Parameters
    ----------
    studlab, treat1, treat2, te, se : array_like of shape (m,)
        The network's contrasts, as :func:`network` takes them.
    trials : JoinedTrials
        Those to be joined: see :func:`joined_trials`.
    treatment : str
        What they compare with their controls.
    method, reference, level
        As :func:`network` takes them.

    Returns
    -------
    Network
        One treatment larger, unless the network has ``treatment`` already.

    Raises
    ------
    ValueError
        If a trial has the name of a study of the network, or its control is no treatment of it; and as
        :func:`network` does.

    Notes
    -----
    The network has one variance between studies. Where it has many, they decide it, and the interval of the joined
    treatment may be narrower than that of its trials alone: see :func:`own_spread`.

    References
    ----------
    Bucher HC, Guyatt GH, Griffith LE, Walter SD. J Clin Epidemiol 1997;50:683-691.

    Examples
    --------
    >>> from glabella.synthesis import joined_trials
    >>> there = (["1", "2", "3", "4"], ["a", "a", "b", "b"], ["placebo", "b", "placebo", "placebo"],
    ...          [0.5, 0.2, 0.3, 0.4], [0.2, 0.2, 0.2, 0.3])
    >>> new = joined_trials(["A", "B"], te=[0.9, 0.4], se=[0.4, 0.3], node="placebo")
    >>> fit = join_network(*there, trials=new, treatment="new", reference="placebo")
    >>> fit.treatments, round(indirect_comparison(fit, "new", "a").estimate, 3)
    (('a', 'b', 'new', 'placebo'), 0.069)
    """
    from glabella.synthesis.networks._network import network

    there = _table(studlab, treat1, treat2, te, se)
    _check_ways(there, [trials])
    return network(
        [*there.study, *trials.study],
        [*there.one, *(treatment for _ in trials.study)],
        [*there.other, *trials.node],
        np.concatenate([there.te, trials.te]),
        np.concatenate([there.se, trials.se]),
        method=method,
        reference=reference,
        level=level,
    )


def indirect_comparison(
    fit: Network, treatment: str, against: str, *, small_values: SmallValues = "good"
) -> IndirectComparison:
    """Compare two treatments of a network, and find the place of the first among all.

    Parameters
    ----------
    fit : Network
        A single one, such as that of :func:`join_network`.
    treatment, against : str
        Who is compared with whom.
    small_values : {"good", "bad"}
        Whether a small effect is the better one.

    Examples
    --------
    >>> from glabella.synthesis import network
    >>> fit = network(["1", "2", "3"], ["a", "b", "a"], ["b", "c", "c"], [0.5, 0.4, 0.9], [0.2, 0.2, 0.3])
    >>> found = indirect_comparison(fit, "a", "c", small_values="bad")
    >>> round(found.estimate, 2), found.rank
    (0.9, 1)
    """
    if not fit.given.single:
        raise ValueError(f"the fit is a batch of {len(fit.given.te)} networks, expected a single one")
    return next(_comparisons(fit, treatment, against, small_values))


def indirect_sensitivity(
    studlab: ArrayLike,
    treat1: ArrayLike,
    treat2: ArrayLike,
    te: ArrayLike,
    se: ArrayLike,
    *,
    ways: Sequence[JoinedTrials],
    treatment: str,
    against: str,
    labels: Sequence[str] | None = None,
    method: Method = "REML",
    small_values: SmallValues = "good",
    level: float = 0.95,
) -> IndirectSensitivity:
    """Compare a joined treatment with one of the network, in many ways to join it.

    Parameters
    ----------
    studlab, treat1, treat2, te, se : array_like of shape (m,)
        The network's contrasts, as :func:`network` takes them.
    ways : sequence of JoinedTrials
        Trials under each choice: one left out, another node, a bias taken off, controls moved, an own spread.
    treatment, against : str
        What is joined, and what it is compared with.
    labels : sequence of str, optional
        What the ways are called; numbered when left out.
    method, level
        As :func:`network` takes them.
    small_values : {"good", "bad"}
        Whether a small effect is the better one.

    Returns
    -------
    IndirectSensitivity
        A way that cannot be fitted is NaN and says why in ``reason``.

    Raises
    ------
    ValueError
        As :func:`join_network` does of names and of the network itself.

    Notes
    -----
    Each result is that of :func:`join_network`. All ways are fitted as one batch, which shares its structure and
    its linear algebra.

    Examples
    --------
    >>> from glabella.synthesis import joined_trials
    >>> there = (["1", "2", "3", "4"], ["a", "a", "b", "b"], ["placebo", "b", "placebo", "placebo"],
    ...          [0.5, 0.2, 0.3, 0.4], [0.2, 0.2, 0.2, 0.3])
    >>> new = joined_trials(["A", "B"], te=[0.9, 0.4], se=[0.4, 0.3], node="placebo")
    >>> found = indirect_sensitivity(*there, ways=[new, *(new.without(study) for study in new.study)],
    ...                              labels=["both", "without A", "without B"], treatment="new", against="a",
    ...                              small_values="bad")
    >>> print(found)
    new versus a
    <BLANKLINE>
    way       estimate   ci_low  ci_high rank
    both        0.0686  -0.4952   0.6324    1
    without A  -0.1114  -0.7765   0.5536    2
    without B   0.3886  -0.4548   1.2319    1
    <BLANKLINE>
    Estimates -0.1114 to 0.3886; ranks 1 to 2
    """
    from glabella.synthesis.networks._network import network

    check_list(ways, "ways", "JoinedTrials, one for each way to join")
    if not ways:
        raise ValueError("no way to join was given, expected one or more")
    called = tuple(str(place) for place in range(1, len(ways) + 1)) if labels is None else tuple(labels)
    if len(called) != len(ways):
        raise ValueError(f"labels has {len(called)} names, expected {len(ways)}, one a way")
    there = _table(studlab, treat1, treat2, te, se)
    _check_ways(there, ways)
    # Each trial at each node is a column of the batch; a way that does not have it leaves it empty.
    pairs = dict.fromkeys(pair for way in ways for pair in zip(way.study, way.node, strict=True))
    column = {pair: len(there.te) + place for place, pair in enumerate(pairs)}
    effects, errors = (
        np.hstack([np.tile(own, (len(ways), 1)), np.full((len(ways), len(pairs)), np.nan)])
        for own in (there.te, there.se)
    )
    for row, way in enumerate(ways):
        at = [column[pair] for pair in zip(way.study, way.node, strict=True)]
        effects[row, at], errors[row, at] = way.te, way.se
    fit = network(
        [*there.study, *(f"{place}: {name} v {node}" for (name, node), place in column.items())],
        [*there.one, *(treatment for _ in pairs)],
        [*there.other, *(node for _, node in pairs)],
        effects,
        errors,
        method=method,
        level=level,
    )
    return IndirectSensitivity(tuple(_comparisons(fit, treatment, against, small_values)), called)


@dataclass(frozen=True, slots=True)
class _Table:
    """A network's contrasts, as lists that trials can be put below."""

    study: list[str]
    one: list[str]
    other: list[str]
    te: Floats
    se: Floats


def _table(studlab: ArrayLike, treat1: ArrayLike, treat2: ArrayLike, te: ArrayLike, se: ArrayLike) -> _Table:
    y, s = numbers(te, "te"), numbers(se, "se")
    if y.ndim != 1 or s.shape != y.shape:
        raise ValueError(f"te has shape {y.shape} and se {s.shape}, expected both (m,), one a contrast")
    return _Table(names(studlab, "studlab"), names(treat1, "treat1"), names(treat2, "treat2"), y, s)


def _check_ways(there: _Table, ways: Sequence[JoinedTrials]) -> None:
    """Refuse trials that the network would take for its own studies, or whose control it does not have."""
    studies, treatments = set(there.study), {*there.one, *there.other}
    for way in ways:
        if taken := [name for name in way.study if name in studies]:
            raise ValueError(f"study {taken[0]!r} is one of the network's, expected another name")
        if strange := [node for node in way.node if node not in treatments]:
            raise ValueError(f"node {strange[0]!r} is no treatment of the network; it has {sorted(treatments)}")
    refuse_alike({*studies, *(name for way in ways for name in way.study)}, "studies")


def _comparisons(
    fit: Network, treatment: str, against: str, small_values: SmallValues
) -> Iterator[IndirectComparison]:
    """Give the comparison of every row of a batch, or of the single one."""
    at = fit.structure.index(treatment), fit.structure.index(against)
    scores = np.atleast_2d(fit.p_scores(small_values=small_values))
    places = np.round(scores, _TIED)
    low, high = fit.limits()
    # A single fit is a batch of one.
    batch = [
        np.reshape(each, (-1, *fit.random.te.shape[1:]))[:, at[0], at[1]]
        for each in (fit.te_random, fit.se_random, low, high, fit.pi_low, fit.pi_high)
    ]
    for row, (reason, tau2) in enumerate(zip(np.atleast_1d(fit.reason), np.atleast_1d(fit.tau2), strict=True)):
        te, se, ci_low, ci_high, pi_low, pi_high = (float(each[row]) for each in batch)
        own = float(scores[row, at[0]])
        rank = 0 if reason else 1 + int((places[row] > places[row, at[0]]).sum())
        yield IndirectComparison(
            treatment, against, te, se, ci_low, ci_high, pi_low, pi_high, own, rank, float(tau2), str(reason)
        )
