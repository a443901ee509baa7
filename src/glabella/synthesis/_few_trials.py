"""Pool trials as far as so few of them allow: trials are counted, not comparisons.

Few trials tell little of how trials differ. Intervals that rest on that spread are then too narrow or of no use,
and where it is estimated as zero the next trial's interval would be no wider than the mean's. What may be said
therefore depends on how many trials there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._labels import names
from glabella.synthesis._numbers import check_effects, check_level, numbers
from glabella.synthesis._pool import Method, Pooled, Test, pool

if TYPE_CHECKING:
    from glabella.synthesis.bayesian._bayes import Bayes
    from glabella.synthesis.bayesian._priors import TauPrior

Floats = NDArray[np.float64]
Way = Literal["one trial", "two trials", "pooled", "not pooled"]

#: From so many trials on they tell a pooled effect by themselves, and from so many a new trial's.
LEAST_POOLED, LEAST_PREDICTED = 3, 5
#: From so many trials on a test for small-study effects says something (Sterne JAC et al. BMJ 2011;343:d4002).
LEAST_TESTED = 10

ONE = "one trial tells nothing of how trials differ, so there is no prediction interval"
TWO = "two trials do not tell how trials differ: pooled under the declared prior of the spread between trials"
NOT_POOLED = "two trials do not tell how trials differ, and no prior of the spread between trials is declared"
PREDICTED = (
    "fewer than five trials: the prediction interval is from the declared prior of the spread between trials"
)
UNPREDICTED = (
    "fewer than five trials do not tell how trials differ, and no prior of that is declared: no prediction interval"
)
HELD = (
    "the prior alone would tell a new trial better than these trials tell their mean; the prediction interval is "
    "not narrower than the mean's"
)
#: The notes that say why there is no prediction interval.
NO_PREDICTION = frozenset({ONE, UNPREDICTED})
WIDENED = "the Knapp-Hartung standard error is smaller than the usual one here, so the usual one was taken"


@dataclass(frozen=True, slots=True)
class OneTrial:
    """What one trial found: of several comparisons their common effect.

    Attributes
    ----------
    name : str
        The trial.
    yi, vi : float
        Effect and sampling variance.
    ci_low, ci_high : float
        Its interval, by the normal distribution.
    """

    name: str
    yi: float
    vi: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class PooledTrials:
    """Effects of trials, pooled as far as so few allow.

    Attributes
    ----------
    way : {"one trial", "two trials", "pooled", "not pooled"}
        One trial stands for itself; two are pooled under a prior; from three on they are pooled as declared.
    estimate, ci_low, ci_high : float
        Mean effect and its interval; NaN where nothing was pooled.
    interval : {"confidence", "credible", ""}
        What that interval is: credible where it rests on a prior.
    pi_low, pi_high : float
        Interval of a new trial's true effect; NaN where there is none.
    expected : float
        Middle of what is expected of a new trial: the median under a prior, else the mean effect.
    prediction : {"fit", "prior", ""}
        Whether that interval is from the trials alone or from the declared prior.
    k, trials : int
        Comparisons, and the trials that they are of.
    tau2, i2 : float
        Variance between trials, under a prior its median, and its share in percent; NaN where not told.
    weights : ndarray of shape (k,)
        In percent; of two trials at the median of the spread.
    widened : bool
        Whether Knapp and Hartung's interval had to be widened to the usual one.
    notes : tuple of str
        What was done because trials are few, and what could not be.
    each : tuple of OneTrial
        Every trial by itself, in order of appearance.
    method, test : str
        As used.
    level : float
        Of every interval.
    """

    way: Way
    estimate: float
    ci_low: float
    ci_high: float
    interval: Literal["confidence", "credible", ""]
    pi_low: float
    pi_high: float
    expected: float
    prediction: Literal["fit", "prior", ""]
    k: int
    trials: int
    tau2: float
    i2: float
    weights: Floats = field(repr=False)
    widened: bool
    notes: tuple[str, ...]
    each: tuple[OneTrial, ...] = field(repr=False)
    method: Method
    test: Test
    level: float
    posterior: Bayes | None = field(repr=False)

    def __str__(self) -> str:
        """Print every trial, what they come to, and what was done because they are few."""
        percent = f"{100 * self.level:g}%"
        width = max(10, *(len(one.name) for one in self.each))
        lines = [f"{self.trials} trial{'s' * (self.trials > 1)}, {self.k} comparison{'s' * (self.k > 1)}", ""]
        lines += [f"{one.name:{width}} {_limits(one.yi, one.ci_low, one.ci_high)}" for one in self.each]
        if self.way == "not pooled":
            lines.append(f"{'':{width}} not pooled")
        elif self.way != "one trial":
            said = _limits(self.estimate, self.ci_low, self.ci_high)
            lines.append(f"{'mean':{width}} {said}, {percent} {self.interval} interval")
        if self.prediction:
            lines.append(f"{'new trial':{width}} {_limits(self.expected, self.pi_low, self.pi_high)}")
        return "\n".join([*lines, *(("", *(f"Note: {each}" for each in self.notes)) if self.notes else ())])


def pool_trials(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    trial: ArrayLike | None = None,
    method: Method = "REML",
    test: Test = "knha",
    tau_prior: TauPrior | None = None,
    level: float = 0.95,
) -> PooledTrials:
    """Pool effects of trials as far as so few of them allow.

    =========  ==========================================================================  ========================
    trials     mean effect                                                                 a new trial's interval
    =========  ==========================================================================  ========================
    one        the trial's own; of several comparisons their common effect                 none
    two        Bayesian under the declared prior of the spread; not pooled without one     from the prior
    three,     as declared; a Knapp-Hartung interval never narrower than the usual one     from the declared prior;
    four                                                                                   none without one
    five on    the same                                                                    as fitted
    =========  ==========================================================================  ========================

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and sampling variances of comparisons, independent of each other (a shared control is shared out).
    trial : array_like of shape (k,), optional
        The trial that each comparison is of; each is a trial of its own when left out.
    method, test : str
        As declared, for :func:`pool`; used from three trials on, ``knha`` as ``adhoc``.
    tau_prior : TauPrior, optional
        Prior of the standard deviation between trials, declared before they were seen.
    level : float
        Of every interval.

    Returns
    -------
    PooledTrials

    Raises
    ------
    ValueError
        As :func:`pool` and :func:`bayes`.

    Notes
    -----
    From three trials on comparisons enter as they are given, so that two of one trial weigh as two; how many trials
    there are decides only what may be computed. Of two trials each enters as one.

    References
    ----------
    Röver C, Knapp G, Friede T. BMC Med Res Methodol 2015;15:99 (never narrower than the usual interval). Bender R
    et al. Res Synth Methods 2018;9:382-392 (very few studies). Nagashima K, Noma H, Furukawa TA. Stat Methods Med
    Res 2019;28:1689-1702 (prediction intervals of few studies).

    Examples
    --------
    >>> from glabella.synthesis import HalfNormal
    >>> effects, variances = [0.1, 0.8, 0.3], [0.04, 0.05, 0.09]
    >>> two = pool_trials(effects, variances, trial=["A", "B", "B"], tau_prior=HalfNormal(0.5))
    >>> two.way, two.trials, round(two.estimate, 2)
    ('two trials', 2, 0.37)
    >>> pool_trials(effects, variances).prediction
    ''
    """
    y, v = numbers(yi, "yi"), numbers(vi, "vi")
    if y.ndim != 1 or y.shape != v.shape:
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (k,)")
    if not y.size:
        raise ValueError("nothing to pool: no effect was given")
    check_level(level)
    check_effects(y, v)
    of = [str(place + 1) for place in range(len(y))] if trial is None else names(trial, "trial")
    if len(of) != len(y):
        raise ValueError(f"trial has {len(of)} labels, expected {len(y)}")
    each, within = _each(y, v, of, level)
    shared: dict[str, Any] = {"k": len(y), "trials": len(each), "each": each, "level": level}
    if len(each) == 1:
        return _one(each[0], within, shared)
    if len(each) < LEAST_POOLED:
        return _two(each, within, of, tau_prior, shared)
    return _several(y, v, method, test, tau_prior, shared)


def few_trials(fit: Pooled) -> tuple[str, ...]:
    """Say what :func:`pool_trials` would do otherwise than a fit of so few trials, one comparison each.

    Parameters
    ----------
    fit : Pooled
        A single one, without moderators.

    Returns
    -------
    tuple of str
        Empty from five trials on, but where Knapp and Hartung's interval is narrower than the usual one.

    Examples
    --------
    >>> few_trials(pool([0.1, 0.8], [0.04, 0.05]))[0]
    'with two trials: both trials, and a Bayesian estimate under a declared prior of tau, in place of this pooling'
    """
    if np.ndim(fit.k) or fit.moderated or fit.k < 2:
        return ()
    if fit.k < LEAST_POOLED:
        return ("with two trials: both trials, and a Bayesian estimate under a declared prior of tau, in place of "
                "this pooling",)  # fmt: skip
    found = []
    if fit.test == "knha":
        safe = pool(fit.given.y[0], fit.given.v[0], method=fit.method, test="adhoc", level=fit.level)
        if safe.ci_high - safe.ci_low > fit.ci_high - fit.ci_low:
            found.append("an interval never narrower than the usual one: "
                         f"{safe.ci_low:.4f} to {safe.ci_high:.4f} (test 'adhoc')")  # fmt: skip
    if fit.k < LEAST_PREDICTED and not np.isnan(fit.pi_low):
        found.append("with fewer than five trials: a prediction interval from a declared prior of tau, or none")
    return tuple(found)


def _limits(middle: float, low: float, high: float) -> str:
    return f"{middle:z9.4f} ({low:z.4f} to {high:z.4f})"


def _each(y: Floats, v: Floats, of: Sequence[str], level: float) -> tuple[tuple[OneTrial, ...], Floats]:
    """Give each trial by itself, and of each comparison its share of its trial."""
    from scipy.special import ndtri

    reach, label = float(ndtri(0.5 + level / 2)), np.array(of)
    within, found = np.empty(len(y)), []
    for name in dict.fromkeys(of):
        rows = label == name
        weight = 1 / v[rows]
        within[rows] = weight / weight.sum()
        middle, variance = float((within[rows] * y[rows]).sum()), float(1 / weight.sum())
        half = reach * variance**0.5
        found.append(OneTrial(name, middle, variance, middle - half, middle + half))
    return tuple(found), within


def _blank(shared: dict[str, Any]) -> dict[str, Any]:
    """Give what a result holds where nothing was pooled."""
    names = ("estimate", "ci_low", "ci_high", "pi_low", "pi_high", "expected", "tau2", "i2")
    return {
        **dict.fromkeys(names, np.nan),
        "interval": "",
        "prediction": "",
        "weights": np.full(shared["k"], np.nan),
        "widened": False,
        "method": "common",
        "test": "z",
        "posterior": None,
        **shared,
    }


def _one(only: OneTrial, within: Floats, shared: dict[str, Any]) -> PooledTrials:
    found = {"way": "one trial", "estimate": only.yi, "ci_low": only.ci_low, "ci_high": only.ci_high}
    return PooledTrials(
        **(_blank(shared) | found | {"interval": "confidence", "weights": 100 * within, "notes": (ONE,)})
    )


def _two(
    each: tuple[OneTrial, ...],
    within: Floats,
    of: Sequence[str],
    tau_prior: TauPrior | None,
    shared: dict[str, Any],
) -> PooledTrials:
    if tau_prior is None:
        return PooledTrials(**_blank(shared), way="not pooled", notes=(NOT_POOLED,))
    from glabella.synthesis.bayesian._bayes import bayes

    y, v = np.array([one.yi for one in each]), np.array([one.vi for one in each])
    found = bayes(y, v, tau_prior=tau_prior, level=shared["level"])
    (low, high), (pi_low, pi_high) = (it.interval(kind="central") for it in (found.mu, found.theta_new))
    tau2 = float(found.tau.median) ** 2
    weight = 1 / (v + tau2)
    of_trial = dict(zip((one.name for one in each), 100 * weight / weight.sum(), strict=True))
    told = {
        "estimate": float(found.mu.median),
        "ci_low": float(low),
        "ci_high": float(high),
        "interval": "credible",
        "pi_low": float(pi_low),
        "pi_high": float(pi_high),
        "expected": float(found.theta_new.median),
        "prediction": "prior",
        "tau2": tau2,
        "weights": within * np.array([of_trial[name] for name in of]),
        "method": "REML",
        "posterior": found,
    }
    return PooledTrials(**(_blank(shared) | told), way="two trials", notes=(TWO,))


def _several(
    y: Floats, v: Floats, method: Method, test: Test, tau_prior: TauPrior | None, shared: dict[str, Any]
) -> PooledTrials:
    level, few = shared["level"], shared["trials"] < LEAST_PREDICTED
    used: Test = "adhoc" if test == "knha" else test
    fit = pool(y, v, method=method, test=used, level=level)
    notes, posterior = [], None
    # Knapp and Hartung's standard error is the usual one times the root of the trials' spread around the mean.
    spread = float((np.asarray((y - fit.estimate) ** 2) / (v + fit.tau2)).sum()) / (len(y) - 1)
    widened = test == "knha" and spread < 1 - 1e-9
    if widened:
        notes.append(WIDENED)
    pi_low, pi_high, expected = fit.pi_low, fit.pi_high, fit.estimate
    prediction: Literal["fit", "prior", ""] = "" if np.isnan(pi_low) else "fit"
    if few and prediction:
        pi_low = pi_high = expected = np.nan
        prediction = ""
        if tau_prior is None:
            notes.append(UNPREDICTED)
        else:
            from glabella.synthesis.bayesian._bayes import bayes

            posterior = bayes(y, v, tau_prior=tau_prior, level=level)
            pi_low, pi_high = posterior.theta_new.interval(kind="central")
            expected, prediction = posterior.theta_new.median, "prior"
            notes.append(PREDICTED)
            if pi_low > fit.ci_low or pi_high < fit.ci_high:
                # What is not known of the mean is not known of the next trial.
                pi_low, pi_high = min(pi_low, float(fit.ci_low)), max(pi_high, float(fit.ci_high))
                notes.append(HELD)
    return PooledTrials(
        way="pooled", estimate=float(fit.estimate), ci_low=float(fit.ci_low), ci_high=float(fit.ci_high),
        interval="confidence", pi_low=float(pi_low), pi_high=float(pi_high), expected=float(expected),
        prediction=prediction, tau2=float(fit.tau2), i2=float(fit.i2), weights=np.asarray(fit.weights),
        widened=widened, notes=tuple(notes), method=fit.method, test=used, posterior=posterior, **shared,
    )  # fmt: skip
