"""Benefits: effect sizes, what can be derived from a report, and everything that pools them.

Array mathematics that a user's own data can call alone, and the way from a dossier's studies to effects
(:func:`contrasts`). Nothing here reads a file, draws, or knows how a number is shown.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glabella.synthesis._absolute import control_counts, risk_with, to_scale_points
    from glabella.synthesis._back_transform import back_transform
    from glabella.synthesis._beta_binomial import BetaBinomial, pool_beta_binomial
    from glabella.synthesis._contrasts import (
        Contrasts,
        Effect,
        NotComputed,
        Step,
        arrays,
        contrasts,
        contrasts_of_each,
        unwanted,
    )
    from glabella.synthesis._covariance import sampling_covariance, shared_control_covariance
    from glabella.synthesis._declared import declared_prior, tau_prior_of
    from glabella.synthesis._design import Design, design
    from glabella.synthesis._effect_size import EffectSizes, effect_size
    from glabella.synthesis._few_trials import (
        LEAST_POOLED,
        LEAST_TESTED,
        NO_PREDICTION,
        OneTrial,
        PooledTrials,
        few_trials,
        pool_trials,
    )
    from glabella.synthesis._glmm import GLMM, pool_glmm
    from glabella.synthesis._gosh import Gosh, gosh
    from glabella.synthesis._if_known import IfKnown, likely_variance, pool_if_known
    from glabella.synthesis._multilevel import Multilevel, pool_multilevel
    from glabella.synthesis._multiverse import Multiverse, multiverse, pool_each
    from glabella.synthesis._multiverse_of import DeclaredMultiverse, multiverse_of
    from glabella.synthesis._permutation import Permutation, permutation_test
    from glabella.synthesis._pool import Pooled, pool
    from glabella.synthesis._proportion import wilson
    from glabella.synthesis._rare import MantelHaenszel, Peto, pool_mh, pool_peto
    from glabella.synthesis._robust import Robust, robust
    from glabella.synthesis._selection import SelectionModel, selection_model
    from glabella.synthesis._sensitivity import Influence, cumulative, influence, leave_one_out
    from glabella.synthesis._small_study import (
        Egger,
        PetPeese,
        RankTest,
        TrimFill,
        egger,
        pet_peese,
        rank_test,
        trim_fill,
    )
    from glabella.synthesis.bayesian._averaging import AveragedModel, Component, ModelAverage, model_average
    from glabella.synthesis.bayesian._averaging_bias import Slope, WeightFunction, psma
    from glabella.synthesis.bayesian._averaging_priors import Cauchy
    from glabella.synthesis.bayesian._bayes import Bayes, bayes
    from glabella.synthesis.bayesian._distribution import Distribution
    from glabella.synthesis.bayesian._mcmc_convergence import Convergence, NotConvergedError
    from glabella.synthesis.bayesian._mcmc_curves import Course, EmaxCurve, ExponentialCurve, PiecewiseLinearCurve
    from glabella.synthesis.bayesian._mcmc_fit import Deviance
    from glabella.synthesis.bayesian._mcmc_network import BayesNetwork, bayes_network
    from glabella.synthesis.bayesian._mcmc_sampled import Sampled
    from glabella.synthesis.bayesian._mcmc_time_course import BayesTimeCourse, bayes_time_course
    from glabella.synthesis.bayesian._priors import (
        Exponential,
        HalfCauchy,
        HalfNormal,
        HalfT,
        InverseGamma,
        LogNormal,
        LogT,
        Lomax,
        Normal,
        TauPrior,
        Uniform,
    )
    from glabella.synthesis.bayesian._regression import BayesRegression, bayes_regression
    from glabella.synthesis.bayesian._unblinding import (
        BiasAdjusted,
        BiasPrior,
        UnblindingCurve,
        bias_adjusted,
        unblinding_curve,
    )
    from glabella.synthesis.join._comparison import (
        IndirectComparison,
        IndirectSensitivity,
        indirect_comparison,
        indirect_sensitivity,
        join_network,
    )
    from glabella.synthesis.join._trials import (
        ControlBias,
        JoinedTrials,
        control_bias,
        joined_trials,
        log_odds_from_smd,
        own_spread,
    )
    from glabella.synthesis.networks._arms import Dropped
    from glabella.synthesis.networks._component_network import CombinationEffect, ComponentNetwork
    from glabella.synthesis.networks._components import component_network
    from glabella.synthesis.networks._contribution import Contribution
    from glabella.synthesis.networks._counts import CountNetwork
    from glabella.synthesis.networks._designs import DesignByTreatment, NetHeat
    from glabella.synthesis.networks._funnel import AdjustedFunnel
    from glabella.synthesis.networks._mantel_haenszel import network_mh
    from glabella.synthesis.networks._network import Network, network
    from glabella.synthesis.networks._pairwise import Pairwise, pairwise
    from glabella.synthesis.networks._peto import network_peto
    from glabella.synthesis.networks._ranks import Ranks, rank_probabilities
    from glabella.synthesis.networks._split import NodeSplit
    from glabella.synthesis.networks._structure import Subnetwork, subnetworks
else:
    from glabella._front_door import front_door

    # The same names again: each module is imported when a name of it is first used.
    __getattr__, __dir__ = front_door(
        __name__,
        {
            "_absolute": (
                "control_counts",
                "risk_with",
                "to_scale_points",
            ),
            "_back_transform": ("back_transform",),
            "_beta_binomial": (
                "BetaBinomial",
                "pool_beta_binomial",
            ),
            "_contrasts": (
                "Contrasts",
                "Effect",
                "NotComputed",
                "Step",
                "arrays",
                "contrasts",
                "contrasts_of_each",
                "unwanted",
            ),
            "_covariance": (
                "sampling_covariance",
                "shared_control_covariance",
            ),
            "_declared": (
                "declared_prior",
                "tau_prior_of",
            ),
            "_design": (
                "Design",
                "design",
            ),
            "_effect_size": (
                "EffectSizes",
                "effect_size",
            ),
            "_few_trials": (
                "LEAST_POOLED",
                "LEAST_TESTED",
                "NO_PREDICTION",
                "OneTrial",
                "PooledTrials",
                "few_trials",
                "pool_trials",
            ),
            "_glmm": (
                "GLMM",
                "pool_glmm",
            ),
            "_gosh": (
                "Gosh",
                "gosh",
            ),
            "_if_known": (
                "IfKnown",
                "likely_variance",
                "pool_if_known",
            ),
            "_multilevel": (
                "Multilevel",
                "pool_multilevel",
            ),
            "_multiverse": (
                "Multiverse",
                "multiverse",
                "pool_each",
            ),
            "_multiverse_of": (
                "DeclaredMultiverse",
                "multiverse_of",
            ),
            "_permutation": (
                "Permutation",
                "permutation_test",
            ),
            "_pool": (
                "Pooled",
                "pool",
            ),
            "_proportion": ("wilson",),
            "_rare": (
                "MantelHaenszel",
                "Peto",
                "pool_mh",
                "pool_peto",
            ),
            "_robust": (
                "Robust",
                "robust",
            ),
            "_selection": (
                "SelectionModel",
                "selection_model",
            ),
            "_sensitivity": (
                "Influence",
                "cumulative",
                "influence",
                "leave_one_out",
            ),
            "_small_study": (
                "Egger",
                "PetPeese",
                "RankTest",
                "TrimFill",
                "egger",
                "pet_peese",
                "rank_test",
                "trim_fill",
            ),
            "bayesian._averaging": (
                "AveragedModel",
                "Component",
                "ModelAverage",
                "model_average",
            ),
            "bayesian._averaging_bias": (
                "Slope",
                "WeightFunction",
                "psma",
            ),
            "bayesian._averaging_priors": ("Cauchy",),
            "bayesian._bayes": (
                "Bayes",
                "bayes",
            ),
            "bayesian._distribution": ("Distribution",),
            "bayesian._mcmc_convergence": (
                "Convergence",
                "NotConvergedError",
            ),
            "bayesian._mcmc_curves": (
                "Course",
                "EmaxCurve",
                "ExponentialCurve",
                "PiecewiseLinearCurve",
            ),
            "bayesian._mcmc_fit": ("Deviance",),
            "bayesian._mcmc_network": (
                "BayesNetwork",
                "bayes_network",
            ),
            "bayesian._mcmc_sampled": ("Sampled",),
            "bayesian._mcmc_time_course": (
                "BayesTimeCourse",
                "bayes_time_course",
            ),
            "bayesian._priors": (
                "Exponential",
                "HalfCauchy",
                "HalfNormal",
                "HalfT",
                "InverseGamma",
                "LogNormal",
                "LogT",
                "Lomax",
                "Normal",
                "TauPrior",
                "Uniform",
            ),
            "bayesian._regression": (
                "BayesRegression",
                "bayes_regression",
            ),
            "bayesian._unblinding": (
                "BiasAdjusted",
                "BiasPrior",
                "UnblindingCurve",
                "bias_adjusted",
                "unblinding_curve",
            ),
            "join._comparison": (
                "IndirectComparison",
                "IndirectSensitivity",
                "indirect_comparison",
                "indirect_sensitivity",
                "join_network",
            ),
            "join._trials": (
                "ControlBias",
                "JoinedTrials",
                "control_bias",
                "joined_trials",
                "log_odds_from_smd",
                "own_spread",
            ),
            "networks._arms": ("Dropped",),
            "networks._component_network": (
                "CombinationEffect",
                "ComponentNetwork",
            ),
            "networks._components": ("component_network",),
            "networks._contribution": ("Contribution",),
            "networks._counts": ("CountNetwork",),
            "networks._designs": (
                "DesignByTreatment",
                "NetHeat",
            ),
            "networks._funnel": ("AdjustedFunnel",),
            "networks._mantel_haenszel": ("network_mh",),
            "networks._network": (
                "Network",
                "network",
            ),
            "networks._pairwise": (
                "Pairwise",
                "pairwise",
            ),
            "networks._peto": ("network_peto",),
            "networks._ranks": (
                "Ranks",
                "rank_probabilities",
            ),
            "networks._split": ("NodeSplit",),
            "networks._structure": (
                "Subnetwork",
                "subnetworks",
            ),
        },
    )

__all__ = [
    "GLMM",
    "LEAST_POOLED",
    "LEAST_TESTED",
    "NO_PREDICTION",
    "AdjustedFunnel",
    "AveragedModel",
    "Bayes",
    "BayesNetwork",
    "BayesRegression",
    "BayesTimeCourse",
    "BetaBinomial",
    "BiasAdjusted",
    "BiasPrior",
    "Cauchy",
    "CombinationEffect",
    "Component",
    "ComponentNetwork",
    "Contrasts",
    "Contribution",
    "ControlBias",
    "Convergence",
    "CountNetwork",
    "Course",
    "DeclaredMultiverse",
    "Design",
    "DesignByTreatment",
    "Deviance",
    "Distribution",
    "Dropped",
    "Effect",
    "EffectSizes",
    "Egger",
    "EmaxCurve",
    "Exponential",
    "ExponentialCurve",
    "Gosh",
    "HalfCauchy",
    "HalfNormal",
    "HalfT",
    "IfKnown",
    "IndirectComparison",
    "IndirectSensitivity",
    "Influence",
    "InverseGamma",
    "JoinedTrials",
    "LogNormal",
    "LogT",
    "Lomax",
    "MantelHaenszel",
    "ModelAverage",
    "Multilevel",
    "Multiverse",
    "NetHeat",
    "Network",
    "NodeSplit",
    "Normal",
    "NotComputed",
    "NotConvergedError",
    "OneTrial",
    "Pairwise",
    "Permutation",
    "PetPeese",
    "Peto",
    "PiecewiseLinearCurve",
    "Pooled",
    "PooledTrials",
    "RankTest",
    "Ranks",
    "Robust",
    "Sampled",
    "SelectionModel",
    "Slope",
    "Step",
    "Subnetwork",
    "TauPrior",
    "TrimFill",
    "UnblindingCurve",
    "Uniform",
    "WeightFunction",
    "arrays",
    "back_transform",
    "bayes",
    "bayes_network",
    "bayes_regression",
    "bayes_time_course",
    "bias_adjusted",
    "component_network",
    "contrasts",
    "contrasts_of_each",
    "control_bias",
    "control_counts",
    "cumulative",
    "declared_prior",
    "design",
    "effect_size",
    "egger",
    "few_trials",
    "gosh",
    "indirect_comparison",
    "indirect_sensitivity",
    "influence",
    "join_network",
    "joined_trials",
    "leave_one_out",
    "likely_variance",
    "log_odds_from_smd",
    "model_average",
    "multiverse",
    "multiverse_of",
    "network",
    "network_mh",
    "network_peto",
    "own_spread",
    "pairwise",
    "permutation_test",
    "pet_peese",
    "pool",
    "pool_beta_binomial",
    "pool_each",
    "pool_glmm",
    "pool_if_known",
    "pool_mh",
    "pool_multilevel",
    "pool_peto",
    "pool_trials",
    "psma",
    "rank_probabilities",
    "rank_test",
    "risk_with",
    "robust",
    "sampling_covariance",
    "selection_model",
    "shared_control_covariance",
    "subnetworks",
    "tau_prior_of",
    "to_scale_points",
    "trim_fill",
    "unblinding_curve",
    "unwanted",
    "wilson",
]
