"""Generalised linear mixed models: the optimum metafor looked for, independent integrals, and properties."""

import functools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gammaln

from glabella.synthesis import pool_beta_binomial
from glabella.synthesis._glmm import fit_both, pool_glmm
from glabella.synthesis._glmm_quadrature import modes, objective, predictor
from glabella.synthesis._glmm_space import fixed_intercepts, one_effect, random_intercepts
from glabella.synthesis._glmm_studies import binomial_pairs, binomials, hypergeometrics, poisson_pairs
from glabella.synthesis._likelihood import Maximum, maximise
from glabella.synthesis._rare import proportions, rates, tables
from tests.synthesis.records import files, read

REFERENCES = [read(file) for file in files("metafor")]
FITS = [
    pytest.param(reference, name, id=f"{reference['dataset']}-{name}")
    for reference in REFERENCES
    for name in (reference.get("glmm") or {})
]

#: Outputs of other programs, made here; the scripts are beside them.
KEPT = {
    name: json.loads((Path(__file__).parent / "reference" / f"{name}.json").read_text(encoding="utf-8"))["fits"]
    for name in ("glmm_tmb", "glmm_exact")
}

#: By how much the log-likelihood at metafor's estimates may fall short: its optimiser stops about there.
SHORTFALL = 1e-4


def parts(reference: dict[str, Any], name: str) -> tuple[Any, Any, int]:
    """Give data, parameters and quadrature nodes as metafor defines the model (lme4 has Laplace only for UM.RS)."""
    if name == "PLO":
        studies = binomials(*proportions(reference["raw"]))
        return studies, one_effect(studies), 7
    if reference["kind"] == "rates":
        studies = poisson_pairs(*rates(reference["raw"]))
        return studies, fixed_intercepts(studies), 7
    studies = binomial_pairs(*tables(reference["raw"]))
    if name == "UM.FS":
        return studies, fixed_intercepts(studies), 7
    return studies, random_intercepts(studies), 1


@functools.cache
def fitted(dataset: str, name: str) -> tuple[Maximum, Maximum]:
    return fit_both(*parts(next(one for one in REFERENCES if one["dataset"] == dataset), name))


def at_reference(studies: Any, space: Any, nodes: int, ours: Any, expected: dict[str, Any]) -> Maximum:
    """Fit the other parameters while the effect and τ are held at metafor's."""
    value_gradient, hessian = objective(studies, space, nodes)
    theta = ours.theta.copy()
    held = [space.effect, space.deviations[-1]]
    theta[held] = expected["b"], math.sqrt(expected["tau2"])
    free = np.ones(len(theta), dtype=bool)
    free[held] = False
    if free.any():
        return maximise(value_gradient, hessian, theta, free)
    return Maximum(theta, value_gradient(theta)[0], hessian(theta), True, free)


@pytest.mark.parametrize(("reference", "name"), FITS)
def test_the_optimum_is_metafors_or_a_better_one(reference: dict[str, Any], name: str) -> None:
    expected = reference["glmm"][name]
    studies, space, nodes = parts(reference, name)
    ours, _ = fitted(reference["dataset"], name)
    theirs = at_reference(studies, space, nodes, ours, expected)
    assert ours.converged
    shortfall = ours.value - theirs.value
    # Rounding of the sum, then the bound.
    assert -1e-9 < shortfall < SHORTFALL
    # Near a maximum no estimate is further off, in standard errors, than the root of twice the shortfall; the
    # factor allows for the likelihood not being quite a parabola, the sum for rounding.
    reach = 1.1 * math.sqrt(2 * max(shortfall, 0.0)) + 1e-6
    cover = ours.covariance()
    effect, deviation = space.effect, space.deviations[-1]
    assert abs(ours.theta[effect] - expected["b"]) <= reach * math.sqrt(cover[effect, effect])
    if expected["tau2"] == 0:
        assert ours.theta[deviation] == 0
    else:
        distance = abs(abs(ours.theta[deviation]) - math.sqrt(expected["tau2"]))
        assert distance <= reach * math.sqrt(cover[deviation, deviation])


