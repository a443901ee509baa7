"""Robust Bayesian model averaging: effect or none, heterogeneity or none, publication bias or none, and which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._labels import check_list
from glabella.synthesis._numbers import check_effects, number, numbers
from glabella.synthesis.bayesian._averaging_bias import BiasModel, Slope, WeightFunction, psma
from glabella.synthesis.bayesian._averaging_likelihood import of
from glabella.synthesis.bayesian._averaging_mesh import Axis, Joint, integrate
from glabella.synthesis.bayesian._averaging_mixture import Mixture
from glabella.synthesis.bayesian._averaging_priors import OfMean, ProperPrior, of_mean, require_proper
from glabella.synthesis.bayesian._priors import Normal

if TYPE_CHECKING:
    import polars

Floats = NDArray[np.float64]

#: How much longer each panel is than the one nearer to the data; and how far heavy tails are followed, in units of
#: what the data span. Lighter tails end before.
_GROWTH, _REACH = 4.0, 1e7
#: Prior probability that may lie outside the panels; only heavy tails reach their last.
_OUTSIDE = 1e-15


@dataclass(frozen=True, slots=True)
class AveragedModel:
    """One model of the average.

    Attributes
    ----------
    effect, heterogeneity : bool
        Whether the mean, and whether τ, differs from 0.
    bias : str
        Name of the model of publication bias, or ``"none"``.
    prior, posterior : float
        Probabilities.
    log_marginal : float
        Logarithm of the marginal likelihood.
    bf_inclusion : float
        Posterior odds of this model by its prior odds.
    mu, tau : Mixture
        Posteriors under this model.
    """

    effect: bool
    heterogeneity: bool
    bias: str
    prior: float
    posterior: float
    log_marginal: float
    bf_inclusion: float
    mu: Mixture
    tau: Mixture


@dataclass(frozen=True, slots=True)
class Component:
    """Presence of an effect, of heterogeneity or of publication bias.

    Attributes
    ----------
    prior, posterior : float
        Probabilities of presence.
    bf : float
        Bayes factor for presence against absence; NaN if the average holds only one of the two.
    """

    prior: float
    posterior: float
    bf: float


@dataclass(frozen=True, slots=True)
class ModelAverage:
    """An average over models.

    Attributes
    ----------
    models : tuple of AveragedModel
        Every combination.
    effect, heterogeneity, bias : Component
        Inclusion probabilities and Bayes factors.
    mu, tau : Mixture
        Averaged over all models; a model without an effect, or without heterogeneity, puts its probability on 0.
    mu_conditional, tau_conditional : Mixture
        Averaged over the models with an effect, or with heterogeneity.
    k : int
        Studies.
    favours : str
        As asked.
    """

    models: tuple[AveragedModel, ...]
    effect: Component
    heterogeneity: Component
    bias: Component
    mu: Mixture
    tau: Mixture
    mu_conditional: Mixture
    tau_conditional: Mixture
    k: int
    favours: Literal["greater", "less"]

    @property
    def bias_models(self) -> dict[str, Component]:
        """Probability and inclusion Bayes factor of each model of bias, and of none."""
        names = tuple(dict.fromkeys(model.bias for model in self.models))
        return {name: _component(self.models, [model.bias == name for model in self.models]) for name in names}

    def table(self) -> polars.DataFrame:
        """Give one row a model."""
        from glabella.synthesis.bayesian._averaging_report import average_table

        return average_table(self)

    def __str__(self) -> str:
        """Print components, estimates and the models of bias."""
        from glabella.synthesis.bayesian._averaging_report import average_text

        return average_text(self)


def model_average(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    effect_prior: Normal | ProperPrior,
    tau_prior: ProperPrior,
    bias_models: Sequence[BiasModel] | None = None,
    favours: Literal["greater", "less"] = "greater",
    p_effect: float = 0.5,
    p_heterogeneity: float = 0.5,
    p_bias: float = 0.5,
) -> ModelAverage:
    """Average over {no effect, effect} × {no heterogeneity, heterogeneity} × {no publication bias, models of it}.

    Effects are taken as they are given, and all priors are on their scale. The defaults of RoBMA are for
    standardised mean differences; elsewhere other priors are needed, above all for the slopes of PET and PEESE.

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and sampling variances.
    effect_prior : Normal or ProperPrior
        Of the mean, where there is an effect; one of those of τ if the effect can only be positive.
    tau_prior : ProperPrior
        Of τ, where there is heterogeneity.
    bias_models : sequence of WeightFunction or Slope, optional
        Models of publication bias; left out, the eight of RoBMA-PSMA (:func:`psma`). An empty one averages over
        effect and heterogeneity alone.
    favours : {"greater", "less"}
        Effects that are published more readily: large or small ones.
    p_effect, p_heterogeneity, p_bias : float
        Prior probability of each component; 0 or 1 leave models out. Models of bias share theirs by their weights.

    Returns
    -------
    ModelAverage
        Found by quadrature, without a sampler. Marginal likelihoods are good to about seven digits.

    Raises
    ------
    ValueError
        If shapes differ, a variance is not above zero, a value is not finite, nothing is given, a probability lies
        outside 0 to 1, or a prior is improper (a Bayes factor would depend on a constant that it does not have).

    References
    ----------
    Bartoš F, Maier M, Wagenmakers EJ, Doucouliagos H, Stanley TD. Res Synth Methods 2023;14:99-116.
    Maier M, Bartoš F, Wagenmakers EJ. Psychol Methods 2023;28:107-122.
    Stanley TD, Doucouliagos H. Res Synth Methods 2014;5:60-78 (PET, PEESE).

    Examples
    --------
    >>> from glabella.synthesis import HalfNormal, Normal
    >>> fit = model_average([0.5, 0.6, 0.3, 0.4], [0.02, 0.04, 0.05, 0.03], effect_prior=Normal(0, 1),
    ...                     tau_prior=HalfNormal(0.3), bias_models=())
    >>> fit.effect.bf > 10, fit.heterogeneity.bf < 1
    (True, True)
    """
    y, v = _checked(yi, vi)
    chances = {"p_effect": p_effect, "p_heterogeneity": p_heterogeneity, "p_bias": p_bias}
    for name, chance in chances.items():
        if not 0 <= number(chance, name, "a probability from 0 to 1") <= 1:
            raise ValueError(f"{name} is {chance}, expected a probability from 0 to 1")
    if favours not in ("greater", "less"):
        raise ValueError(f"unknown direction {favours!r}; expected 'greater' or 'less'")
    require_proper(tau_prior, "tau_prior")
    of_effect = of_mean(effect_prior, _OUTSIDE)
    asked = psma() if bias_models is None else _models(bias_models)
    share = sum(model.weight for model in asked)
    biases: list[tuple[BiasModel | None, float]] = [(None, 1 - p_bias if asked else 1.0)]
    biases += [(model, p_bias * model.weight / share) for model in asked]
    with_tau = _tau_axis(y, v, tau_prior) if p_heterogeneity else None
    with_mu = _mu_axis(y, v, of_effect) if p_effect else None
    combinations = product(
        ((None, 1 - p_effect), (with_mu, p_effect)),
        ((None, 1 - p_heterogeneity), (with_tau, p_heterogeneity)),
        biases,
    )
    found = []
    for (mu, chance_mu), (tau, chance_tau), (bias, chance_bias) in combinations:
        chance = chance_mu * chance_tau * chance_bias
        if chance:
            joint = _joint(y, v, bias, mu, tau, (of_effect, tau_prior), 1.0 if favours == "greater" else -1.0)
            found.append((mu is not None, tau is not None, bias.name if bias else "none", chance, joint))
    return _averaged(found, len(y), favours)


def _models(given: Sequence[BiasModel]) -> tuple[BiasModel, ...]:
    check_list(given, "bias_models", "a list such as psma()")
    if not all(isinstance(each, WeightFunction | Slope) for each in given):
        raise ValueError(f"bias_models is {given!r}, expected a list such as psma()")
    return tuple(given)


def _checked(yi: ArrayLike, vi: ArrayLike) -> tuple[Floats, Floats]:
    y, v = np.array(numbers(yi, "yi")), np.array(numbers(vi, "vi"))
    if y.shape != v.shape or y.ndim != 1:
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (k,)")
    if not len(y):
        raise ValueError("nothing to average: no effect was given")
    check_effects(y, v)
    return y, v


def _tau_axis(y: Floats, v: Floats, prior: ProperPrior) -> Axis:
    """Give panels that grow from a fraction of a standard error or of the prior's median, whichever is less."""
    first = min(float(np.sqrt(v.min())), float(prior.quantile(0.5))) / 8
    last = min(float(prior.quantile(1 - _OUTSIDE)), (float(np.sqrt(v.max())) + float(np.ptp(y))) * _REACH)
    ends = _growing(first, last)
    return Axis.over(np.concatenate([[0.0], ends[ends < last], [last]]))


