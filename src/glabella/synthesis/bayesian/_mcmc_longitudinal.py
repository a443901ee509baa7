"""Means of arms over weeks: their order, their correlation, and the log density of a time-course model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._numbers import numbers
from glabella.synthesis.bayesian._mcmc_arms import Layout, layout
from glabella.synthesis.bayesian._mcmc_binomial import normal
from glabella.synthesis.bayesian._mcmc_curves import Course, Curve
from glabella.synthesis.bayesian._mcmc_sampler import Data, LogDensity
from glabella.synthesis.bayesian._mcmc_scale import Scale

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Structure = Literal["ar1", "exchangeable"]


@dataclass(frozen=True)
class Weeks:
    """Observations sorted by arm and week.

    Attributes
    ----------
    arms : Layout
        Arms.
    arm : ndarray of shape (observations,)
        Of each observation.
    week, change, se : ndarray of shape (observations,)
        As given, in this order.
    """

    arms: Layout
    arm: Ints
    week: Floats
    change: Floats
    se: Floats


@dataclass(frozen=True)
class Shape:
    """What of a model decides on its program; everything else is data.

    Attributes
    ----------
    curve : Curve
        Time course.
    effects : tuple of bool
        Whether treatments have effects on each parameter.
    scales : tuple of Scale or None
        How each parameter's τ is sampled, if it has one.
    by_study : tuple of bool
        Whether each parameter has a baseline in each study.
    structure : {"ar1", "exchangeable"}
        Correlation over weeks.
    estimated : bool
        Whether the correlation is sampled.
    """

    curve: Curve
    effects: tuple[bool, ...]
    scales: tuple[Scale | None, ...]
    by_study: tuple[bool, ...]
    structure: Structure
    estimated: bool

    def take_apart(self, position: Any, studies: int, treatments: int, random: int) -> tuple[list[Any], Any]:
        """Give each parameter's (baseline, effects, u, z), with empty arrays for absent ones, and what is left."""
        parts, at = [], 0
        for has, scale, own in zip(self.effects, self.scales, self.by_study, strict=True):
            sizes = (studies if own else 1, (treatments - 1) * has, int(scale is not None),
                     random * (scale is not None))  # fmt: skip
            taken = []
            for size in sizes:
                taken.append(position[..., at : at + size])
                at += size
            parts.append(tuple(taken))
        return parts, position[..., at:]


def weeks(
    studlab: ArrayLike, treat: ArrayLike, week: ArrayLike, change: ArrayLike, se: ArrayLike, reference: str
) -> Weeks:
    """Check observations and put them in order.

    Raises
    ------
    ValueError
        If lengths differ, a number is not finite, a week or standard error is not above zero, an arm has a week
        twice, or what :func:`layout` asks of arms does not hold.
    """
    labels = [np.asarray(values, dtype=object) for values in (studlab, treat)]
    columns = [numbers(values, name) for values, name in ((week, "week"), (change, "change"), (se, "se"))]
    shapes = {values.shape for values in (*labels, *columns)}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1:
        raise ValueError(
            f"studlab, treat, week, change and se have shapes {sorted(shapes)}, expected one of one axis"
        )
    t, y, s = columns
    with np.errstate(invalid="ignore"):
        wrong = ~(np.isfinite(y) & np.isfinite(t) & (t > 0) & np.isfinite(s) & (s > 0))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        found = f"week {t[row]:g}, change {y[row]:g}, se {s[row]:g}"
        raise ValueError(
            f"study {labels[0][row]}, {labels[1][row]}: {found}; expected finite numbers, week and se above 0"
        )
    pairs = list(dict.fromkeys(zip(*labels, strict=True)))
    arms = layout([pair[0] for pair in pairs], [pair[1] for pair in pairs], reference)
    place = {pairs[given]: at for at, given in enumerate(arms.order)}
    arm = np.array([place[pair] for pair in zip(*labels, strict=True)], dtype=np.intp)
    order = np.lexsort((t, arm))
    arm, t, y, s = arm[order], t[order], y[order], s[order]
    twice = np.flatnonzero((np.diff(arm) == 0) & (np.diff(t) == 0))
    if len(twice):
        one = int(twice[0])
        raise ValueError(f"study {arms.studies[arms.study[arm[one]]]}, {arms.treatments[arms.treat[arm[one]]]}: "
                         f"week {t[one]:g} is given twice")  # fmt: skip
    return Weeks(arms, arm, t, y, s)


def course_data(found: Weeks, shape: Shape) -> Data:
    """Give the arrays of the model but for its priors."""
    arms = found.arms
    place, weight = arms.correlated
    first = np.r_[True, np.diff(found.arm) != 0]
    previous = np.where(first, np.arange(len(first)), np.arange(len(first)) - 1)
    gap = np.where(first, 0.0, found.week - found.week[previous])
    member = (found.arm[:, None] == np.arange(len(arms.study))).astype(float)
    return {"change": found.change, "se": found.se, "features": shape.curve.features(found.week), "arm": found.arm,
            "first": first, "previous": previous, "gap": gap, "member": member, "study": arms.study,
            "base": arms.base, "design": arms.design, "treated": arms.treated, "place": place,
            "weight": weight}  # fmt: skip


