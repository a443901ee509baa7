"""Networks over time: what treatments do to the course of a mean change, from several weeks of each arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis.bayesian._mcmc_arms import Layout
from glabella.synthesis.bayesian._mcmc_convergence import Convergence, NotConvergedError, convergence
from glabella.synthesis.bayesian._mcmc_curves import Course, Curve
from glabella.synthesis.bayesian._mcmc_longitudinal import (
    Shape,
    Structure,
    Weeks,
    course_data,
    course_density,
    fitted,
    quadratic,
    start,
    weeks,
)
from glabella.synthesis.bayesian._mcmc_run import check_run, run
from glabella.synthesis.bayesian._mcmc_sampled import Sampled
from glabella.synthesis.bayesian._mcmc_sampler import Data, libraries
from glabella.synthesis.bayesian._mcmc_scale import scale_of

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis.networks._ranks import Ranks, SmallValues

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BayesTimeCourse:
    """Posterior of a network over time.

    Attributes
    ----------
    treatments : tuple of str
        Sorted.
    reference : str
        Whom effects are relative to.
    parameters : tuple of str
        Of the curve.
    effects : Sampled of shape (treatments, parameters)
        On each parameter against the reference, whose own are zero.
    baseline : Sampled of shape (parameters,)
        Parameters under the reference, averaged over studies.
    tau : dict of str to Sampled
        Standard deviation between studies of effects on each parameter that has one.
    correlation : Sampled or None
        Of an arm's means one week apart (any two weeks where exchangeable); None where it was given.
    residual, observations : float, int
        Posterior mean of the residual deviance, and what it is to be compared with.
    convergence : Convergence
        Of all that was sampled.
    curve, courses, structure, seed : object
        As asked.
    """

    treatments: tuple[str, ...]
    reference: str
    parameters: tuple[str, ...]
    effects: Sampled
    baseline: Sampled
    tau: dict[str, Sampled]
    correlation: Sampled | None
    residual: float
    observations: int
    convergence: Convergence
    curve: Curve
    courses: tuple[Course, ...]
    structure: Structure
    seed: int
    layout: Layout = field(repr=False)

    def mean_change(self, week: ArrayLike) -> Sampled:
        """Mean change at weeks under each treatment in an average study, of shape (treatments, weeks)."""
        at = np.atleast_1d(np.asarray(week, dtype=float))
        if at.ndim != 1 or not (np.isfinite(at) & (at >= 0)).all():
            raise ValueError(f"week is {at.tolist()}, expected one or more numbers of 0 or more")
        parameters = self.baseline.chains[..., None, None, :] + self.effects.chains[..., :, None, :]
        return Sampled(np.asarray(self.curve.value(np, self.curve.features(at), parameters)))

    def effect(self, week: ArrayLike) -> Sampled:
        """Difference in mean change against the reference at weeks, of shape (treatments, weeks)."""
        found = self.mean_change(week).chains
        at = self.treatments.index(self.reference)
        return Sampled(found - found[..., at : at + 1, :])

    def rank_probabilities(self, week: float, *, small_values: SmallValues) -> Ranks:
        """Rank the treatments at a week within each draw; a small change is good where symptoms are counted."""
        from glabella.synthesis.networks._ranks import rank_probabilities

        draws = self.effect(week).draws[..., 0]
        return rank_probabilities(draws, treatments=self.treatments, small_values=small_values)

    def table(self, week: ArrayLike) -> pl.DataFrame:
        """Give one row a treatment and week: the difference against the reference."""
        import polars as pl

        at = np.atleast_1d(np.asarray(week, dtype=float))
        found = self.effect(at)
        low, high = found.interval()
        named = np.repeat(np.array(self.treatments, dtype=object), len(at))
        return pl.DataFrame({
            "treatment": named.tolist(), "week": np.tile(at, len(self.treatments)), "mean": found.mean.ravel(),
            "sd": found.sd.ravel(), "low": low.ravel(), "high": high.ravel(),
        })  # fmt: skip

    def __str__(self) -> str:
        """Print as analysts know it."""
        from glabella.synthesis.bayesian._mcmc_report import course_text

        return course_text(self)


def bayes_time_course(
    studlab: ArrayLike,
    treat: ArrayLike,
    week: ArrayLike,
    change: ArrayLike,
    se: ArrayLike,
    *,
    reference: str,
    curve: Curve,
    courses: Sequence[Course],
    correlation: float | None,
    structure: Structure = "ar1",
    draws: int = 2000,
    tune: int = 1000,
    chains: int = 4,
    seed: int = 1,
) -> BayesTimeCourse:
    """Fit a time course to arms' mean changes at several weeks, with effects of treatments on its parameters.

    Parameters
    ----------
    studlab, treat, week : array_like of shape (m,)
        Study and treatment of the arm, and week after baseline; each arm's weeks may be its own.
    change, se : array_like of shape (m,)
        Mean change from baseline and its standard error.
    reference : str
        Treatment that effects are relative to.
    curve : EmaxCurve, ExponentialCurve or PiecewiseLinearCurve
        Time course.
    courses : sequence of Course
        One for each of ``curve.parameters``: priors, and what may differ between treatments and studies.
    correlation : float or None
        Between an arm's means one week apart ("ar1") or at any two weeks ("exchangeable"); None estimates it, under
        a uniform prior between 0 and 1.
    structure : {"ar1", "exchangeable"}
        Whether the correlation fades with the weeks between, as a power, or not.
    draws, tune, chains, seed : int
        As in :func:`bayes_network`.

    Returns
    -------
    BayesTimeCourse
        With diagnostics that have passed.

    Raises
    ------
    NotConvergedError
        If the draws cannot be trusted; it carries the result to look at.
    ValueError
        If observations are wrong, the network falls apart, a prior is improper, or courses and curve differ.
    ImportError
        If the extra ``glabella[bayes]`` is not installed.

    References
    ----------
    Pedder H et al. Res Synth Methods 2019;10:267-286.
    """
    check_run(draws, tune, chains, seed)
    libraries()
    given = weeks(studlab, treat, week, change, se, reference)
    wanted = tuple(courses)
    shape = _shape(curve, wanted, structure, correlation)
    data = course_data(given, shape) | _priors(wanted)
    data["rho"] = np.array([0.0 if correlation is None else correlation])
    rng = np.random.default_rng(seed)
    begin = start(given, shape, wanted, chains, rng)
    chained, divergent = run(course_density(shape), data, begin, draws=draws, tune=tune, seed=seed)
    found = _result(given, shape, wanted, chained, data, divergent, seed)
    if not found.convergence.converged:
        raise NotConvergedError(found.convergence, found)
    return found


def _shape(curve: Curve, courses: tuple[Course, ...], structure: Structure, correlation: float | None) -> Shape:
    if structure not in ("ar1", "exchangeable"):
        raise ValueError(f"unknown structure {structure!r}; expected ar1 or exchangeable")
    if correlation is not None and not 0 <= correlation < 1:
        raise ValueError(f"correlation is {correlation}, expected from 0 to below 1, or None to estimate it")
    if len(courses) != len(curve.parameters):
        raise ValueError(f"courses has {len(courses)}, expected one for each of {', '.join(curve.parameters)}")
    if all(one.effects is None for one in courses):
        raise ValueError(
            "no parameter has effects of treatments; expected a prior of effects in one course or more"
        )
    scales = tuple(None if one.tau is None else scale_of(one.tau, "tau")[0] for one in courses)
    return Shape(curve, tuple(one.effects is not None for one in courses), scales,
                 tuple(one.by_study for one in courses), structure, correlation is None)  # fmt: skip


def _priors(courses: tuple[Course, ...]) -> Data:
    data: Data = {}
    for i, one in enumerate(courses):
        data[f"baseline_{i}"] = np.array([one.baseline.mean, one.baseline.sd])
        if one.effects is not None:
            data[f"effects_{i}"] = np.array([one.effects.mean, one.effects.sd])
        if one.tau is not None:
            data[f"tau_{i}"] = scale_of(one.tau, "tau")[1]
    return data


def _result(
    given: Weeks, shape: Shape, courses: tuple[Course, ...], chained: Floats, data: Data, divergent: int, seed: int
) -> BayesTimeCourse:
    """Take positions apart and sum them up."""
    from scipy.special import expit

    arms, names = given.arms, shape.curve.parameters
    others, leading = list(arms.others), chained.shape[:2]
    parts, rest = shape.take_apart(
        chained, len(arms.studies), len(arms.treatments), len(arms.study) - len(arms.studies)
    )
    effects = np.zeros((*leading, len(arms.treatments), len(names)))
    baseline = np.empty((*leading, len(names)))
    taus = [None if scale is None else scale.value(u[..., 0], data[f"tau_{i}"])
            for i, ((_, _, u, _), scale) in enumerate(zip(parts, shape.scales, strict=True))]  # fmt: skip
    looked_at, labels = [], []
    for i, (own, effect, _, _) in enumerate(parts):
        if shape.effects[i]:
            effects[..., others, i] = effect
            looked_at.append(effect)
            labels += [f"{names[i]}: {arms.treatments[one]}" for one in others]
        # A study's base arm may be another treatment: its effect is taken off.
        shift = effects[..., arms.treat[arms.base], i] if shape.by_study[i] else 0.0
        baseline[..., i] = (own - shift).mean(axis=-1)
        looked_at.append(own)
        labels += [f"{names[i]}: {one}" for one in (arms.studies if shape.by_study[i] else ("all studies",))]
        tau = taus[i]
        if tau is not None:
            looked_at.append(tau[..., None])
            labels.append(f"{names[i]}: tau")
    rho = expit(rest[..., 0]) if shape.estimated else None
    if rho is not None:
        looked_at.append(rho[..., None])
        labels.append("correlation")
    means = fitted(np, shape, parts, taus, data)
    form, _ = quadratic(np, shape.structure, (data["change"] - means) / data["se"],
                        data["rho"] if rho is None else rho[..., None], data)  # fmt: skip
    return BayesTimeCourse(
        treatments=arms.treatments, reference=arms.treatments[arms.reference], parameters=names,
        effects=Sampled(effects), baseline=Sampled(baseline),
        tau={names[i]: Sampled(tau) for i, tau in enumerate(taus) if tau is not None},
        correlation=None if rho is None else Sampled(rho),
        residual=float(form.sum(axis=-1).mean()), observations=len(given.week),
        convergence=convergence(tuple(labels), np.concatenate(looked_at, axis=-1), divergent),
        curve=shape.curve, courses=courses, structure=shape.structure, seed=seed, layout=arms,
    )  # fmt: skip