def _mu_axis(y: Floats, v: Floats, prior: OfMean) -> Axis:
    """Give panels that grow away from the pooled mean, as far as the prior or the data reach."""
    centre, unit = float(np.average(y, weights=1 / v)), float(1 / np.sqrt((1 / v).sum()))
    reach = (unit + float(np.ptp(y))) * _REACH
    far = 10 * float(np.sqrt(v.max()))
    low = max(min(prior.low, float(y.min()) - far), centre - reach, prior.least)
    high = min(max(prior.high, float(y.max()) + far), centre + reach)
    steps = _growing(2 * unit, reach)
    ends = np.concatenate([centre - steps[::-1], [centre], centre + steps])
    return Axis.over(np.concatenate([[low], ends[(ends > low) & (ends < high)], [high]]))


def _growing(first: float, last: float) -> Floats:
    """Give ends that grow from the first until they pass the last."""
    return np.asarray(
        first * _GROWTH ** np.arange(np.ceil(np.log(max(last / first, _GROWTH)) / np.log(_GROWTH)) + 1)
    )


def _joint(
    y: Floats, v: Floats, bias: BiasModel | None, mu: Axis | None, tau: Axis | None,
    priors: tuple[OfMean, ProperPrior], sign: float,
) -> Joint:  # fmt: skip
    """Integrate one model; a parameter without an axis is 0."""
    likelihood = of(bias, y, v, sign)

    def log_joint(at_tau: Floats, at_mu: Floats, best: float) -> Floats:
        prior = np.zeros((len(at_tau), len(at_mu)))
        if mu is not None:
            prior = prior + priors[0].log_density(at_mu)
        if tau is not None:
            prior = prior + priors[1].log_density(at_tau)[:, None]
        return likelihood(at_tau, at_mu, prior, best) + prior

    return integrate(log_joint, tau or Axis.at_zero(), mu or Axis.at_zero())


