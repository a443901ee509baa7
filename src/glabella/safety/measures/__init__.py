"""Measures of disproportionality on arrays of counts: nothing here touches a file or knows a drug's name."""

from glabella.safety.measures._disproportionality import (
    disproportionality,
    ema,
    evans,
    reporting_odds_ratio,
)
from glabella.safety.measures._exact import exact_ror
from glabella.safety.measures._gps import GPS, fit_gps
from glabella.safety.measures._information_component import InformationComponent, information_component
from glabella.safety.measures._lasso import LassoLogistic, lasso_logistic
from glabella.safety.measures._logistic import LogisticRatio, logistic_ratio
from glabella.safety.measures._lrt import LikelihoodRatioTest, likelihood_ratio_test
from glabella.safety.measures._masking import Unmasked, WithoutDrug, masking_ratio, unmasked, without_drug
from glabella.safety.measures._omega import Omega, omega
from glabella.safety.measures._rows import Counts, count_pairs, from_cells
from glabella.safety.measures._stratified import MantelHaenszel, mantel_haenszel, stratified_expected
from glabella.safety.measures._trend import Trend, cumulative_ic

__all__ = [
    "GPS",
    "Counts",
    "InformationComponent",
    "LassoLogistic",
    "LikelihoodRatioTest",
    "LogisticRatio",
    "MantelHaenszel",
    "Omega",
    "Trend",
    "Unmasked",
    "WithoutDrug",
    "count_pairs",
    "cumulative_ic",
    "disproportionality",
    "ema",
    "evans",
    "exact_ror",
    "fit_gps",
    "from_cells",
    "information_component",
    "lasso_logistic",
    "likelihood_ratio_test",
    "logistic_ratio",
    "mantel_haenszel",
    "masking_ratio",
    "omega",
    "reporting_odds_ratio",
    "stratified_expected",
    "unmasked",
    "without_drug",
]
