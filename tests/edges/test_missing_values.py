"""Masked and missing values are missing, however they are written. SYNTHETIC data."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from glabella.synthesis import (
    HalfNormal,
    Normal,
    back_transform,
    bayes,
    bayes_regression,
    cumulative,
    design,
    effect_size,
    egger,
    gosh,
    influence,
    model_average,
    network,
    pairwise,
    permutation_test,
    pet_peese,
    pool,
    pool_glmm,
    pool_mh,
    pool_multilevel,
    pool_peto,
    rank_test,
    robust,
    sampling_covariance,
    selection_model,
    trim_fill,
)

Y, V = [0.1, 0.4, 0.8, 0.6, 0.3], [0.04, 0.05, 0.09, 0.05, 0.03]
N = [20] * 5
PRIOR = HalfNormal(1)
MEANS: dict[str, Any] = {"sd1i": [1] * 5, "n1i": N, "m2i": Y, "sd2i": [1] * 5, "n2i": N}
COUNTS: dict[str, Any] = {"n1i": N, "ci": [3, 4, 5, 6, 7], "n2i": N}
CALLS: dict[str, Callable[[Any], Any]] = {
    "pool, effects": lambda x: pool(x, V),
    "pool, variances": lambda x: pool(Y, x),
    "pool, moderators": lambda x: pool(Y, V, mods=x),
    "effect_size": lambda x: effect_size("MD", m1i=x, **MEANS),
    "egger": lambda x: egger(x, V),
    "egger, sizes": lambda x: egger(Y, V, ni=x, predictor="ni"),
    "pet_peese": lambda x: pet_peese(x, V),
    "rank_test": lambda x: rank_test(x, V),
    "trim_fill": lambda x: trim_fill(x, V),
    "selection_model": lambda x: selection_model(x, V),
    "robust": lambda x: robust(x, V, [1, 2, 3, 4, 5]),
    "influence": lambda x: influence(x, V),
    "permutation_test": lambda x: permutation_test(x, V),
    "gosh": lambda x: gosh(x, V),
    "cumulative, order": lambda x: cumulative(Y, V, order=x),
    "bayes": lambda x: bayes(x, V, tau_prior=PRIOR),
    "bayes_regression": lambda x: bayes_regression(Y, V, x, tau_prior=PRIOR),
    "model_average": lambda x: model_average(x, V, effect_prior=Normal(0, 1), tau_prior=PRIOR),
    "pool_multilevel": lambda x: pool_multilevel(x, V, clusters={"study": [1, 1, 2, 2, 3]}),
    "network, effects": lambda x: network(list("12345"), ["A"] * 5, ["B"] * 5, x, V),
    "network, standard errors": lambda x: network(list("12345"), ["A"] * 5, ["B"] * 5, Y, x),
    "pairwise": lambda x: pairwise([1, 1, 2, 2, 2], list("ABABC"), measure="MD", mean=x, sd=[1] * 5, n=N),
    "pool_mh": lambda x: pool_mh("OR", ai=x, **COUNTS),
    "pool_peto": lambda x: pool_peto(ai=x, **COUNTS),
    "pool_glmm": lambda x: pool_glmm("OR", ai=x, **COUNTS),
    "back_transform, sizes": lambda x: back_transform("PFT", 0.3, ni=x),
    "sampling_covariance": lambda x: sampling_covariance(x, [1, 1, 2, 2, 3], 0.5),
    "design": lambda x: design("~ x", {"x": x}),
}
#: Without its types, which ask for more than an array needs.
MA: Any = np.ma
#: Whole numbers, so that they may be counts too; the third is not there.
FORMS: dict[str, Any] = {
    "masked": MA.array([1.0, 4.0, 8.0, 6.0, 3.0], mask=[0, 0, 1, 0, 0]),
    "pandas' NA": np.array([1.0, 4.0, pd.NA, 6.0, 3.0], dtype=object),
}


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("call", list(CALLS))
def test_a_missing_value_is_refused_by_its_row(call: str, form: str) -> None:
    with pytest.raises(ValueError, match=r"row 3|study '2', treatment 'A'|study '3'"):
        CALLS[call](FORMS[form])


def test_a_masked_study_of_a_batch_is_absent() -> None:
    """As NaN is: by hand, the row has four studies."""
    y, v = np.array([Y, Y]), np.array([V, V])
    mask = np.array([[0, 0, 1, 0, 0], [0, 0, 0, 0, 0]], dtype=bool)
    found = pool(MA.array(y, mask=mask), MA.array(v, mask=mask))
    assert found.k.tolist() == [4, 5]
    keep = [0, 1, 3, 4]
    assert found.estimate[0] == pytest.approx(pool(np.array(Y)[keep], np.array(V)[keep]).estimate)


def test_a_masked_value_does_not_come_back() -> None:
    """The exponential of 0.8 is not among the results; the masked place is NaN or still masked."""
    found = back_transform("OR", MA.array(Y, mask=[0, 0, 1, 0, 0]))
    assert np.ma.getmaskarray(found)[2] or np.isnan(found[2])
