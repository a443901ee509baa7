"""A network of counts by arm as a hierarchical model, by contrasts or by arms, sampled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis.bayesian import _mcmc_binomial as binomial
from glabella.synthesis.bayesian._mcmc_arms import Layout, check_informative, counts, layout
from glabella.synthesis.bayesian._mcmc_convergence import Convergence, NotConvergedError, convergence
from glabella.synthesis.bayesian._mcmc_fit import Deviance, deviance
from glabella.synthesis.bayesian._mcmc_run import check_run, run
from glabella.synthesis.bayesian._mcmc_sampled import Sampled
from glabella.synthesis.bayesian._mcmc_sampler import Data, LogDensity, libraries
from glabella.synthesis.bayesian._mcmc_scale import Scale, scale_of, starts
from glabella.synthesis.bayesian._priors import Normal, TauPrior, check_tau_prior
from glabella.synthesis.networks._structure import place_of

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis.networks._ranks import Ranks, SmallValues

Floats = NDArray[np.float64]
Model = Literal["contrast", "arm"]

#: Wide on the log-odds scale, as in the evidence synthesis of NICE (Dias et al. 2013).
WIDE = Normal(0.0, 100.0)


@dataclass(frozen=True)
class BayesNetwork:
    """Posterior of a network of counts by arm.

    Attributes
    ----------
    treatments : tuple of str
        Sorted.
    reference : str
        Whom effects are relative to.
    effects : Sampled of shape (treatments,)
        Log odds ratios against the reference, whose own is zero.
    tau : Sampled or None
        Standard deviation of a comparison's log odds ratio between studies; None for common effects.
    sigma, correlation, probability : Sampled or None
        Of the arm-based model: standard deviation of a treatment's log odds between studies, their correlation
        between treatments, and the chance of an event under each treatment, averaged over studies.
    fit : Deviance
        Residual deviance, DIC, WAIC.
    convergence : Convergence
        Of all that was sampled.
    model, tau_prior, effects_prior, baseline_prior, seed : object
        As asked.
    """

    treatments: tuple[str, ...]
    reference: str
    effects: Sampled
    tau: Sampled | None
    sigma: Sampled | None
    correlation: Sampled | None
    probability: Sampled | None
    fit: Deviance
    convergence: Convergence
    model: Model
    tau_prior: TauPrior | None
    effects_prior: Normal
    baseline_prior: Normal
    seed: int
    layout: Layout = field(repr=False)

    @property
    def draws(self) -> Floats:
        """Draws of the effects, of shape (samples, treatments)."""
        return self.effects.draws

    def against(self, treatment: str) -> Sampled:
        """Give log odds ratios against another treatment."""
        at = place_of(treatment, self.treatments, "treatment")
        return Sampled(self.effects.chains - self.effects.chains[..., at : at + 1])

    def rank_probabilities(self, *, small_values: SmallValues) -> Ranks:
        """Rank the treatments within each draw; small log odds are good for a harm, bad for response."""
        from glabella.synthesis.networks._ranks import rank_probabilities

        return rank_probabilities(self.draws, treatments=self.treatments, small_values=small_values)

    def table(self) -> pl.DataFrame:
        """Give one row a treatment: its log odds ratio against the reference."""
        import polars as pl

        low, high = self.effects.interval()
        return pl.DataFrame({
            "treatment": self.treatments, "mean": self.effects.mean, "sd": self.effects.sd,
            "median": self.effects.median, "low": low, "high": high, "mean_error": self.effects.mean_error,
        })  # fmt: skip

    def __str__(self) -> str:
        """Print as analysts know it."""
        from glabella.synthesis.bayesian._mcmc_report import network_text

        return network_text(self)


def bayes_network(
    studlab: ArrayLike,
    treat: ArrayLike,
    events: ArrayLike,
    n: ArrayLike,
    *,
    reference: str,
    tau_prior: TauPrior | None,
    model: Model = "contrast",
    effects_prior: Normal = WIDE,
    baseline_prior: Normal = WIDE,
    draws: int = 2000,
    tune: int = 1000,
    chains: int = 4,
    seed: int = 1,
) -> BayesNetwork:
    """Fit a hierarchical binomial model with a logit link to counts by arm.

    Parameters
    ----------
    studlab, treat : array_like of shape (m,)
        Study and treatment of each arm.
    events, n : array_like of shape (m,)
        Patients with the event, and all patients.
    reference : str
        Treatment that effects are relative to.
    tau_prior : TauPrior or None
        Contrast model: prior of τ, the standard deviation of a comparison's effect between studies; None asks for
        common effects. Arm-based model: prior of σ, the standard deviation of a treatment's log odds.
    model : {"contrast", "arm"}
        Log odds of each study's base arm are the study's own and effects within studies are modelled; or log odds
        of all treatments are modelled, and are alike in all studies but for their (correlated) deviations.
    effects_prior : Normal
        Of each effect against the reference; in the arm-based model of each treatment's log odds.
    baseline_prior : Normal
        Of each study's log odds in its base arm; of the contrast model alone.
    draws, tune, chains : int
        Draws that are kept of each chain, draws before them, and chains.
    seed : int
        The same one gives the same draws.

    Returns
    -------
    BayesNetwork
        With diagnostics that have passed.

    Raises
    ------
    NotConvergedError
        If R-hat, effective sample sizes or divergent trajectories say that the draws cannot be trusted; it carries
        the result to look at.
    ValueError
        If labels or counts are wrong, the network falls apart, a prior is improper, or a study or treatment has no
        event at all under a wide prior; studies and treatments are named.
    ImportError
        If the extra ``glabella[bayes]`` is not installed.

    References
    ----------
    Dias S, Sutton AJ, Ades AE, Welton NJ. Med Decis Making 2013;33:607-617 (NICE DSU TSD 2: contrasts).
    Hong H, Chu H, Zhang J, Carlin BP. Res Synth Methods 2016;7:6-22 (by arms).
    Zhang J et al. Clin Trials 2014;11:246-262 (by arms).
    """
    if model not in ("contrast", "arm"):
        raise ValueError(f"unknown model {model!r}; expected contrast or arm")
    check_run(draws, tune, chains, seed)
    for prior, name in ((effects_prior, "effects_prior"), (baseline_prior, "baseline_prior")):
        if not isinstance(prior, Normal):
            raise ValueError(f"{name} is {prior!r}, expected a prior such as Normal(0, 100)")
    if tau_prior is not None:
        check_tau_prior(tau_prior)
    libraries()
    arms = layout(studlab, treat, reference)
    y, total = counts(arms, events, n)
    rng = np.random.default_rng(seed)
    if model == "contrast":
        check_informative(arms, y, total, effects_prior.sd, baseline_prior.sd)
        density, data, start, scale = _contrast(arms, y, total, tau_prior, baseline_prior, chains, rng)
    elif tau_prior is None:
        raise ValueError("the arm-based model was asked for without tau_prior; expected a prior of σ")
    else:
        # Studies borrow from each other here: only a treatment can be without an estimate.
        check_informative(arms, y, total, effects_prior.sd, 0.0)
        density, data, start, scale = _arm(arms, y, total, tau_prior, chains, rng)
    data["effects_prior"] = np.array([effects_prior.mean, effects_prior.sd])
    chained, divergent = run(density, data, start, draws=draws, tune=tune, seed=seed)
    parts = _parts(arms, chained, data, scale, model)
    found = BayesNetwork(
        treatments=arms.treatments, reference=arms.treatments[arms.reference], **parts["found"],
        fit=deviance(parts["logits"], y, total, arms.order),
        convergence=convergence(parts["names"], parts["looked_at"], divergent),
        model=model, tau_prior=tau_prior, effects_prior=effects_prior, baseline_prior=baseline_prior, seed=seed,
        layout=arms,
    )  # fmt: skip
    if not found.convergence.converged:
        raise NotConvergedError(found.convergence, found)
    return found


def _contrast(
    arms: Layout,
    y: Floats,
    n: Floats,
    prior: TauPrior | None,
    baseline: Normal,
    chains: int,
    rng: np.random.Generator,
) -> tuple[LogDensity, Data, Floats, Scale | None]:
    """Give density, data and starting points of the contrast model."""
    data = binomial.contrast_data(arms, y, n)
    data["baseline_prior"] = np.array([baseline.mean, baseline.sd])
    effects, random = len(arms.treatments) - 1, len(y) - len(arms.studies)
    start = [binomial.empirical_logit(y, n)[arms.base] + rng.normal(0, 0.1, (chains, len(arms.studies))),
             rng.normal(0, 0.3, (chains, effects))]  # fmt: skip
    scale = None
    if prior is not None:
        scale, data["tau_prior"] = scale_of(prior, "tau_prior")
        start += [
            scale.close(starts(prior, (chains, 1), rng), data["tau_prior"]),
            rng.normal(0, 1, (chains, random)),
        ]
    return binomial.contrast_density(scale), data, np.concatenate(start, axis=1), scale


def _arm(
    arms: Layout, y: Floats, n: Floats, prior: TauPrior, chains: int, rng: np.random.Generator
) -> tuple[LogDensity, Data, Floats, Scale]:
    """Give density, data and starting points of the arm-based model."""
    data = binomial.arm_data(arms, y, n)
    scale, data["tau_prior"] = scale_of(prior, "tau_prior")
    logit = binomial.empirical_logit(y, n)
    mean = np.bincount(arms.treat, logit) / np.bincount(arms.treat)
    start = [mean + rng.normal(0, 0.3, (chains, len(mean))),
             scale.close(starts(prior, (chains, 1), rng), data["tau_prior"]), rng.normal(0, 1, (chains, 1)),
             rng.normal(0, 1, (chains, len(arms.studies) + len(y)))]  # fmt: skip
    return binomial.arm_density(scale), data, np.concatenate(start, axis=1), scale


def _parts(arms: Layout, chained: Floats, data: Data, scale: Scale | None, model: Model) -> dict[str, Any]:
    """Take positions apart."""
    if model == "arm" and scale is not None:
        return _arm_parts(arms, chained, data, scale)
    return _contrast_parts(arms, chained, data, scale)


def _contrast_parts(arms: Layout, chained: Floats, data: Data, scale: Scale | None) -> dict[str, Any]:
    """Take a contrast model's positions apart."""
    studies, others = len(arms.studies), list(arms.others)
    effects = np.zeros((*chained.shape[:2], len(arms.treatments)))
    effects[..., others] = chained[..., studies : studies + len(others)]
    tau = None if scale is None else scale.value(chained[..., studies + len(others)], data["tau_prior"])
    flat = chained.reshape(-1, chained.shape[2])
    logits = binomial.contrast_logits(flat, data, None if tau is None else tau.ravel())
    looked_at = [effects[..., others], logits.reshape(*chained.shape[:2], -1)]
    names = [arms.treatments[i] for i in others] + arm_names(arms)
    if tau is not None:
        looked_at.append(tau[..., None])
        names.append("tau")
    found = {"effects": Sampled(effects), "tau": None if tau is None else Sampled(tau), "sigma": None,
             "correlation": None, "probability": None}  # fmt: skip
    return {"found": found, "logits": logits, "looked_at": np.concatenate(looked_at, axis=2), "names": tuple(names)}