@pytest.mark.parametrize(("reference", "name"), [fit for fit in FITS if fit.values[1] != "UM.RS"])
def test_errors_and_likelihoods_at_metafors_estimates_agree(reference: dict[str, Any], name: str) -> None:
    expected = reference["glmm"][name]
    studies, space, nodes = parts(reference, name)
    ours, _ = fitted(reference["dataset"], name)
    theirs = at_reference(studies, space, nodes, ours, expected)
    whole = Maximum(theirs.theta, theirs.value, theirs.hessian, True, ours.free)
    # lme4 takes its Hessian by finite differences of the value, good to about four digits.
    assert math.sqrt(whole.covariance()[space.effect, space.effect]) == pytest.approx(expected["se"], rel=1e-4)
    # With several nodes metafor's log-likelihood is that of the data given the modes of the random effects
    # (lme4's deviance), not the integrated one; with no variance between studies the two are the same.
    local = theirs.theta[space.index]
    offset, loading = predictor(space, local)
    eta = offset + np.einsum("kjd,kd->kj", loading, modes(studies, space, local))
    given_modes = (studies.y * eta - studies.cumulant(eta)[0]).sum() + studies.constant.sum()
    assert given_modes == pytest.approx(expected["ll"], abs=1e-3)


#: metafor's names, in its outputs and in those made here.
LETTERS = {"estimate": "b", "se": "se", "sigma2": "sigma2", "tau2": "tau2", "log_likelihood": "ll",
           "q_wald": "QE_Wld", "q_lrt": "QE_LRT"}  # fmt: skip


@pytest.mark.parametrize("dataset", KEPT["glmm_tmb"])
def test_random_intercepts_agree_with_a_program_of_exact_derivatives(dataset: str) -> None:
    expected = KEPT["glmm_tmb"][dataset]
    reference = next(one for one in REFERENCES if one["dataset"] == dataset)
    fit = pool_glmm("OR", model="UM.RS", nodes=1, **reference["raw"])
    for ours, theirs in LETTERS.items():
        assert getattr(fit, ours) == pytest.approx(expected[theirs], rel=1e-6, abs=1e-9), ours
    # metafor's fit is of the same likelihood, and stops short of its maximum.
    assert -1e-9 < fit.log_likelihood - reference["glmm"]["UM.RS"]["ll"] < 5e-4


@pytest.mark.parametrize("dataset", KEPT["glmm_exact"])
def test_conditional_fits_are_at_the_maximum_of_metafors_likelihood(dataset: str) -> None:
    expected, printed = (KEPT["glmm_exact"][dataset][name] for name in ("polished", "metafor"))
    reference = next(one for one in REFERENCES if one["dataset"] == dataset)
    fit = pool_glmm("OR", model="CM.EL", **reference["raw"])
    for ours, theirs in LETTERS.items():
        if ours != "sigma2":
            assert getattr(fit, ours) == pytest.approx(expected[theirs], rel=1e-6, abs=1e-9), ours
    # As it stands metafor differentiates rounded probabilities, which its standard error and Wald statistic show;
    # its likelihoods do not, except that with the logarithm of tau2 it stops short of no variance.
    assert fit.q_lrt == pytest.approx(printed["QE_LRT"], rel=1e-6)
    assert fit.log_likelihood >= printed["ll"] - 1e-7
    if fit.tau2 > 0:
        assert fit.log_likelihood == pytest.approx(printed["ll"], abs=1e-7)
        assert abs(fit.estimate - printed["b"]) < 1e-5 * fit.se
        assert abs(fit.tau2 - printed["tau2"]) < 1e-5 * fit.tau2_se


