"""Numbers of unusual size, and options of the wrong type. SYNTHETIC data."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from glabella.synthesis import (
    HalfNormal,
    Normal,
    back_transform,
    bayes,
    bayes_regression,
    component_network,
    design,
    effect_size,
    egger,
    gosh,
    model_average,
    multiverse,
    network,
    permutation_test,
    pool,
    pool_beta_binomial,
    pool_glmm,
    pool_mh,
    rank_test,
)
from glabella.synthesis import _beta_binomial as beta_binomial

Y, V = [0.1, 0.4, 0.8, 0.6, 0.3], [0.04, 0.05, 0.09, 0.05, 0.03]
MEANS: dict[str, Any] = {"m1i": [7.0], "sd1i": [2.0], "n1i": [20], "m2i": [5.0], "sd2i": [3.0], "n2i": [30]}
TIMES: dict[str, Any] = {"m1i": [7.0], "sd1i": [2.0], "m2i": [5.0], "sd2i": [3.0], "ni": [20], "ri": [0.4]}
PRIOR = HalfNormal(1)
NET: Any = (["1", "2", "3"], ["A"] * 3, ["B"] * 3, [0.1, 0.2, 0.3], [0.1] * 3)


def in_unit(columns: dict[str, Any], unit: float) -> dict[str, Any]:
    return {name: np.array(values) * (unit if name[0] in "ms" else 1) for name, values in columns.items()}


@pytest.mark.parametrize("unit", [2.0**-900, 1e-300, 1e-80, 1e80, 1e300, 2.0**900])
@pytest.mark.parametrize(
    ("measure", "vtype"),
    [("SMD", "LS"), ("SMD", "UB"), ("SMDH", "LS"), ("ROM", "LS"), ("ROM", "HO"), ("SMCC", "LS"), ("SMCR", "LS")],
)
def test_neither_effect_nor_variance_depends_on_the_unit(measure: Any, vtype: Any, unit: float) -> None:
    columns = TIMES if measure.startswith("SMC") else MEANS
    found = effect_size(measure, vtype=vtype, **in_unit(columns, unit))
    same = effect_size(measure, vtype=vtype, **columns)
    # A power of two rounds nothing.
    rel = 0 if np.frexp(unit)[0] == 0.5 else 1e-13
    assert found.yi == pytest.approx(same.yi, rel=rel, abs=0)
    assert found.vi == pytest.approx(same.vi, rel=rel, abs=0)


def test_rows_of_many_units_are_each_right() -> None:
    """By hand: log of twice, variances (1/2)²/20 and 1/20."""
    units = 10.0 ** np.array([-300, -100, 0, 100, 300])
    found = effect_size("ROM", m1i=2 * units, sd1i=units, n1i=[20] * 5, m2i=units, sd2i=units, n2i=[20] * 5)
    assert found.yi == pytest.approx([np.log(2)] * 5)
    assert found.vi == pytest.approx([0.25 / 20 + 1 / 20] * 5)
    far = effect_size("ROM", m1i=[1e200], sd1i=[1e200], n1i=[20], m2i=[1e-200], sd2i=[1e-200], n2i=[20])
    assert (far.yi[0], far.vi[0]) == pytest.approx((400 * np.log(10), 0.1))


@pytest.mark.parametrize("unit", [1e-300, 1e-160, 1e160, 1e300])
def test_a_variance_that_cannot_be_held_is_unknown_and_says_so(unit: float) -> None:
    found = effect_size("MD", **in_unit(MEANS, unit))
    assert np.isnan([found.yi[0], found.vi[0]]).all()
    assert "too large or too small" in found.reason[0]


def test_arms_of_millions_have_the_likelihood_counted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    table: dict[str, Any] = {"ai": [9000, 21000, 4000], "n1i": [150_000, 400_000, 90_000],
                             "ci": [12000, 17000, 5000], "n2i": [150_000, 300_000, 80_000]}  # fmt: skip
    short = pool_beta_binomial(**table)
    monkeypatch.setattr(beta_binomial, "_ONE_BY_ONE", 2**20)
    whole = pool_beta_binomial(**table)
    for name in ("estimate", "se", "rho", "rho_se"):
        assert getattr(short, name) == pytest.approx(getattr(whole, name), rel=1e-8)
    # Arms, events and others of six: 18 sums, each off by less than 1/(24 * 65,536).
    assert short.log_likelihood == pytest.approx(whole.log_likelihood, rel=0, abs=18 / (24 * 65_536))


def test_an_exact_likelihood_that_would_not_fit_the_memory_is_refused() -> None:
    with pytest.raises(ValueError, match=r"CM\.EL"):
        pool_glmm("OR", model="CM.EL", ai=[1e10, 2e10], n1i=[2e10, 4e10], ci=[1e10, 2e10], n2i=[2e10, 4e10])


def test_the_rank_of_a_study_that_outweighs_all_others_is_not_lost() -> None:
    """By hand: the first study is the mean, and its deviation the weighted one of the others turned round."""
    found = rank_test([1.0, 0.0, 3.0, 2.0], [1e-60, 1.0, 2.0, 3.0])
    # Standardised: first (y1 - mean)/sd = -(Σ w (y - y1)) / √(Σ w) = -(-1 + 1 + 1/3)/√(11/6) = -0.25; the others
    # -1, 2/√2 = 1.41 and 1/√3 = 0.58 against variances in this order: 4 pairs agree, 2 do not.
    assert found.tau == pytest.approx((4 - 2) / 6)


WRONG: dict[str, tuple[str, Callable[[], Any]]] = {
    "drop00": ("drop00", lambda: effect_size("OR", drop00="no", ai=[1], n1i=[9], ci=[2], n2i=[9])),  # type: ignore[arg-type]
    "harmonic": ("harmonic", lambda: back_transform("PFT", [0.4], [9], harmonic="no")),  # type: ignore[arg-type]
    "correlated_arms": ("correlated_arms", lambda: network(*NET, correlated_arms=1)),  # type: ignore[arg-type]
    "of components": ("correlated_arms", lambda: component_network(*NET, correlated_arms="no")),  # type: ignore[arg-type]
    "reference": ("reference", lambda: network(*NET, reference=[])),  # type: ignore[arg-type]
    "correct": ("correct", lambda: pool_mh("OR", correct=None, ai=[1], n1i=[9], ci=[2], n2i=[9])),  # type: ignore[arg-type]
    "seed": ("seed", lambda: permutation_test(Y, V, seed=0.5)),  # type: ignore[arg-type]
    "of gosh": ("seed", lambda: gosh(Y, V, seed="x")),  # type: ignore[arg-type]
    "a whole number too large": ("subsets", lambda: gosh(Y, V, subsets=10**30)),
    "an integer beyond floats": ("level", lambda: pool(Y, V, level=10**400)),
    "an effect beyond floats": ("yi", lambda: pool([10**400, 1, 2], [1, 1, 1])),
    "a masked level": ("level", lambda: pool(Y, V, level=np.ma.masked)),  # type: ignore[arg-type]
    "a level next to nothing": ("level", lambda: bayes(Y, V, tau_prior=PRIOR, level=1e-320)),
    "predictor": ("predictor", lambda: egger(Y, V, predictor=[])),  # type: ignore[arg-type]
    "methods": ("methods", lambda: multiverse(Y, V, {"a": {"b": [1] * 5}}, methods="REML")),  # type: ignore[arg-type]
    "null": ("null", lambda: multiverse(Y, V, {"a": {"b": [1] * 5}}, null="x")),  # type: ignore[arg-type]
    "choices": ("choices", lambda: multiverse(Y, V, "x")),  # type: ignore[arg-type]
    "a chance": (
        "p_bias",
        lambda: model_average(Y, V, effect_prior=Normal(0, 1), tau_prior=PRIOR, p_bias="x"),  # type: ignore[arg-type]
    ),
    "bias_models": (
        "bias_models",
        lambda: model_average(Y, V, effect_prior=Normal(0, 1), tau_prior=PRIOR, bias_models="x"),  # type: ignore[arg-type]
    ),
    "a scale whose square is none": ("sd", lambda: Normal(0, 1e-320)),
    "new_study": (
        "new_study",
        lambda: bayes_regression(Y, V, [1, 2, 3, 4, 5], tau_prior=PRIOR).predict([1.0], new_study="no"),  # type: ignore[arg-type]
    ),
    "data": ("data", lambda: design("x", None)),  # type: ignore[arg-type]
    "mods": ("mods", lambda: pool(Y, V, mods=[1e300, 2e300, 3e300, 4e300, 9e300])),
}


@pytest.mark.parametrize("option", list(WRONG))
def test_what_an_option_cannot_be_is_refused_by_its_name(option: str) -> None:
    name, call = WRONG[option]
    with pytest.raises(ValueError, match=name):
        call()


def test_densities_very_far_away_are_nil() -> None:
    found = bayes(Y, V, tau_prior=PRIOR)
    assert found.mu.density([-np.inf, 1e300]).tolist() == [0, 0]
    assert found.mu.cdf([-1e300, np.inf]) == pytest.approx([0, 1], abs=1e-12)
    assert found.tau.density(np.inf) == 0
