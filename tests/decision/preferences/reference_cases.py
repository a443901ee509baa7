"""Published cases of benefit-risk analysis: their inputs and results, typed as facts, each with its source.

R1 and R7 need files of draws that are not ours to give; ``validation/preferences.py`` runs them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from glabella.decision.preferences import Beta, LogNormal, Normal

Floats = NDArray[np.float64]

# --- R2 -----------------------------------------------------------------------------------------------------
# Four antidepressants and placebo, network evidence: van Valkenhoef et al. 2012, J Clin Epidemiol 65:394.
# Inputs: github.com/drugis/mcda-elicitation-web, examples/regular-examples/hansen.json (values of 0 to 1).
# Results: github.com/drugis/addis, .../util/JSMAAintegration/NetworkBenefitRiskTestBase.java, 10,000 draws.

R2_CRITERIA = ("diarrhoea", "dizziness", "HAM-D response", "headache", "insomnia", "nausea")
R2_OPTIONS = ("fluoxetine", "paroxetine", "placebo", "sertraline", "venlafaxine")
R2_BETTER = (False, False, True, False, False, False)
#: Log odds on placebo, mean and standard deviation.
R2_BASELINE = (
    (-2.18973652268887, 0.20745091277030614),
    (-2.229952239997334, 0.6103081418234848),
    (-0.17143575198943867, 0.11299261988783152),
    (-1.195990710044872, 0.2926643640049414),
    (-2.6072766936458627, 0.19058521932687542),
    (-2.0171705884956532, 0.191705300034155),
)
#: Log odds ratios against placebo, of fluoxetine, paroxetine, sertraline and venlafaxine.
R2_RELATIVE = (
    (0.60820293, 0.14088424, 0.93203685, 0.09601785),
    (0.1203208, 0.6538699, -0.2203627, 1.1915229),
    (0.4718129, 0.7258847, 0.6715258, 0.8211993),
    (0.1964591, 0.1263129, 0.2029933, -0.2254059),
    (0.7978386, 0.7486351, 1.0663029, 0.9744811),
    (0.3951561, 0.6442827, 0.6469638, 0.9771107),
)
#: Their covariances: the upper triangle, row by row.
R2_COVARIANCE = (
    (0.05366822, 0.04117003, 0.034076, 0.03788519, 0.08108542, 0.0377813, 0.04324302, 0.05394404, 0.03338272,
     0.09859621),
    (0.09124249, 0.07387436, 0.08086186, 0.06457527, 0.14080128, 0.10328788, 0.0703052, 0.14662864, 0.06920427,
     0.08590214),
    (0.013445532, 0.01039469, 0.009881156, 0.010499559, 0.023006616, 0.008196856, 0.010732709, 0.019023866,
     0.009210099, 0.019107243),
    (0.0351938, 0.02755068, 0.02189916, 0.02919822, 0.04847513, 0.02374509, 0.03277411, 0.03259199, 0.02356638,
     0.05920276),
    (0.04388258, 0.03516051, 0.02560003, 0.03283164, 0.06255486, 0.0280728, 0.03474863, 0.05402063, 0.02592013,
     0.0673885),
    (0.04167875, 0.03492591, 0.02952693, 0.03559971, 0.05629741, 0.03102295, 0.03658295, 0.04396177, 0.02899487,
     0.0536996),
)  # fmt: skip
R2_DRAWS = 10_000
R2_RANKS = (
    (0.0215, 0.2648, 0.3217, 0.3143, 0.0777),
    (0.1496, 0.3248, 0.2519, 0.2249, 0.0488),
    (0.6114, 0.1201, 0.0868, 0.0545, 0.1272),
    (0.0758, 0.1342, 0.1931, 0.2389, 0.3580),
    (0.1417, 0.1561, 0.1465, 0.1674, 0.3883),
)
R2_CENTRAL = (
    (0.08646901, 0.24112709, 0.22045918, 0.1362404, 0.10229834, 0.213406),
    (0.17593187, 0.12181948, 0.29181468, 0.1293235, 0.13949573, 0.14161473),
    (0.17986517, 0.17659262, 0.09069475, 0.1618931, 0.19437357, 0.19658082),
    (0.07495453, 0.3116226, 0.27471687, 0.1266365, 0.09423491, 0.11783455),
    (0.1803073, 0.07638429, 0.27879293, 0.2584503, 0.11542176, 0.09064338),
)
R2_CONFIDENCE = (0.1144, 0.5532, 0.9870, 0.5538, 0.6522)


def r2_outcomes(draws: int, seed: int) -> Floats:
    """Draw chances of each outcome: log odds on placebo and log odds ratios, drawn apart."""
    random = np.random.default_rng(seed)
    found = np.empty((draws, 5, 6))
    places = np.triu_indices(4)
    for criterion, (mean, sd) in enumerate(R2_BASELINE):
        covariance = np.zeros((4, 4))
        covariance[places] = R2_COVARIANCE[criterion]
        covariance = covariance + np.triu(covariance, 1).T
        odds = random.normal(mean, sd, draws)[:, None] + np.zeros(5)
        odds[:, [0, 1, 3, 4]] += random.multivariate_normal(R2_RELATIVE[criterion], covariance, draws)
        found[:, :, criterion] = 1 / (1 + np.exp(-odds))
    return found


# --- R3 -----------------------------------------------------------------------------------------------------
# One trial: Tervonen et al. 2011, Stat Med 30:1419. Counts: github.com/drugis/mcda-elicitation-web,
# examples/regular-examples/nemeroff.json; github.com/tommite/jsmaa, models/smaa2-br-betas.jsmaa (Beta with one
# added to events and to others). No result is stored there; those here were computed apart, by plain NumPy with
# 400,000 draws.

R3_CRITERIA = ("response", "nausea", "insomnia", "anxiety")
R3_OPTIONS = ("placebo", "fluoxetine", "venlafaxine")
R3_COUNTS = (
    ((37, 101), (8, 102), (14, 102), (1, 102)),
    ((45, 100), (22, 102), (15, 102), (7, 102)),
    ((51, 96), (40, 100), (22, 100), (10, 100)),
)
R3_CELLS = tuple(tuple(Beta(1 + events, 1 + of - events) for events, of in option) for option in R3_COUNTS)
#: The worst end, then the best.
R3_RANGES = ((0.28, 0.63), (0.50, 0.04), (0.31, 0.08), (0.17, 0.0))
R3_DRAWS = 400_000
R3_FIRST = (0.747, 0.170, 0.083)
R3_CONFIDENCE = (0.957, 0.367, 0.469)
#: With response over nausea over anxiety over insomnia.
R3_ORDER = (0, 1, 3, 2)
R3_FIRST_ORDERED = (0.461, 0.292, 0.247)

# --- R4 -----------------------------------------------------------------------------------------------------
# Four antidepressants: github.com/tommite/jsmaa, models/smaa2-benefitrisk.jsmaa. Efficacy is log-normal, harms are
# normal, in per cent. No result is stored there; those here were computed apart with ranges that the 95 %
# intervals span together.

R4_CRITERIA = ("efficacy", "diarrhoea", "dizziness", "headache", "insomnia", "nausea")
R4_OPTIONS = ("fluoxetine", "paroxetine", "sertraline", "venlafaxine")
R4_BETTER = (True, False, False, False, False, False)
R4_CELLS: tuple[tuple[LogNormal | Normal, ...], ...] = (
    (LogNormal(0.0, 0.0), Normal(11.7, 2.5), Normal(7.2, 1.45), Normal(16.6, 3.27), Normal(13.7, 1.89),
     Normal(18.6, 1.79)),
    (LogNormal(0.086, 0.056), Normal(9.2, 1.86), Normal(10.6, 1.58), Normal(21.2, 5.15), Normal(14.3, 2.93),
     Normal(18.3, 3.7)),
    (LogNormal(0.095, 0.044), Normal(15.4, 2.65), Normal(7.5, 1.48), Normal(20.2, 3.78), Normal(15.0, 3.21),
     Normal(19.5, 2.6)),
    (LogNormal(0.113, 0.048), Normal(5.5, 2.32), Normal(15.7, 4.44), Normal(12.8, 2.45), Normal(11.2, 3.98),
     Normal(31.0, 1.68)),
)  # fmt: skip
R4_DRAWS = 400_000
R4_FIRST = (0.196, 0.251, 0.170, 0.382)
R4_CONFIDENCE = (0.486, 0.440, 0.349, 0.730)

# --- R5 -----------------------------------------------------------------------------------------------------
# Placebo against a drug: the README of the R package brisk (CRAN, MIT).

R5_BENEFIT = ((0.0, 0.5, 1.0), (0.0, 0.2, 1.0))
R5_HARM = ((0.0, 0.3, 0.6, 1.0), (1.0, 0.9, 0.2, 0.0))
R5_WEIGHTS = (0.75, 0.25)


R5_DRAWS = 10_000
#: Mean, 2.5 % and 97.5 % of the drug, of placebo, and of their difference; then how often the drug is better.
R5_RESULTS = (0.434, 0.310, 0.558, 0.338, 0.312, 0.366, 0.096, -0.031, 0.223, 0.929)


# --- Monte Carlo --------------------------------------------------------------------------------------------


def gaps(
    compute: Callable[[int], Floats], reference: object, *, ratio: float, rounding: float, times: int = 40
) -> Floats:
    """Give how far results lie from the reference, in standard errors of both.

    Parameters
    ----------
    compute : callable
        From a seed to results.
    reference : array_like
        What was published.
    ratio : float
        Draws of one computation, over those behind what was published.
    rounding : float
        What the published numbers may be off by because they were rounded.
    times : int
        How often it is computed, from which the standard error is known.
    """
    found = np.stack([compute(seed) for seed in range(times)])
    variance = found.var(axis=0, ddof=1)
    error = np.sqrt(variance / times + variance * ratio)
    off = np.abs(found.mean(axis=0) - np.asarray(reference, dtype=float))
    return np.asarray(np.maximum(off - rounding, 0.0) / error)