@pytest.mark.parametrize(("reference", "name"), [fit for fit in FITS if fit.values[1] == "UM.FS"])
def test_tests_of_heterogeneity_agree(reference: dict[str, Any], name: str) -> None:
    expected = reference["glmm"][name]
    if "QE_LRT" not in expected:
        pytest.skip("the rates' tests were not written")
    fit = pool_glmm("OR", model="UM.FS", **reference["raw"])
    assert fit.q_lrt == pytest.approx(expected["QE_LRT"], rel=1e-8)
    # R's glm stops at a relative change of the deviance of 1e-8, which its Wald statistic shows.
    assert fit.q_wald == pytest.approx(expected["QE_Wld"], rel=2e-7)


DATA: dict[str, Any] = {
    "ai": [4, 6, 3, 62, 0], "n1i": [123, 306, 231, 1361, 40],
    "ci": [11, 29, 11, 24, 3], "n2i": [139, 303, 220, 900, 45],
}  # fmt: skip
RATES: dict[str, Any] = {
    "x1i": [9, 11, 3, 0], "t1i": [413.0, 263.0, 487.0, 120.0],
    "x2i": [23, 3, 9, 4], "t2i": [410.0, 254.0, 482.0, 115.0],
}  # fmt: skip
PROPORTIONS: dict[str, Any] = {"xi": [2, 19, 30, 0, 7], "ni": [40, 60, 55, 12, 70]}


def binomial(y: float, n: float, eta: float) -> float:
    return float(gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1) + y * eta - n * np.logaddexp(0, eta))


def integrated(value: Any, centre: float, spread: float) -> float:
    """Log of the integral of exp(value) against a normal density, by adaptive quadrature."""

    def density(x: float) -> float:
        return float(np.exp(value(x) - (x - centre) ** 2 / (2 * spread**2))) / spread / math.sqrt(2 * math.pi)

    found, _ = quad(density, centre - 12 * spread, centre + 12 * spread, epsabs=0, epsrel=1e-11, limit=500)
    return math.log(found)


def test_one_group_likelihood_is_the_integral() -> None:
    fit = pool_glmm("PLO", nodes=60, **PROPORTIONS)
    total = sum(
        integrated(lambda eta, y=y, n=n: binomial(y, n, eta), fit.estimate, math.sqrt(fit.tau2))
        for y, n in zip(PROPORTIONS["xi"], PROPORTIONS["ni"], strict=True)
    )
    assert fit.log_likelihood == pytest.approx(total, rel=1e-9)


def test_conditional_likelihood_is_the_integral_of_the_noncentral_hypergeometric() -> None:
    fit = pool_glmm("OR", model="CM.EL", **DATA)

    def log_probability(psi: float, row: int) -> float:
        a, n1, c, n2 = (DATA[name][row] for name in ("ai", "n1i", "ci", "n2i"))
        m = a + c
        x = np.arange(max(0, m - n2), min(n1, m) + 1)
        ways = -gammaln(x + 1) - gammaln(n1 - x + 1) - gammaln(m - x + 1) - gammaln(n2 - m + x + 1) + x * psi
        return float(ways[x == a][0] - np.logaddexp.reduce(ways))

    total = sum(
        integrated(lambda psi, row=row: log_probability(psi, row), fit.estimate, math.sqrt(fit.tau2))
        for row in range(5)
    )
    assert fit.tau2 > 0.1
    assert fit.log_likelihood == pytest.approx(total, rel=1e-9)


def test_random_intercept_likelihood_is_the_double_integral() -> None:
    fit = pool_glmm("OR", model="UM.RS", nodes=25, **DATA)
    studies = binomial_pairs(*tables(DATA))
    space = random_intercepts(studies)
    ours, _ = fit_both(studies, space, 25)
    intercept, effect, sigma, tau = ours.theta
    grid = np.linspace(-9, 9, 721)
    u, w = np.meshgrid(grid, grid, indexing="ij")
    density = np.exp(-(u**2 + w**2) / 2) / (2 * math.pi) * (grid[1] - grid[0]) ** 2
    total = 0.0
    for row in range(5):
        value = 0.0
        for y, n, half in ((DATA["ai"], DATA["n1i"], 0.5), (DATA["ci"], DATA["n2i"], -0.5)):
            eta = intercept + half * effect + sigma * u + half * tau * w
            value = value + y[row] * eta - n[row] * np.logaddexp(0, eta)
        total += math.log((np.exp(value) * density).sum())
    assert fit.log_likelihood == pytest.approx(total + studies.constant.sum(), rel=1e-8)
    assert fit.sigma2 == pytest.approx(sigma**2)


