"""Likelihood of the mean and the standard deviation between studies, what biased the literature integrated out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._selection import Alternative, _Data, _data
from glabella.synthesis.bayesian._averaging_bias import BiasModel, Slope, WeightFunction

Floats = NDArray[np.float64]
#: (τ of shape (t,), μ of shape (m,), logarithms of the priors of both (t, m), best value so far) to (t, m).
LogLikelihood = Callable[[Floats, Floats, Floats, float], Floats]

#: Weights (intervals, nodes), and logarithms of the nodes' mass times the weights of the studies' own intervals.
_Rule = tuple[Floats, Floats]

#: Values further below the best than this, in logarithms, are not worked out: 1e-12 of it.
_FAR = 27.6
#: Gauss-Legendre nodes along a slope, and how many standard deviations of it they span.
_SLOPE_NODES, _SPAN = 40, 8.5
#: Numbers held at a time: few enough for the cache.
_BLOCK = 400_000
#: Studies whose normalisers are multiplied before a logarithm is taken; 12 of 1e-20 do not yet underflow.
_TOGETHER = 12
#: Nodes along each weight for the first look that tells where it pays to integrate well.
_LOOK = {1: 10, 2: 6, 3: 5}
#: Probabilities below this are taken for it; so a study that could not have been seen does not give 0/0.
_LEAST = 1e-300
#: Pairs that are looked at between two decisions to go on.
_LOT = 2_000


def normal(y: Floats, v: Floats, tau: Floats, mu: Floats) -> Floats:
    """Give the log-likelihood (t, m) without bias."""
    variance = v + tau[:, None] ** 2
    w = 1 / variance
    total = w.sum(axis=1)
    mean = (w @ y) / total
    # About the weighted mean: nothing cancels.
    least = (w * (y - mean[:, None]) ** 2).sum(axis=1)
    spread = least[:, None] + total[:, None] * (mu - mean[:, None]) ** 2
    return np.asarray(-0.5 * (np.log(2 * np.pi * variance).sum(axis=1)[:, None] + spread))


def of(model: BiasModel | None, y: Floats, v: Floats, sign: float) -> LogLikelihood:
    """Give the log-likelihood under a model of bias, of which large effects profit (sign 1) or small ones (-1)."""
    if isinstance(model, WeightFunction):
        return _selected(model, y, v, sign)
    if isinstance(model, Slope):
        return _sloped(model, y, v, sign)
    return lambda tau, mu, _prior, _best: normal(y, v, tau, mu)


def _sloped(model: Slope, y: Floats, v: Floats, sign: float) -> LogLikelihood:
    """Integrate the slope: given τ and μ its likelihood is normal.

    The rule spans what the likelihood leaves of the half-line. Its nodes are even in the inverse hyperbolic sine,
    in units of the prior's median: they find a prior that is narrow in a wide likelihood as well as the reverse.
    """
    x = sign * model.predictor(v)
    unit, most = (float(model.prior.quantile(p)) for p in (0.5, 1 - 1e-15))
    at, weight = np.polynomial.legendre.leggauss(_SLOPE_NODES)

    def work(tau: Floats, mu: Floats, _prior: Floats, _best: float) -> Floats:
        w = 1 / (v + tau[:, None] ** 2)
        information = (w @ x**2)[:, None]
        slope = ((w @ (x * y))[:, None] - (w @ x)[:, None] * mu) / information
        se = 1 / np.sqrt(information)
        z = slope / se
        low = np.arcsinh(se / unit * np.maximum(z - _SPAN, 0))
        # Below 0 the likelihood's tail falls from where it meets 0, so the same fall is reached sooner.
        reach = np.where(z > 0, z + _SPAN, _SPAN**2 / (np.sqrt(z**2 + _SPAN**2) - z))
        high = np.maximum(np.arcsinh(np.minimum(se * reach, most) / unit), low)
        half = (high - low) / 2
        place = ((low + high) / 2)[..., None] + half[..., None] * at
        beta = unit * np.sinh(place)
        gain = (slope[..., None] * beta - beta**2 / 2) / se[..., None] ** 2
        inside = gain + model.prior.log_density(beta) + np.log(unit * np.cosh(place))
        top = inside.max(axis=-1)
        return np.asarray(
            normal(y, v, tau, mu)
            + top
            + np.log(np.maximum(half, _LEAST) * (np.exp(inside - top[..., None]) @ weight))
        )

    return work


@dataclass(frozen=True, slots=True)
class _Selected:
    """The likelihood under a weight function; (τ, μ) come in pairs, except when it is called."""

    y: Floats
    v: Floats
    data: _Data
    look: _Rule
    rule: _Rule

    def __call__(self, tau: Floats, mu: Floats, prior: Floats, best: float) -> Floats:
        """Integrate the weights by a rule that is fixed, where a coarser one says that it matters."""
        base = normal(self.y, self.v, tau, mu) + prior
        of_tau, of_mu = (np.broadcast_to(part, base.shape).ravel() for part in (tau[:, None], mu))
        flat = np.where(np.isfinite(base), base, -np.inf).ravel()
        most, some = flat.copy(), np.isfinite(flat)
        most[some] += self.bound(of_tau[some], of_mu[some])
        # The most promising first; so the rest can be left out as soon as nothing in it can matter.
        order = np.argsort(-most)
        out = np.full(flat.size, -np.inf)
        for start in range(0, len(order), _LOT):
            lot = order[start : start + _LOT]
            lot = lot[most[lot] > best - _FAR]
            if not len(lot):
                break
            out[lot] = flat[lot] + self.gain(of_tau[lot], of_mu[lot], self.look)
            best = max(best, float(out[lot].max()))
        near = np.flatnonzero(out > best - _FAR)
        out[:] = -np.inf
        out[near] = flat[near] + self.gain(of_tau[near], of_mu[near], self.rule)
        return np.asarray(out.reshape(base.shape) - prior)

    def shares(self, tau: Floats, mu: Floats) -> Floats:
        """Give each study's probability of each interval (pairs, k, intervals)."""
        from scipy.special import ndtr

        sd = np.sqrt(self.v + tau[:, None] ** 2)
        found: Floats = np.zeros((len(tau), len(self.v), self.data.cuts.shape[-1] - 1))
        for tail, turn in enumerate(self.data.sign):
            # Infinite ends need no probability worked out.
            inner = np.isfinite(self.data.cuts[0, tail])
            t = (self.data.cuts[:, tail, inner] - turn * mu[:, None, None]) / sd[..., None]
            below, above = (np.zeros((*t.shape[:-1], len(inner))) for _ in range(2))
            below[..., 0] = 1.0
            below[..., inner], above[..., inner] = ndtr(t), ndtr(-t)
            above[..., ~inner] = 1 - below[..., ~inner]
            # The difference is taken in the tail where both are small, so that it keeps its digits.
            found += np.where(above[..., 1:] < below[..., 1:], above[..., 1:] - above[..., :-1],
                              below[..., :-1] - below[..., 1:])  # fmt: skip
        return found

    def bound(self, tau: Floats, mu: Floats) -> Floats:
        """Give what the weights can add at most.

        They do not rise with the p-value: so of a study's normaliser its own interval and those below make at least
        the weight of its own times what lies there.
        """
        from scipy.special import ndtr

        found = np.empty(len(tau))
        ends = np.take_along_axis(self.data.cuts, self.data.interval[:, None, None] + 1, axis=-1)[..., 0]
        size = max(1, _BLOCK // (8 * len(self.v)))
        for start in range(0, len(tau), size):
            block = slice(start, start + size)
            sd = np.sqrt(self.v + tau[block, None] ** 2)
            own = sum(ndtr((turn * mu[block, None] - ends[:, tail]) / sd)
                      for tail, turn in enumerate(self.data.sign))  # fmt: skip
            found[block] = -np.log(np.maximum(own, _LEAST)).sum(axis=1)
        return found

    def gain(self, tau: Floats, mu: Floats, rule: _Rule) -> Floats:
        """Give what the weights add to the log-likelihood, by a rule."""
        omega, log_mass = rule
        out = np.empty(len(tau))
        size = max(1, _BLOCK // (len(self.v) * omega.shape[1]))
        for start in range(0, len(tau), size):
            block = slice(start, start + size)
            share = np.maximum(self.shares(tau[block], mu[block]), _LEAST)
            value = np.broadcast_to(log_mass, (len(share), len(log_mass))).copy()
            for first in range(0, len(self.v), _TOGETHER):
                chance = share[:, first : first + _TOGETHER] @ omega
                value -= np.log(np.multiply.reduce(chance, axis=1))
            top = value.max(axis=1)
            out[block] = top + np.log(np.exp(value - top[:, None]).sum(axis=1))
        return out


def _selected(model: WeightFunction, y: Floats, v: Floats, sign: float) -> _Selected:
    one_sided: Alternative = "greater" if sign > 0 else "less"
    data = _data(y, v, np.array([*model.steps, 1.0]), "two-sided" if model.sides == "two" else one_sided)
    count = np.bincount(data.interval, minlength=len(model.steps) + 1).astype(float)

    def prepared(points: int | None) -> _Rule:
        omega, mass = model.nodes(points)
        return omega, count @ np.log(omega) + np.log(mass)

    return _Selected(y, v, data, prepared(_LOOK[len(model.steps)]), prepared(None))