def _averaged(
    found: list[tuple[bool, bool, str, float, Joint]], k: int, favours: Literal["greater", "less"]
) -> ModelAverage:
    """Weigh models by their marginal likelihoods."""
    prior = np.array([chance for *_, chance, _ in found])
    logs = np.array([joint.log_integral for *_, joint in found])
    scaled = np.log(prior) + logs
    posterior = np.exp(scaled - scaled.max())
    posterior /= posterior.sum()
    models = []
    for (effect, heterogeneity, bias, chance, joint), weight in zip(found, posterior.tolist(), strict=True):
        odds = weight / (1 - weight) * (1 - chance) / chance if chance < 1 else float("nan")
        mu, tau = (Mixture.of([(1.0, density)]) for density in (joint.mu, joint.tau))
        models.append(AveragedModel(effect, heterogeneity, bias, chance, weight, joint.log_integral, odds, mu, tau))
    of_effect, of_heterogeneity = [m.effect for m in models], [m.heterogeneity for m in models]
    pairs = list(zip(posterior.tolist(), (joint for *_, joint in found), strict=True))
    return ModelAverage(
        models=tuple(models),
        effect=_component(models, of_effect),
        heterogeneity=_component(models, of_heterogeneity),
        bias=_component(models, [m.bias != "none" for m in models]),
        mu=Mixture.of([(weight, joint.mu) for weight, joint in pairs]),
        tau=Mixture.of([(weight, joint.tau) for weight, joint in pairs]),
        mu_conditional=Mixture.of([(w, joint.mu) for w, joint in pairs if joint.mu is not None]),
        tau_conditional=Mixture.of([(w, joint.tau) for w, joint in pairs if joint.tau is not None]),
        k=k,
        favours=favours,
    )


def _component(models: Sequence[AveragedModel], present: Sequence[bool]) -> Component:
    """Compare the models that have something with those that have not."""
    chosen = np.array(present)
    prior, logs = np.array([m.prior for m in models]), np.array([m.log_marginal for m in models])
    evidence = prior * np.exp(logs - logs.max())
    inside, outside = float(evidence[chosen].sum()), float(evidence[~chosen].sum())
    before = float(prior[chosen].sum() / prior.sum())
    if not (chosen.any() and (~chosen).any()):
        return Component(before, before, float("nan"))
    odds = before / float(prior[~chosen].sum() / prior.sum())
    bf = inside / outside / odds if outside else float("inf")
    return Component(before, inside / (inside + outside), bf)