@pytest.mark.parametrize("name", ["UM.FS", "UM.RS", "CM.EL", "PLO", "IRR"])
@pytest.mark.parametrize("nodes", [1, 7])
def test_gradient_and_hessian_are_those_of_the_value(name: str, nodes: int) -> None:
    if name == "PLO":
        studies = binomials(*proportions(PROPORTIONS))
        space = one_effect(studies)
    elif name == "IRR":
        studies = poisson_pairs(*rates(RATES))
        space = fixed_intercepts(studies)
    elif name == "CM.EL":
        studies = hypergeometrics(*tables(DATA))
        space = one_effect(studies)
    else:
        studies = binomial_pairs(*tables(DATA))
        space = (fixed_intercepts if name == "UM.FS" else random_intercepts)(studies)
    value_gradient, hessian = objective(studies, space, nodes)
    theta = space.start + 0.1 * np.cos(np.arange(len(space.start)))
    _, gradient = value_gradient(theta)
    bend = hessian(theta)
    for column in range(len(theta)):
        shift = np.eye(len(theta))[column] * 1e-4
        above, below, middle = (value_gradient(theta + by)[0] for by in (shift, -shift, 0 * shift))
        assert gradient[column] == pytest.approx((above - below) / 2e-4, rel=1e-5, abs=1e-6)
        assert bend[column, column] == pytest.approx((above + below - 2 * middle) / 1e-8, rel=1e-3, abs=1e-3)


def test_more_nodes_converge() -> None:
    fits = [pool_glmm("OR", nodes=nodes, **DATA) for nodes in (7, 15, 31)]
    assert fits[1].estimate == pytest.approx(fits[2].estimate, rel=1e-5)
    assert abs(fits[0].estimate - fits[2].estimate) < 1e-3 * fits[2].se


def test_equal_studies_have_no_variance_and_the_common_effect() -> None:
    data: dict[str, Any] = {"ai": [12] * 4, "n1i": [100] * 4, "ci": [24] * 4, "n2i": [100] * 4}
    models: tuple[Any, ...] = ("UM.FS", "UM.RS")
    for model in models:
        fit = pool_glmm("OR", model=model, **data)
        assert fit.tau2 == 0
        assert fit.estimate == pytest.approx(math.log(12 * 76 / (24 * 88)))
        assert fit.se == pytest.approx(math.sqrt((1 / 12 + 1 / 24 + 1 / 76 + 1 / 88) / 4))
        assert fit.q_lrt == pytest.approx(0, abs=1e-8)
        assert fit.log_likelihood == fit.log_likelihood_common
    fit = pool_glmm("IRR", x1i=[12] * 3, t1i=[50] * 3, x2i=[30] * 3, t2i=[60] * 3)
    assert fit.estimate == pytest.approx(math.log(12 / 50 / (30 / 60)))
    assert fit.se == pytest.approx(math.sqrt((1 / 12 + 1 / 30) / 3))


@st.composite
def trials(draw: st.DrawFn) -> dict[str, list[int]]:
    columns: dict[str, list[int]] = {"ai": [], "n1i": [], "ci": [], "n2i": []}
    for row in range(draw(st.integers(2, 5))):
        for events, total in (("ai", "n1i"), ("ci", "n2i")):
            columns[total].append(draw(st.integers(12, 80)))
            least = 2 if row == 0 else 0
            columns[events].append(draw(st.integers(least, columns[total][-1] - least)))
    return columns


