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


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule over the weights.

    Attributes
    ----------
    ratios : tuple of ndarray
        Nodes of each weight's ratio to the one before.
    log_mass : ndarray of shape (nodes of the first ratio, nodes of all others)
        Logarithms of the nodes' mass times the weights of the studies' own intervals.
    """

    ratios: tuple[Floats, ...]
    log_mass: Floats


#: Values further below the best than this, in logarithms, are not worked out: 1e-12 of it.
_FAR = 27.6
#: The same for slopes, of which nothing is left out that ten digits could show.
_FARTHER = 60.0
#: Gauss-Legendre nodes along a slope, and how many standard deviations of it they span.
_SLOPE_NODES, _SPAN = 40, 8.5
#: Numbers held at a time: few enough for the cache.
_BLOCK = 150_000
#: Studies whose normalisers are multiplied before a logarithm is taken; 12 of 1e-20 do not yet underflow.
_TOGETHER = 12
#: Nodes along each weight for the first look that tells where it pays to integrate well.
_LOOK = {1: 10, 2: 6, 3: 5}
#: Probabilities below this are taken for it; so a study that could not have been seen does not give 0/0.
_LEAST = 1e-300
#: Studies' probabilities that are kept from the first look to the rule; beyond, they are worked out again.
_KEPT = 4_000_000
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

    def gain(slope: Floats, se: Floats) -> Floats:
        z = slope / se
        low = np.arcsinh(se / unit * np.maximum(z - _SPAN, 0))
        # Below 0 the likelihood's tail falls from where it meets 0, so the same fall is reached sooner.
        reach = np.where(z > 0, z + _SPAN, _SPAN**2 / (np.sqrt(z**2 + _SPAN**2) - z))
        high = np.maximum(np.arcsinh(np.minimum(se * reach, most) / unit), low)
        half = (high - low) / 2
        sinh = np.sinh(((low + high) / 2)[:, None] + half[:, None] * at)
        beta = unit * sinh
        inside = (slope[:, None] - beta / 2) * beta / se[:, None] ** 2
        inside += model.prior.log_density(beta)
        top = inside.max(axis=-1)
        inside -= top[:, None]
        np.exp(inside, out=inside)
        # Times the hyperbolic cosine, with which the nodes spread.
        inside *= np.sqrt(1 + sinh * sinh)
        return np.asarray(top + np.log(unit * np.maximum(half, _LEAST) * (inside @ weight)))

    def work(tau: Floats, mu: Floats, prior: Floats, best: float) -> Floats:
        base = normal(y, v, tau, mu)
        w = 1 / (v + tau[:, None] ** 2)
        information = (w @ x**2)[:, None]
        slope = ((w @ (x * y))[:, None] - (w @ x)[:, None] * mu) / information
        se = np.broadcast_to(1 / np.sqrt(information), slope.shape).ravel()
        slope, flat = slope.ravel(), (base + prior).ravel()
        # A slope cannot add more than the best one would; where that is far below the best, nothing is worked out.
        bound = np.where(np.isfinite(flat), flat + np.maximum(slope / se, 0) ** 2 / 2, -np.inf)
        order = np.argsort(-bound)
        out = np.full(flat.size, -np.inf)
        for start in range(0, len(order), _LOT):
            lot = order[start : start + _LOT]
            lot = lot[bound[lot] > best - _FARTHER]
            if not len(lot):
                break
            out[lot] = gain(slope[lot], se[lot])
            best = max(best, float((flat[lot] + out[lot]).max()))
        return np.asarray(base + out.reshape(base.shape))

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
        looked: list[tuple[NDArray[np.intp], Floats | None]] = []
        kept = 0
        for start in range(0, len(order), _LOT):
            lot = order[start : start + _LOT]
            lot = lot[most[lot] > best - _FAR]
            if not len(lot):
                break
            share = self.shares(of_tau[lot], of_mu[lot])
            kept += share.size
            looked.append((lot, share if kept <= _KEPT else None))
            out[lot] = flat[lot] + self.gain(share, self.look)
            best = max(best, float(out[lot].max()))
        near = [out[lot] > best - _FAR for lot, _ in looked]
        out[:] = -np.inf
        for (lot, known), which in zip(looked, near, strict=True):
            at = lot[which]
            share = self.shares(of_tau[at], of_mu[at]) if known is None else known[which]
            out[at] = flat[at] + self.gain(share, self.rule)
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
            small, upper = ndtr(-np.abs(t)), t > 0
            below, above = (np.zeros((*t.shape[:-1], len(inner))) for _ in range(2))
            below[..., 0] = 1.0
            below[..., inner] = np.where(upper, 1 - small, small)
            above[..., inner] = np.where(upper, small, 1 - small)
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

    def gain(self, shares: Floats, rule: _Rule) -> Floats:
        """Give what the weights add to the log-likelihood, by a rule.

        A study's normaliser is linear in the first ratio, so that the product of several is a polynomial in it. All
        its terms are positive: nothing cancels, and one product of matrices gives its value at every node.
        """
        first, others = rule.ratios[0], rule.log_mass.shape[1]
        out = np.empty(len(shares))
        size = max(1, _BLOCK // rule.log_mass.size)
        powers = first[:, None] ** np.arange(min(len(self.v), _TOGETHER) + 1)
        most = rule.log_mass.max()
        mass = np.exp(rule.log_mass - most).ravel()
        for start in range(0, len(shares), size):
            block = slice(start, start + size)
            share = np.maximum(shares[block], _LEAST).transpose(1, 2, 0)
            value = rule.log_mass[:, :, None]
            for begin in range(0, len(self.v), _TOGETHER):
                together = share[begin : begin + _TOGETHER]
                terms = _product(together[:, 0], _beyond(together, rule.ratios[1:]))
                product = (powers[:, : len(terms)] @ terms.reshape(len(terms), -1)).reshape(len(first), others, -1)
                if len(self.v) <= _TOGETHER:
                    total = mass @ np.reciprocal(product, out=product).reshape(len(mass), -1)
                    out[block] = most + np.log(total)
                else:
                    value = value - np.log(product)
            if len(self.v) > _TOGETHER:
                top = value.max(axis=(0, 1))
                out[block] = top + np.log(np.exp(value - top).sum(axis=(0, 1)))
        return out


def _beyond(share: Floats, ratios: tuple[Floats, ...]) -> Floats:
    """Give what the first ratio multiplies in each study's normaliser.

    From probabilities of shape (studies, intervals, pairs) and the ratios after the first to an array of shape
    (studies, nodes of these, pairs).
    """
    found = share[:, -1][:, None]
    for place in reversed(range(len(ratios))):
        inner = ratios[place][:, None, None] * found[:, None]
        found = (share[:, place + 1][:, None, None] + inner).reshape(len(share), -1, share.shape[-1])
    return np.asarray(found)


def _product(constant: Floats, slope: Floats) -> Floats:
    """Multiply straight lines, given by (lines, pairs) and (lines, nodes, pairs), to (powers, nodes, pairs)."""
    lines, *shape = slope.shape
    terms, spare = np.empty((lines + 1, *shape)), np.empty(shape)
    terms[0], terms[1] = constant[0], slope[0]
    for line in range(1, lines):
        np.multiply(terms[line], slope[line], out=terms[line + 1])
        for power in range(line, 0, -1):
            terms[power] *= constant[line]
            terms[power] += np.multiply(slope[line], terms[power - 1], out=spare)
        terms[0] *= constant[line]
    return terms


def _selected(model: WeightFunction, y: Floats, v: Floats, sign: float) -> _Selected:
    one_sided: Alternative = "greater" if sign > 0 else "less"
    data = _data(y, v, np.array([*model.steps, 1.0]), "two-sided" if model.sides == "two" else one_sided)
    # A study's own weight is the product of the ratios up to its interval.
    beyond = (data.interval[:, None] > np.arange(len(model.steps))).sum(axis=0)

    def prepared(points: int | None) -> _Rule:
        rules = model.rules(points)
        logs = [np.log(mass) + number * np.log(ratio) for (ratio, mass), number in zip(rules, beyond, strict=True)]
        log_mass = np.zeros(1)
        for each in logs:
            log_mass = np.add.outer(log_mass, each).ravel()
        return _Rule(tuple(ratio for ratio, _ in rules), log_mass.reshape(len(logs[0]), -1))

    return _Selected(y, v, data, prepared(_LOOK[len(model.steps)]), prepared(None))
