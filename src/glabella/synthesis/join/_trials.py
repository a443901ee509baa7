"""Trials of one treatment that a network does not have, and what may be done to them before they are joined."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._absolute import PER_SD
from glabella.synthesis._labels import names
from glabella.synthesis._numbers import check_level, check_size, number, numbers

Floats = NDArray[np.float64]


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
    return np.asarray(sign * PER_SD * numbers(smd, "smd")), np.asarray(PER_SD * numbers(se, "se"))


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
    counts = [
        number(each, name)
        for each, name in (
            (network_events, "network_events"),
            (network_n, "network_n"),
            (events, "events"),
            (n, "n"),
        )
    ]
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
        Three or more, against one node.
    tau2 : float
        Variance between studies of the network that they are joined to, which it will add to the trial.
    level : float
        Of the interval that is kept.

    Returns
    -------
    JoinedTrials
        One trial.

    Raises
    ------
    ValueError
        If there are fewer than three trials, they are against different nodes, all effects are equal, so that
        nothing can be known of how they differ, or their own interval is narrower than the network's variance makes
        that of a single trial without any error.

    Notes
    -----
    Restricted maximum likelihood with the interval of Hartung, Knapp, Sidik and Jonkman, never narrower than the
    usual one. It is right for a
    treatment that nothing but these trials ties to the network.

    Examples
    --------
    >>> new = joined_trials(["A", "B", "C"], te=[1.6, 0.2, 0.4], se=[0.4, 0.3, 0.4], node="placebo")
    >>> alone = own_spread(new, tau2=0.02)
    >>> round(alone.te[0], 3), round(alone.se[0], 3)
    (0.71, 0.943)
    """
    from scipy.special import ndtri

    from glabella.synthesis._few_trials import LEAST_POOLED
    from glabella.synthesis._pool import pool

    check_level(level)
    if len(trials) < LEAST_POOLED:
        raise ValueError(f"trials has {len(trials)} of them, expected {LEAST_POOLED} or more")
    if len(set(trials.node)) > 1:
        raise ValueError(f"trials are against {sorted(set(trials.node))}, expected one node")
    if not number(tau2, "tau2") >= 0:
        raise ValueError(f"tau2 is {tau2:g}, expected 0 or more")
    if len(set(trials.te)) == 1:
        raise ValueError(f"te is {trials.te[0]:g} in every trial, expected effects that differ")
    fit = pool(trials.te, [se**2 for se in trials.se], method="REML", test="adhoc", level=level)
    half = (fit.ci_high - fit.ci_low) / (2 * float(ndtri(0.5 + level / 2)))
    rest = half**2 - tau2
    if rest <= 0:
        raise ValueError(f"tau2 is {tau2:g}, expected less than the variance of the pooled trials, {half**2:g}")
    return JoinedTrials((" + ".join(trials.study),), (float(fit.estimate),), (math.sqrt(rest),), trials.node[:1])