@settings(max_examples=12, deadline=None)
@given(trials(), st.sampled_from(["UM.FS", "UM.RS", "CM.EL"]))
def test_groups_order_and_empty_studies(data: Any, model: Any) -> None:
    one = pool_glmm("OR", model=model, **data)
    other = {"ai": "ci", "ci": "ai", "n1i": "n2i", "n2i": "n1i"}
    turned: dict[str, Any] = {other[name]: column[::-1] for name, column in data.items()}
    flipped = pool_glmm("OR", model=model, **turned)
    assert one.converged
    assert one.estimate == pytest.approx(-flipped.estimate, abs=1e-5)
    assert one.tau2 == pytest.approx(flipped.tau2, rel=1e-4, abs=1e-6)
    assert one.log_likelihood == pytest.approx(flipped.log_likelihood, abs=1e-7)
    assert one.log_likelihood >= one.log_likelihood_common
    if model != "UM.RS":  # there heterogeneity is tested with the intercepts of group two, as in metafor
        assert one.q_lrt == pytest.approx(flipped.q_lrt, rel=1e-4, abs=1e-5)
    more: dict[str, Any] = {name: [*column, 0 if name in ("ai", "ci") else 50] for name, column in data.items()}
    assert pool_glmm("OR", model=model, **more).estimate == pytest.approx(one.estimate, abs=1e-9)


@pytest.mark.parametrize("model", ["UM.FS", "UM.RS", "CM.EL"])
def test_finds_what_data_were_drawn_with(model: Any) -> None:
    rng = np.random.default_rng(7)
    k, n, effect, tau = 150, 60, -0.5, 0.6
    intercept = rng.normal(-1, 0.5, k)
    own = rng.normal(effect, tau, k)
    a, c = (rng.binomial(n, 1 / (1 + np.exp(-(intercept + by * own)))) for by in (0.5, -0.5))
    fit = pool_glmm("OR", model=model, ai=a, n1i=np.full(k, n), ci=c, n2i=np.full(k, n))
    assert abs(fit.estimate - effect) < 3 * fit.se
    assert abs(fit.tau2 - tau**2) < 3 * fit.tau2_se + 0.05


@pytest.mark.parametrize(
    ("measure", "options", "message"),
    [
        ("RR", {}, "unknown measure 'RR'"),
        ("OR", {"model": "CM.AL"}, "unknown model 'CM.AL'"),
        ("OR", {"nodes": 0}, "nodes is 0, expected 1 to 100"),
        ("OR", {"level": 1.0}, "level is 1.0"),
        ("OR", {"ai": [0] * 5}, "the odds ratio is infinite"),
        ("OR", {"ai": [4.5, 6, 3, 62, 0], "model": "CM.EL"}, "expected whole numbers"),
        ("IRR", {"model": "UM.RS"}, "model is 'UM.RS' for IRR"),
        ("IRR", {"x1i": [0] * 4}, "rate ratio is infinite or 0"),
        ("PLO", {"xi": [0] * 5}, "the logit is infinite"),
        ("PLO", {"xi": [2, 19, 30, 13, 7]}, "xi is 13 in row 4, expected at most ni"),
    ],
)
def test_bad_input_is_refused(measure: Any, options: Any, message: str) -> None:
    data = {"IRR": RATES, "PLO": PROPORTIONS}.get(measure, DATA)
    with pytest.raises(ValueError, match=message):
        pool_glmm(measure, **(data | options))


def test_table_and_print() -> None:
    fit = pool_glmm("OR", **DATA)
    assert fit.table()["tau2"][0] == fit.tau2
    assert "log OR, UM.FS; 7 nodes" in str(fit)
    assert fit.pi_low < fit.ci_low < fit.ci_high < fit.pi_high


# --- likelihoods without a maximum ------------------------------------------------------------------------

