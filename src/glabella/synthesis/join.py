"""Trials of a new treatment joined to a network of others: indirect comparisons, and what moves them.

The trials compare the new treatment with one control each. What that control is taken for in the network is a
choice, like every other one here; :func:`indirect_sensitivity` compares again with each of them made otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._labels import check_list, names, refuse_alike
from glabella.synthesis._numbers import check_level, check_size, number, numbers

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis.networks._network import Method, Network, SmallValues

Floats = NDArray[np.float64]
#: A standardised difference of logistic scores times this is a log odds ratio (Chinn S, Stat Med 2000;19:3127).
_PER_SD = math.pi / math.sqrt(3)
#: P-scores that agree to so many decimals are equal: rounding moves the last two or three of sixteen.
_TIED = 10
#: An own spread that is no larger than the network's leaves this share of its standard error.
_LEAST = 1e-3


@dataclass(frozen=True, slots=True)
class JoinedTrials:
    """Trials of one treatment, each against what its control is taken for in a network.

    Attributes
    ----------
    study : tuple of str
        Their names, none of them a study of the network.
    te, se : tuple of float
        Effect of the treatment against the control, on the network's scale, and its standard error.
    node : tuple of str
        The treatment of the network that each control is taken for.

    Examples
    --------
    >>> trials = joined_trials(["A", "B"], te=[0.9, 0.4], se=[0.4, 0.3], node="placebo")
    >>> trials.without("A").te, trials.at("no treatment").node, trials.less_bias(0.1, sd=0.3).se
    ((0.4,), ('no treatment', 'no treatment'), (0.5, 0.4242640687119285))
    """

    study: tuple[str, ...]
    te: tuple[float, ...]
    se: tuple[float, ...]
    node: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.study)

    def without(self, study: str) -> JoinedTrials:
        """Leave one trial out.

        Raises
        ------
        ValueError
            If it is not one of them, or the only one.
        """
        self._check(study)
        if len(self) == 1:
            raise ValueError(f"nothing is left without {study!r}, expected two trials or more")
        return self._some([name != study for name in self.study])

    def only(self, study: str) -> JoinedTrials:
        """Keep one trial.

        Raises
        ------
        ValueError
            If it is not one of them.
        """
        self._check(study)
        return self._some([name == study for name in self.study])

    def at(self, node: str) -> JoinedTrials:
        """Take every control for another treatment of the network."""
        return replace(self, node=(node,) * len(self))

    def less_bias(self, mean: float, *, sd: float = 0.0) -> JoinedTrials:
        """Take a bias off every effect; what is not known of it (``sd``) widens each trial.

        The doubt is taken as each trial's own. One bias that all trials share would widen the result more.
        """
        return replace(self, te=tuple(te - mean for te in self.te), se=tuple(math.hypot(se, sd) for se in self.se))

    def move_control(self, bias: ControlBias) -> JoinedTrials:
        """Move the risk of every control to that of the network's controls: see :func:`control_bias`.

        People with the treatment stay as they are, so the effect shrinks by as much as the control does better.
        """
        return self.less_bias(bias.log)

    def _check(self, study: str) -> None:
        if study not in self.study:
            raise ValueError(f"no trial {study!r}; expected one of {list(self.study)}")

    def _some(self, keep: list[bool]) -> JoinedTrials:
        return JoinedTrials(
            tuple(compress(self.study, keep)),
            tuple(compress(self.te, keep)),
            tuple(compress(self.se, keep)),
            tuple(compress(self.node, keep)),
        )


@dataclass(frozen=True, slots=True)
class ControlBias:
    """How much more often the event comes in the controls of a network than in those of joined trials.

    Attributes
    ----------
    log, se : float
        Log odds ratio, network against joined trials, and its standard error.
    ratio, ci_low, ci_high : float
        Odds ratio and its confidence interval (Woolf).
    level : float
        Of the interval.
    """

    log: float
    se: float
    ratio: float
    ci_low: float
    ci_high: float
    level: float

    def __str__(self) -> str:
        """Print as analysts know it."""
        return (
            "Odds of the event in the network's controls against those of the joined trials\n\n"
            f"OR {self.ratio:.4f} ({100 * self.level:g}% CI {self.ci_low:.4f} to {self.ci_high:.4f})"
        )


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
            f"{label:{width}} " + (each.reason or f"{each.estimate:8.4f} {each.ci_low:8.4f} {each.ci_high:8.4f} "
                                   f"{each.rank:4d}")
            for label, each in zip(self.labels, self.comparisons, strict=True)
        ]  # fmt: skip
        return "\n".join([*lines, "", f"Estimates {low:.4f} to {high:.4f}; ranks {best} to {worst}"])


def joined_trials(study: ArrayLike, te: ArrayLike, se: ArrayLike, node: str | Sequence[str]) -> JoinedTrials:
    """Take trials that a network does not have, to be joined to it.

    Parameters
    ----------
    study : array_like of shape (k,)
        Their names. Two comparisons of one trial need names of their own and controls of their own: a control that
        they share is shared out between them before, so that nobody counts twice.
    te, se : array_like of shape (k,)
        Effect of the treatment against the control, on the network's scale (logarithms of ratios), and its standard
        error.
    node : str or sequence of str
        The treatment of the network that the controls are taken for; one for all, or one each.

    Raises
    ------
    ValueError
        If there is none, lengths differ, a name is missing or given twice, an effect is not finite or a standard
        error not above zero.

    Examples
    --------
    >>> joined_trials(["A", "B"], te=[0.9, 0.4], se=[0.4, 0.3], node="placebo").node
    ('placebo', 'placebo')
    """
    label, y, s = names(study, "study"), numbers(te, "te"), numbers(se, "se")
    nodes = [node] * len(label) if isinstance(node, str) else names(list(node), "node")
    if not label:
        raise ValueError("no trial was given, expected one or more")
    if y.shape != (len(label),) or s.shape != (len(label),) or len(nodes) != len(label):
        raise ValueError(
            f"study has {len(label)} names, te the shape {y.shape}, se {s.shape} and node {len(nodes)} names, "
            "expected one each for each trial"
        )
    if twice := sorted({name for name in label if label.count(name) > 1}):
        raise ValueError(f"study {twice[0]!r} is given twice, expected a name of its own for each comparison")
    for name, each, error in zip(label, y.tolist(), s.tolist(), strict=True):
        if not math.isfinite(each):
            raise ValueError(f"te of {name!r} is {each:g}, expected a number")
        check_size(error, f"se of {name!r}")
    return JoinedTrials(tuple(label), tuple(y.tolist()), tuple(s.tolist()), tuple(nodes))


def log_odds_from_smd(
    smd: ArrayLike, se: ArrayLike, *, better: Literal["lower", "higher"] = "higher"
) -> tuple[Floats, Floats]:
    """Read standardised differences of a score as log odds ratios of response, so that such trials can be joined.

    Parameters
    ----------
    smd, se : array_like
        Standardised differences and their standard errors.
    better : {"lower", "higher"}
        Which scores are the better ones. Where low ones are, a difference below zero becomes odds above one.

    Returns
    -------
    tuple of ndarray
        Log odds ratios and their standard errors.

    Notes
    -----
    Exact for scores that are logistic with one spread in both groups, whatever the score from which on somebody
    counts as a responder.

    References
    ----------
    Chinn S. Stat Med 2000;19:3127-3131.

    Examples
    --------
    >>> te, se = log_odds_from_smd([-0.5], [0.2], better="lower")
    >>> te.round(3).tolist(), se.round(3).tolist()
    ([0.907], [0.363])
    """
    if better not in ("lower", "higher"):
        raise ValueError(f"better is {better!r}, expected 'lower' or 'higher'")
    sign = 1.0 if better == "higher" else -1.0
    return np.asarray(sign * _PER_SD * numbers(smd, "smd")), np.asarray(_PER_SD * numbers(se, "se"))


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


def control_bias(
    network_events: float, network_n: float, events: float, n: float, *, level: float = 0.95
) -> ControlBias:
    """Compare how often the event comes in a network's controls and in those of trials to be joined.

    An indirect comparison takes both controls for the same treatment. Where the event is rarer in the controls of
    the joined trials, their odds ratios are larger by the ratio of the odds, whatever the treatment does.

    Parameters
    ----------
    network_events, network_n : float
        Events and people in the network's control arms.
    events, n : float
        The same in the joined trials.
    level : float
        Of the interval.

    Raises
    ------
    ValueError
        If a group has no events or nothing but events.

    References
    ----------
    Woolf B. Ann Hum Genet 1955;19:251-253.

    Examples
    --------
    >>> found = control_bias(40, 100, 10, 100)
    >>> round(found.ratio, 2), round(found.ci_low, 2), round(found.ci_high, 2)
    (6.0, 2.79, 12.91)
    >>> joined_trials(["A"], te=[1.9], se=[0.5], node="placebo").move_control(found).te[0].__round__(3)
    0.108
    """
    from scipy.special import ndtri

    check_level(level)
    counts = [number(each, name) for each, name in (
        (network_events, "network_events"), (network_n, "network_n"), (events, "events"), (n, "n")
    )]  # fmt: skip
    cells = (counts[0], counts[1] - counts[0], counts[2], counts[3] - counts[2])
    if not min(cells) > 0:
        raise ValueError(
            f"{counts[0]:g} events of {counts[1]:g} and {counts[2]:g} of {counts[3]:g}, "
            "expected some with and some without the event in both groups"
        )
    log = math.log(cells[0] / cells[1]) - math.log(cells[2] / cells[3])
    se = math.sqrt(sum(1 / cell for cell in cells))
    half = float(ndtri(0.5 + level / 2)) * se
    return ControlBias(log, se, math.exp(log), math.exp(log - half), math.exp(log + half), level)


def own_spread(trials: JoinedTrials, tau2: float, *, level: float = 0.95) -> JoinedTrials:
    """Give joined trials a spread of their own instead of the network's.

    A network has one variance between studies, and its many studies decide it. The joined trials may differ more,
    or less. Here they are pooled by themselves, as in a pairwise meta-analysis, and stand as one trial whose
    interval in the network is then the one that they have alone.

    Parameters
    ----------
    trials : JoinedTrials
        Two or more, against one node.
    tau2 : float
        Variance between studies of the network that they are joined to, which it will add to the trial.
    level : float
        Of the interval that is kept.

    Returns
    -------
    JoinedTrials
        One trial. Where the trials' own interval is narrower than the network's variance allows, nearly nothing is
        left of its standard error and the interval in the network is wider than that of the trials alone.

    Raises
    ------
    ValueError
        If there is one trial only, they are against different nodes, or all effects are equal, so that nothing can
        be known of how they differ.

    Notes
    -----
    Restricted maximum likelihood with the interval of Hartung, Knapp, Sidik and Jonkman. It is right for a
    treatment that nothing but these trials ties to the network.

    Examples
    --------
    >>> new = joined_trials(["A", "B", "C"], te=[1.6, 0.2, 0.4], se=[0.4, 0.3, 0.4], node="placebo")
    >>> alone = own_spread(new, tau2=0.02)
    >>> round(alone.te[0], 3), round(alone.se[0], 3)
    (0.71, 0.943)
    """
    from scipy.special import ndtri

    from glabella.synthesis._pool import pool

    check_level(level)
    if len(trials) < 2:
        raise ValueError(f"trials has {trials.study[0]!r} alone, expected two or more")
    if len(set(trials.node)) > 1:
        raise ValueError(f"trials are against {sorted(set(trials.node))}, expected one node")
    if not number(tau2, "tau2") >= 0:
        raise ValueError(f"tau2 is {tau2:g}, expected 0 or more")
    if len(set(trials.te)) == 1:
        raise ValueError(f"te is {trials.te[0]:g} in every trial, expected effects that differ")
    fit = pool(trials.te, [se**2 for se in trials.se], method="REML", test="knha", level=level)
    half = (fit.ci_high - fit.ci_low) / (2 * float(ndtri(0.5 + level / 2)))
    rest = math.sqrt(max(half**2 - tau2, (half * _LEAST) ** 2))
    return JoinedTrials((" + ".join(trials.study),), (float(fit.estimate),), (rest,), trials.node[:1])


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
    batch = [np.reshape(each, (-1, *fit.random.te.shape[1:]))[:, at[0], at[1]]
             for each in (fit.te_random, fit.se_random, low, high, fit.pi_low, fit.pi_high)]  # fmt: skip
    for row, (reason, tau2) in enumerate(zip(np.atleast_1d(fit.reason), np.atleast_1d(fit.tau2), strict=True)):
        te, se, ci_low, ci_high, pi_low, pi_high = (float(each[row]) for each in batch)
        own = float(scores[row, at[0]])
        rank = 0 if reason else 1 + int((places[row] > places[row, at[0]]).sum())
        yield IndirectComparison(
            treatment, against, te, se, ci_low, ci_high, pi_low, pi_high, own, rank, float(tau2), str(reason)
        )