def _arm_parts(arms: Layout, chained: Floats, data: Data, scale: Scale) -> dict[str, Any]:
    """Take an arm-based model's positions apart."""
    from scipy.special import expit

    k = len(arms.treatments)
    mean = chained[..., :k]
    sigma = scale.value(chained[..., k], data["tau_prior"])
    correlation = expit(chained[..., k + 1])
    flat = chained.reshape(-1, chained.shape[2])
    logits = binomial.arm_logits(flat, data, sigma.ravel(), correlation.ravel())
    found = {
        "effects": Sampled(mean - mean[..., arms.reference, None]),
        # Of the difference of two treatments' log odds in a study.
        "tau": Sampled(sigma * np.sqrt(2 * (1 - correlation))),
        "sigma": Sampled(sigma), "correlation": Sampled(correlation),
        "probability": Sampled(averaged(mean, sigma[..., None])),
    }  # fmt: skip
    looked_at = np.concatenate(
        [mean, sigma[..., None], correlation[..., None], logits.reshape(*chained.shape[:2], -1)], axis=2
    )
    names = (*arms.treatments, "sigma", "correlation", *arm_names(arms))
    return {"found": found, "logits": logits, "looked_at": looked_at, "names": names}


def averaged(mean: Floats, sigma: Floats) -> Floats:
    """Average chances over normal log odds, by quadrature."""
    from scipy.special import expit

    # 32 nodes: the error is below 2e-7 for σ up to 2.
    nodes, weights = np.polynomial.hermite_e.hermegauss(32)
    total = np.zeros(np.broadcast_shapes(mean.shape, sigma.shape))
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        total += weight * expit(mean + sigma * node)
    return total


def arm_names(arms: Layout) -> list[str]:
    """Name arms, for diagnostics."""
    return [f"{arms.studies[s]}: {arms.treatments[t]}" for s, t in zip(arms.study, arms.treat, strict=True)]