#: Every trial has its events in one group alone, some in the one, some in the other.
ONE_SIDED: dict[str, Any] = {
    "ai": [3, 0, 2, 0, 4], "n1i": [50, 60, 40, 50, 45], "ci": [0, 4, 0, 1, 0], "n2i": [50, 60, 40, 50, 45],
}  # fmt: skip
#: The same of everybody and nobody.
ALL_OR_NONE: dict[str, Any] = {"ai": [5, 0, 4, 0], "n1i": [5, 6, 4, 5], "ci": [0, 4, 0, 5], "n2i": [5, 4, 4, 5]}


@pytest.mark.parametrize(
    ("measure", "model", "columns"),
    [
        ("OR", "CM.EL", ONE_SIDED),
        ("OR", "CM.EL", ALL_OR_NONE),
        ("OR", "UM.FS", ALL_OR_NONE),
        ("OR", "UM.RS", ALL_OR_NONE),
        ("PLO", "UM.FS", {"xi": [0, 5, 0, 7], "ni": [5, 5, 6, 7]}),
    ],
)
@pytest.mark.parametrize("nodes", [7, 25, None])
def test_a_likelihood_without_a_maximum_is_refused(measure: Any, model: Any, columns: Any, nodes: Any) -> None:
    with pytest.raises(ValueError, match="the likelihood has no maximum: every study's own effect is infinite"):
        pool_glmm(measure, model=model, nodes=nodes, **columns)


def test_it_rises_with_the_variance_for_ever() -> None:
    """By a sum over a fine grid of normal effects: towards 3 log(3/5) + 2 log(2/5), and never there."""
    effects = np.linspace(-8, 8, 4001)
    weight = np.exp(-(effects**2) / 2) / math.sqrt(2 * math.pi) * (effects[1] - effects[0])

    def chance(row: Any, log_ratio: Any) -> Any:
        """Of ``a`` events in group one, given ``a + c`` in all: by the ways to draw each number, one by one."""
        a, n1, c, n2 = row
        ways = [math.log(math.comb(n1, x) * math.comb(n2, a + c - x)) + x * log_ratio for x in range(a + c + 1)]
        return np.asarray(np.exp(ways[a] - np.logaddexp.reduce(ways)))

    def height(mean: float, tau: float) -> float:
        rows: Any = zip(*ONE_SIDED.values(), strict=True)
        return float(sum(np.log((chance(row, mean + tau * effects) * weight).sum()) for row in rows))

    limit = 3 * np.log(3 / 5) + 2 * np.log(2 / 5)
    heights = [max(height(share * tau, tau) for share in (0.1, 0.2, 0.25, 0.3, 0.4)) for tau in (1, 3, 10, 30)]
    assert heights == sorted(heights)
    assert limit - 0.5 < heights[-1] < limit


def test_one_sided_trials_of_unlike_sizes_may_have_a_maximum_without_variance() -> None:
    """Events fell where nearly everybody was: likelier by chance alone than by five tosses of a coin."""
    columns: dict[str, Any] = {"ai": [1, 0, 1, 0, 1], "n1i": [500, 20, 300, 50, 400], "ci": [0, 1, 0, 1, 0],
                               "n2i": [20, 400, 50, 300, 45]}  # fmt: skip
    fits = [pool_glmm("OR", model="CM.EL", nodes=nodes, **columns) for nodes in (7, 25, None)]
    assert all(fit.converged and fit.tau2 == 0 and not fit.reason for fit in fits)
    assert fits[0].estimate == pytest.approx(fits[1].estimate)


def test_one_sided_trials_have_a_maximum_with_study_intercepts() -> None:
    """There the other group's events bound a study's effect; twice the nodes come to the same."""
    fits = [pool_glmm("OR", nodes=nodes, **ONE_SIDED) for nodes in (15, 50)]
    assert all(fit.converged for fit in fits)
    assert fits[0].estimate == pytest.approx(fits[1].estimate, abs=1e-3)


#: Nobody and everybody in most studies, so that the variance is great.
EXTREME: dict[str, Any] = {"xi": [0, 5, 0, 7, 2], "ni": [5, 5, 6, 7, 6]}