def fitted(xp: Any, shape: Shape, parts: list[Any], taus: list[Any], data: Data) -> Any:
    """Give each observation's mean; positions may have leading axes."""
    parameters = []
    for (baseline, effect, _, z), tau, own in zip(parts, taus, shape.by_study, strict=True):
        value = baseline[..., data["study"]] if own else baseline[..., data["study"] * 0]
        if effect.shape[-1]:
            # A study's own baseline is that of its base arm; a shared one is that of the reference.
            value = value + effect @ (data["design"] if own else data["treated"]).T
        if tau is not None:
            value = value + tau[..., None] * (data["weight"] * z[..., data["place"]]).sum(axis=-1)
        parameters.append(value)
    by_arm = xp.stack(parameters, axis=-1)
    return shape.curve.value(xp, data["features"], by_arm[..., data["arm"], :])


def quadratic(xp: Any, structure: Structure, residual: Any, rho: Any, data: Data) -> tuple[Any, Any]:
    """Give the quadratic form and log determinant of standardised residuals, by observation and by arm or so.

    Both correlations have closed forms: one week's given the last, or all weeks alike. ``rho`` has the leading axes
    of ``residual``, and one axis more of length one.
    """
    if structure == "ar1":
        # Over a gap of several weeks the correlation is that power of the one over a week.
        phi = xp.where(data["first"], 0.0, rho ** xp.where(data["first"], 1.0, data["gap"]))
        left = 1 - phi**2
        return (residual - phi * residual[..., data["previous"]]) ** 2 / left, xp.log(left)
    times = data["member"].sum(axis=0)
    shrink = rho / (1 + (times - 1) * rho)
    total = residual @ data["member"]
    # Each observation's share of its arm's form, so that shares add up to it.
    share = (residual**2 - residual * ((shrink * total) @ data["member"].T)) / (1 - rho)
    return share, (times - 1) * xp.log1p(-rho) + xp.log1p((times - 1) * rho)


@cache
def course_density(shape: Shape) -> LogDensity:
    """Give the log density: normal means over weeks about a curve whose parameters have effects.

    Position: parameter by parameter its baselines, effects, τ and random effects; last the correlation's logit.
    """
    import jax
    import jax.numpy as jnp

    def log_density(position: Any, data: Data) -> Any:
        random = data["study"].shape[0] - data["base"].shape[0]
        parts, rest = shape.take_apart(position, data["base"].shape[0], data["design"].shape[1] + 1, random)
        total: Any = 0.0
        taus = []
        for i, ((baseline, effect, u, z), scale) in enumerate(zip(parts, shape.scales, strict=True)):
            total = total + normal(baseline, data[f"baseline_{i}"])
            if shape.effects[i]:
                total = total + normal(effect, data[f"effects_{i}"])
            tau = None
            if scale is not None:
                tau, log_prior = scale.constrained(u[0], data[f"tau_{i}"])
                total = total + log_prior - 0.5 * (z**2).sum()
            taus.append(tau)
        rho = data["rho"]
        if shape.estimated:
            # uniform prior between 0 and 1
            rho = jax.nn.sigmoid(rest)
            total = total - (jax.nn.softplus(rest) + jax.nn.softplus(-rest)).sum()
        residual = (data["change"] - fitted(jnp, shape, parts, taus, data)) / data["se"]
        form, log_determinant = quadratic(jnp, shape.structure, residual, rho, data)
        return total - 0.5 * (form.sum() + log_determinant.sum())

    return log_density


def start(found: Weeks, shape: Shape, courses: tuple[Course, ...], chains: int, rng: np.random.Generator) -> Floats:
    """Give starting points: each study's base arm as observed, treatments alike, all of it jittered."""
    from glabella.synthesis.bayesian._mcmc_scale import scale_of, starts

    arms = found.arms
    near = np.stack([
        shape.curve.start(found.week[found.arm == arm], found.change[found.arm == arm]) for arm in arms.base
    ])  # fmt: skip
    columns = []
    for i, course in enumerate(courses):
        middle = near[:, i] if course.by_study else near[:, i].mean(keepdims=True)
        columns.append(middle + 0.1 * rng.normal(size=(chains, len(middle))))
        if course.effects is not None:
            width = min(course.effects.sd, 1.0)
            columns.append(0.1 * width * rng.normal(size=(chains, len(arms.treatments) - 1)))
        if course.tau is not None:
            scale, parameters = scale_of(course.tau, "tau")
            columns.append(scale.close(starts(course.tau, (chains, 1), rng), parameters))
            columns.append(rng.normal(size=(chains, len(arms.study) - len(arms.studies))))
    if shape.estimated:
        columns.append(0.5 * rng.normal(size=(chains, 1)))
    return np.concatenate(columns, axis=1)