def test_a_maximum_that_depends_on_the_nodes_is_said() -> None:
    found = pool_glmm("PLO", nodes=7, **EXTREME)
    total = sum(
        integrated(lambda eta, y=y, n=n: binomial(y, n, eta), found.estimate, math.sqrt(found.tau2))
        for y, n in zip(EXTREME["xi"], EXTREME["ni"], strict=True)
    )
    assert abs(found.log_likelihood - total) > 0.05
    assert not found.converged
    assert "number of nodes (7)" in found.reason
    assert found.reason in str(found)


def test_nodes_are_added_until_the_likelihood_is_the_integral() -> None:
    """At the fit, and nowhere higher: by adaptive quadrature at 81 points around it."""
    fit = pool_glmm("PLO", **EXTREME)

    def height(mean: float, tau: float) -> float:
        return sum(
            integrated(lambda eta, y=y, n=n: binomial(y, n, eta), mean, tau)
            for y, n in zip(EXTREME["xi"], EXTREME["ni"], strict=True)
        )

    tau = math.sqrt(fit.tau2)
    assert fit.converged
    assert fit.nodes > 7
    assert f"{fit.nodes} nodes" in str(fit)
    assert fit.log_likelihood == pytest.approx(height(fit.estimate, tau), abs=2e-4)
    around = [height(fit.estimate + step, tau * share) for step in np.linspace(-2, 2, 9)
              for share in np.linspace(0.5, 2, 9)]  # fmt: skip
    assert max(around) < fit.log_likelihood + 5e-4


@pytest.mark.parametrize("nodes", [7, None])
def test_two_random_effects_have_the_nodes_they_need(nodes: int | None) -> None:
    """By a sum over a fine grid of both normal effects."""
    columns: dict[str, Any] = {"ai": [0, 0, 1, 0, 9], "n1i": [20] * 5, "ci": [0, 3, 0, 20, 0], "n2i": [20] * 5}
    fit = pool_glmm("OR", model="UM.RS", nodes=nodes, **columns)
    studies = binomial_pairs(*tables(columns))
    space = random_intercepts(studies)
    intercept, effect, sigma, tau = fit_both(studies, space, fit.nodes)[0].theta
    grid = np.linspace(-9, 9, 1201)
    u, w = np.meshgrid(grid, grid, indexing="ij")
    weight = np.exp(-(u**2 + w**2) / 2) / (2 * math.pi) * (grid[1] - grid[0]) ** 2
    total = 0.0
    for row in np.flatnonzero(np.array(columns["ai"]) + columns["ci"]):
        sides = ((columns["ai"][row], 0.5), (columns["ci"][row], -0.5))
        each = sum(binomial_each(y, intercept + half * effect + sigma * u + half * tau * w) for y, half in sides)
        total += math.log((np.exp(each) * weight).sum())
    assert fit.converged == (nodes is None)
    assert (abs(fit.log_likelihood - total) < 1e-3) == fit.converged


def binomial_each(y: int, eta: Any) -> Any:
    """Log probability of ``y`` of 20."""
    return math.log(math.comb(20, y)) + y * eta - 20 * np.logaddexp(0, eta)


def test_laplaces_approximation_is_not_held_to_more_nodes() -> None:
    one, more = (pool_glmm("OR", model="UM.RS", nodes=nodes, **DATA) for nodes in (1, None))
    assert one.converged
    assert abs(one.log_likelihood - more.log_likelihood) > 0.001


@pytest.mark.parametrize(
    "columns", [ALL_OR_NONE, {"ai": [0, 0, 1], "n1i": [50, 60, 1], "ci": [0, 1, 0], "n2i": [30, 1, 20]}]
)
def test_a_correlation_of_one_within_arms_is_refused(columns: Any) -> None:
    with pytest.raises(ValueError, match="no maximum: the correlation within an arm is 1"):
        pool_beta_binomial(**columns)
