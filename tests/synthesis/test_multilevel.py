"""Multilevel and multivariate models against rma.mv, a dense likelihood, the univariate model, and symmetries.

Three comparisons, so that no tolerance hides an optimiser: (a) a dense likelihood written here agrees with metafor
at fixed (co)variances to rounding error; (b) ours agrees with that dense likelihood at our maximum, which nothing
near it exceeds; (c) our maximum is no lower than metafor's, and lies where metafor's does within its optimiser's
precision, 1e-6 (reference/README.md).
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from glabella.synthesis import (
    Multilevel,
    design,
    effect_size,
    pool,
    pool_multilevel,
    sampling_covariance,
    shared_control_covariance,
)
from glabella.synthesis._multilevel_structure import STRUCTS
from tests.synthesis.records import outputs

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "reference" / "multilevel.json").read_text(encoding="utf-8")
)
CASES: dict[str, Any] = REFERENCE["cases"]
EXACT = 1e-10
OPTIMISER = 1e-6


def reference_data(name: str) -> dict[str, Any]:
    found = outputs("metafor", name)
    rows = range(len(found["cluster"]))
    return {**found["raw"], "study": found["cluster"], "estimate": list(rows), "rho": 0.5}


def arguments(name: str) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """Give what pool_multilevel is asked for in a case of the reference."""
    case = CASES[name]
    data = REFERENCE["simulated"].get(case["data"]) or reference_data(case["data"])
    yi, vi = np.array(data["yi"]), np.array(data["vi"])
    if case["with_v"]:
        vi = sampling_covariance(vi, data["study"], data["rho"])
    levels = {"three levels": ["region", "study", "estimate"], "one component": ["estimate"], "outcomes": ["study"],
              "times": ["study"]}  # fmt: skip
    used = next((each for start, each in levels.items() if name.startswith(start)), ["study", "estimate"])
    asked: dict[str, Any] = {"clusters": {each: data[each] for each in used}}
    if name == "one component":
        asked["clusters"] = {"estimate": np.arange(len(yi))}
    if name.startswith(("outcomes", "both", "times")):
        asked |= {"outcome": data["time" if name.startswith("times") else "outcome"], "struct": case["struct"]}
    if case["mods"] != "~1":
        asked["mods"] = design(case["mods"], {key: value for key, value in data.items() if isinstance(value, list)})
    return yi, vi, asked | {"method": case["method"], "test": case["test"]}


def between(struct: str, j: int, tau2: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Covariance of outcomes, entry by entry."""
    full = np.empty((j, j))
    pairs = [(a, b) for a in range(j) for b in range(a + 1, j)]
    for a in range(j):
        for b in range(j):
            variance = math.sqrt(tau2[a % len(tau2)] * tau2[b % len(tau2)])
            if a == b:
                full[a, b] = variance
            elif struct == "AR":
                full[a, b] = variance * rho[0] ** abs(a - b)
            else:
                full[a, b] = variance * rho[pairs.index((min(a, b), max(a, b))) if struct == "UN" else 0]
    return full


def dense(
    yi: np.ndarray, vi: np.ndarray, asked: dict[str, Any], sigma2: np.ndarray, tau2: np.ndarray, rho: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Log-likelihood, coefficients and their covariance, with one k by k covariance and nothing clever."""
    k = len(yi)
    m = np.diag(vi) if vi.ndim == 1 else vi.copy()
    layers = list(asked["clusters"].values())
    ids = [list(zip(*layers[: depth + 1], strict=True)) for depth in range(len(layers))]
    if "outcome" in asked:
        labels = sorted(set(asked["outcome"]))
        own = [labels.index(each) for each in asked["outcome"]]
        full = between(asked["struct"], len(labels), tau2, rho)
        m += [[full[own[i], own[j]] if ids[0][i] == ids[0][j] else 0.0 for j in range(k)] for i in range(k)]
        ids = ids[1:]
    for variance, groups in zip(sigma2, ids, strict=True):
        m += variance * np.array([[float(a == b) for b in groups] for a in groups])
    x = asked["mods"].matrix if "mods" in asked else np.ones((k, 1))
    solved = np.linalg.solve(m, np.column_stack([x, yi]))
    gram = x.T @ solved[:, :-1]
    beta = np.linalg.solve(gram, x.T @ solved[:, -1])
    r = yi - x @ beta
    value = -0.5 * (np.linalg.slogdet(m)[1] + r @ np.linalg.solve(m, r))
    if asked["method"] == "REML":
        value -= 0.5 * (np.linalg.slogdet(gram)[1] - np.linalg.slogdet(x.T @ x)[1])
    value -= 0.5 * (k - x.shape[1] * (asked["method"] == "REML")) * math.log(2 * math.pi)
    return float(value), beta, np.linalg.inv(gram)


def parts(fit: Multilevel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Split variances into those of clusters and those of outcomes."""
    own = {None: 0, "CS": 1, "AR": 1}.get(fit.struct, sum(": " in name for name in fit.components))
    return fit.sigma2[own:], fit.sigma2[:own], np.nan_to_num(fit.rho)


def theirs(expected: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sigma2, tau2, rho = (np.atleast_1d(np.array([] if expected[name] is None else expected[name], dtype=float))
                         for name in ("sigma2", "tau2", "rho"))  # fmt: skip
    return sigma2, tau2, rho


@pytest.mark.parametrize("name", CASES)
def test_the_dense_likelihood_is_metafors(name: str) -> None:
    yi, vi, asked = arguments(name)
    expected = CASES[name]["fixed"]
    value, beta, vcov = dense(yi, vi, asked, *theirs(expected))
    assert math.isclose(value, expected["logLik"], rel_tol=EXACT)
    assert np.allclose(beta, expected["b"], rtol=EXACT, atol=1e-12)
    assert np.allclose(vcov, expected["vcov"], rtol=EXACT, atol=1e-14)


@pytest.mark.parametrize("name", CASES)
def test_the_maximum_is_the_dense_likelihoods(name: str) -> None:
    yi, vi, asked = arguments(name)
    fit = pool_multilevel(yi, vi, **asked)
    assert fit.converged
    found = parts(fit)
    value, beta, vcov = dense(yi, vi, asked, *found)
    assert math.isclose(fit.log_likelihood, value, rel_tol=EXACT)
    assert np.allclose(fit.estimate, beta, rtol=EXACT, atol=1e-12)
    assert np.allclose(fit.vcov, vcov, rtol=EXACT, atol=1e-14)
    # Nothing near is higher; a slope would show at the smaller distance, as it falls off less quickly than a bend.
    rng = np.random.default_rng(5)
    for distance in (1e-4, 1e-1):
        for _ in range(4):
            sigma2, tau2 = (
                np.maximum(0, each * (1 + distance * rng.standard_normal(each.shape)))
                + 0.1 * distance * rng.random(each.shape)
                for each in found[:2]
            )
            rho = found[2] + 0.3 * distance * rng.standard_normal(found[2].shape)
            assert dense(yi, vi, asked, sigma2, tau2, rho)[0] <= value + 1e-12 * abs(value)


@pytest.mark.parametrize("name", CASES)
def test_the_maximum_is_metafors(name: str) -> None:
    yi, vi, asked = arguments(name)
    fit = pool_multilevel(yi, vi, **asked)
    expected = CASES[name]["fit"]
    assert fit.log_likelihood >= expected["logLik"] - 1e-12 * abs(expected["logLik"])
    assert math.isclose(fit.log_likelihood, expected["logLik"], rel_tol=1e-10)
    for ours, other in zip(parts(fit), theirs(expected), strict=True):
        assert np.allclose(ours, other, rtol=OPTIMISER, atol=OPTIMISER)
    # The optimiser's precision on the scale of the standard errors, as an estimate itself may be near zero.
    se = np.array(expected["se"])
    one = np.ones_like(se)
    units = {"estimate": ("b", se), "se": ("se", se), "ci_low": ("lb", se), "ci_high": ("ub", se),
             "statistic": ("stat", one), "p_value": ("p", one)}  # fmt: skip
    for name_here, (name_there, unit) in units.items():
        gap = np.abs(getattr(fit, name_here) - np.array(expected[name_there]))
        assert (gap <= OPTIMISER * unit).all(), name_here
    assert (np.abs(fit.vcov - expected["vcov"]) <= OPTIMISER * np.multiply.outer(se, se)).all()
    # Without variances between studies there is nothing to optimise.
    assert math.isclose(fit.q, expected["QE"], rel_tol=EXACT)
    assert fit.q_df == expected["QEdf"]
    assert math.isclose(fit.q_p, expected["QEp"], rel_tol=1e-9, abs_tol=1e-300)
    if "mods" in asked:
        assert math.isclose(fit.qm, expected["QM"], rel_tol=OPTIMISER)
        assert math.isclose(fit.qm_p, expected["QMp"], abs_tol=OPTIMISER)
        assert fit.qm_df == np.atleast_1d(expected["QMdf"])[0]
    else:
        assert math.isnan(fit.qm)


@st.composite
def studies(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimates in studies; some studies have several."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=4, max_size=9))
    study = np.repeat(np.arange(len(sizes)), sizes)
    assume(max(sizes) > 1)
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    vi = rng.uniform(0.01, 0.5, len(study))
    between_studies, within = draw(st.sampled_from([0.0, 0.05, 1.0])), draw(st.sampled_from([0.0, 0.05, 1.0]))
    yi = (
        math.sqrt(between_studies) * rng.standard_normal(len(sizes))[study]
        + math.sqrt(within) * rng.standard_normal(len(study))
        + np.sqrt(vi) * rng.standard_normal(len(study))
    )
    return yi, vi, study


def nested(yi: np.ndarray, vi: np.ndarray, study: np.ndarray, **more: Any) -> Multilevel:
    return pool_multilevel(yi, vi, clusters={"study": study, "estimate": np.arange(len(yi))}, **more)


@given(studies(), st.sampled_from(["REML", "ML"]))
@settings(max_examples=40, deadline=None)
def test_one_component_is_the_univariate_model(data: Any, method: Any) -> None:
    yi, vi, _ = data
    fit = pool_multilevel(yi, vi, clusters={"study": np.arange(len(yi))}, method=method)
    expected: Any = pool(yi, vi, method=method, test="z")
    assert np.allclose(fit.log_likelihood, expected.log_likelihood, rtol=1e-11)
    # tau2 near zero with large variances is flat: it is then compared on the scale of the variances.
    assert np.allclose(fit.sigma2[0], expected.tau2, rtol=1e-7, atol=1e-8 * vi.mean())
    for name in ("estimate", "se", "ci_low", "ci_high", "p_value", "q", "q_p"):
        assert np.allclose(getattr(fit, name), getattr(expected, name), rtol=1e-7, atol=1e-9), name


@given(studies(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_order_labels_and_forms_of_the_variances_do_not_matter(data: Any, random: Any) -> None:
    yi, vi, study = data
    first = nested(yi, vi, study)
    order = list(range(len(yi)))
    random.shuffle(order)
    within = np.array([int(np.sum(study[:row] == study[row])) for row in range(len(yi))])
    others = [
        nested(yi[order], vi[order], study[order]),
        nested(yi, np.diag(vi), study),
        pool_multilevel(yi, vi, clusters={"study": [f"s{each}" for each in study], "estimate": within}),
    ]
    for other in others:
        assert math.isclose(first.log_likelihood, other.log_likelihood, rel_tol=1e-11)
        assert np.allclose(first.sigma2, other.sigma2, rtol=1e-6, atol=1e-8)
        assert np.allclose([first.estimate, first.se], [other.estimate, other.se], rtol=1e-7, atol=1e-9)


@given(studies(), st.floats(-5, 5), st.sampled_from([1e-3, 0.2, 40.0, 1e4]), st.sampled_from(["REML", "ML"]))
@settings(max_examples=25, deadline=None)
def test_units_and_origin_do_not_matter(data: Any, shift: float, scale: float, method: Any) -> None:
    yi, vi, study = data
    one, two = (
        nested(yi, vi, study, method=method),
        nested(scale * (yi + shift), scale**2 * vi, study, method=method),
    )
    assert np.allclose(one.sigma2 * scale**2, two.sigma2, rtol=1e-6, atol=1e-8 * scale**2)
    assert np.allclose((one.estimate + shift) * scale, two.estimate, rtol=1e-6, atol=1e-8 * scale)
    assert math.isclose(one.se * scale, two.se, rel_tol=1e-6)
    freedom = len(yi) - (method == "REML")
    assert math.isclose(one.log_likelihood - freedom * math.log(scale), two.log_likelihood, rel_tol=1e-9)


@given(studies())
@settings(max_examples=25, deadline=None)
def test_a_richer_model_is_never_less_likely(data: Any) -> None:
    yi, vi, study = data
    for method in ("REML", "ML"):
        both = nested(yi, vi, study, method=method)
        for cluster in (study, np.arange(len(yi))):
            one = pool_multilevel(yi, vi, clusters={"one": cluster}, method=method)
            assert both.log_likelihood >= one.log_likelihood - 1e-10 * abs(one.log_likelihood)


@given(st.integers(0, 10**6), st.integers(2, 4), st.sampled_from([0.0, 0.02, 0.5]))
@settings(max_examples=20, deadline=None)
def test_structures_are_nested(seed: int, j: int, tau2: float) -> None:
    rng = np.random.default_rng(seed)
    study, outcome = np.repeat(np.arange(12), j), np.tile(np.arange(j), 12)
    vi = rng.uniform(0.02, 0.3, 12 * j)
    yi = math.sqrt(tau2) * rng.standard_normal(12)[study] + rng.normal(0, np.sqrt(vi + tau2))
    vi = sampling_covariance(vi, study, 0.4)
    fits = {}
    asked: Any
    for asked in STRUCTS:
        fits[asked] = pool_multilevel(yi, vi, clusters={"study": study}, outcome=outcome, struct=asked)
    assert all(fit.converged for fit in fits.values())
    assert np.all([np.all(np.nan_to_num(np.abs(fit.rho)) <= 1) for fit in fits.values()])
    for poor, rich in (("CS", "HCS"), ("HCS", "UN"), ("AR", "UN")):
        low = fits[poor].log_likelihood
        assert fits[rich].log_likelihood >= low - 1e-10 * abs(low)
    if j == 2:
        assert math.isclose(fits["HCS"].log_likelihood, fits["UN"].log_likelihood, rel_tol=1e-9)
        # With a positive and a negative correlation allowed for both, one step apart is the whole of it.
        assert math.isclose(fits["CS"].log_likelihood, fits["AR"].log_likelihood, rel_tol=1e-9)


@given(studies(), st.floats(-0.3, 0.9))
@settings(max_examples=20, deadline=None)
def test_a_control_shared_between_studies_joins_their_blocks(data: Any, rho: float) -> None:
    yi, vi, study = data
    vi = np.diag(vi)
    last = len(yi) - 1
    vi[0, last] = vi[last, 0] = rho * math.sqrt(vi[0, 0] * vi[last, last])
    fit = nested(yi, vi, study)
    asked = {"clusters": {"study": study.tolist(), "estimate": list(range(len(yi)))}, "method": "REML"}
    value, beta, _ = dense(yi, vi, asked, *parts(fit))
    assert math.isclose(fit.log_likelihood, value, rel_tol=EXACT, abs_tol=1e-9)
    assert np.allclose(fit.estimate, beta, rtol=EXACT, atol=1e-12)


def test_perfect_correlation_and_no_variance_are_reached_and_reported() -> None:
    study, outcome = np.repeat(np.arange(10), 2), np.tile(["a", "b"], 10)
    common = np.repeat(np.linspace(-1, 1, 10), 2)
    fit = pool_multilevel(common, np.full(20, 0.1), clusters={"study": study}, outcome=outcome)
    assert fit.rho.tolist() == [1.0]
    still = pool_multilevel(0.01 * common, np.full(20, 0.1), clusters={"study": study}, outcome=outcome)
    assert still.sigma2.tolist() == [0.0]
    assert np.isnan(still.rho).all()


def test_results_print_and_tabulate() -> None:
    yi, vi, asked = arguments("both UN")
    fit = pool_multilevel(yi, vi, **asked)
    assert fit.components == ("study: a", "study: b", "estimate")
    assert fit.correlations == ("a, b",)
    assert fit.levels == (25, 25, 100)
    assert math.isclose(fit.aic, -2 * fit.log_likelihood + 2 * (2 + 3 + 1))
    table = fit.table()
    assert table["coefficient"].to_list() == list(fit.names)
    assert np.allclose(table["se"].to_numpy(), fit.se)
    assert "study: a" in str(fit)
    assert "QM" in str(fit)


CLUSTERS = {"study": [1, 1, 2, 2, 3, 3]}
Y, V = [0.1, 0.4, 0.2, 0.6, 0.9, 0.3], [0.1] * 6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"yi": [*Y[:5], math.nan]}, "yi is nan in row 6"),
        ({"vi": [*V[:4], 0.0, 0.1]}, r"vi is 0\.0 in row 5"),
        ({"vi": V[:5]}, r"yi has shape \(6,\) and vi \(5,\)"),
        ({"vi": np.full((6, 6), 0.1)}, "not positive definite in rows 1, 2, 3"),
        ({"vi": np.diag(V) + 0.01 * np.eye(6, k=1)}, r"vi is 0\.01 in row 1, column 2 and 0\.0 in row 2"),
        ({"clusters": {}}, "clusters is empty"),
        ({"clusters": {"study": [1, 2]}}, r"cluster 'study' has shape \(2,\), expected \(6,\)"),
        ({"clusters": {"study": [1, 1, 2, None, 3, 3]}}, "cluster 'study' is missing in row 4"),
        ({"clusters": {"study": [1] * 6}}, "cluster 'study' has one group"),
        ({"clusters": {"study": CLUSTERS["study"], "again": CLUSTERS["study"]}}, "cannot tell apart: study, again"),
        ({"outcome": ["a"] * 6}, "outcome is 'a' in every row"),
        ({"outcome": ["a", "a", "b", "b", "a", "a"]}, "the data hold no information on one of: study, rho"),
        (
            {"outcome": ["a", "b"] * 3, "clusters": {**CLUSTERS, "row": range(6)}},
            "cannot tell apart: study, row, rho",
        ),
        ({"mods": [1.0] * 6}, "constant or collinear"),
        ({"mods": [1.0, 2, 3, 4, 5, math.inf]}, "moderator mods1 is inf in row 6"),
        ({"mods": np.eye(6)}, "there are 6 effects for 7 coefficients"),
        ({"mods": [[1.0, 0], [1, 0], [0, 1], [0, 1], [0, 0], [0, 0]]}, "no information on one of: study"),
        ({"method": "DL"}, "unknown method 'DL'"),
        ({"test": "knha"}, "unknown test 'knha'"),
        ({"struct": "DIAG"}, "unknown struct 'DIAG'"),
        ({"level": 95}, "level is 95"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], message: str) -> None:
    asked: dict[str, Any] = {"yi": Y, "vi": V, "clusters": CLUSTERS} | change
    with pytest.raises(ValueError, match=message):
        pool_multilevel(asked.pop("yi"), asked.pop("vi"), **asked)


def test_sampling_covariance_refuses_what_cannot_be() -> None:
    with pytest.raises(ValueError, match=r"rho is -0\.6, expected above -0\.5 and below 1: .* 3 rows"):
        sampling_covariance([1, 1, 1, 1], ["a", "a", "a", "b"], -0.6)
    assert np.linalg.eigvalsh(sampling_covariance([1, 2, 3, 1], ["a", "a", "a", "b"], -0.49)).min() > 0


@given(st.integers(2, 40), st.integers(1, 60), st.integers(1, 60))
def test_the_shared_part_of_a_variance_is_what_the_control_leaves_alone(n1: int, c: int, d: int) -> None:
    # With ever more treated patients only the control's part of the variance is left.
    many = 10**9
    for measure in ("OR", "RR", "RD"):
        alone = effect_size(measure, ai=[many * n1], bi=[many * 3], ci=[c], di=[d]).vi[0]
        shared = shared_control_covariance(measure, [1e6, 1e6], [1, 1], ci=[c, c], di=[d, d])
        assert math.isclose(shared[0, 1], alone, rel_tol=1e-6)
        totals = shared_control_covariance(measure, [1e6, 1e6], [1, 1], ci=[c, c], n2i=[c + d, c + d])
        assert np.allclose(totals, shared)
    alone = effect_size("MD", m1i=[0], sd1i=[1], n1i=[many], m2i=[1], sd2i=[d], n2i=[c]).vi[0]
    shared = shared_control_covariance("MD", [1e6, 1e6, 1e6], [1, 1, 2], sd2i=[d] * 3, n2i=[c] * 3)
    assert math.isclose(shared[0, 1], alone, rel_tol=1e-6)
    assert shared[0, 2] == 0


@pytest.mark.parametrize("pooled", ["pair", "trial"])
def test_covariance_of_standardised_differences_is_that_of_simulated_trials(pooled: Any) -> None:
    n, trials = np.array([150, 250, 200]), 60_000
    true = np.array([3.0, 2.5, 0.0])
    rng = np.random.default_rng(11)
    means = true + rng.standard_normal((trials, 3)) / np.sqrt(n)
    squares = rng.chisquare(n - 1, (trials, 3))
    if pooled == "pair":
        sd = np.sqrt((squares[:, :2] + squares[:, 2:]) / (n[:2] + n[2] - 2))
    else:
        sd = np.sqrt(squares.sum(axis=1, keepdims=True) / (n.sum() - 3))
    seen = np.cov(((means[:, :2] - means[:, 2:]) / sd).T)[0, 1]
    found = shared_control_covariance(
        "SMD", [1, 1], ["t", "t"], pooled=pooled, yi=true[:2], n1i=n[:2], n2i=[n[2]] * 2
    )[0, 1]
    # The simulation's own error is 0.7 %, that of the large-sample formula about 1/n.
    assert math.isclose(seen, found, rel_tol=0.03)


def test_shared_control_columns_are_checked() -> None:
    vi, cluster = [0.5, 0.5, 0.5], ["a", "a", "b"]
    for columns, message in (
        ({"ci": [1, 2, 3], "di": [4, 4, 4]}, r"ci is 2 in row 2 and 1 in row 1 of the same cluster"),
        ({"ci": [0, 0, 3], "di": [4, 4, 4]}, r"ci is 0\.0 in row 1"),
        ({"ci": [4, 4, 4], "n2i": [4, 4, 4]}, "ci is 4 in row 1, expected below n2i"),
        ({"ci": [1, 1], "di": [4, 4, 4]}, r"ci has shape \(2,\)"),
        ({"di": [4, 4, 4]}, "column 'ci' is missing"),
        ({"ci": [1, 1, 3], "di": [4, 4, 4], "n1i": [4, 4, 4]}, "column 'n1i' is unknown"),
    ):
        with pytest.raises(ValueError, match=message):
            shared_control_covariance("OR", vi, cluster, **columns)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown measure 'HR'"):
        shared_control_covariance("HR", vi, cluster)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown pooled 'all'"):
        shared_control_covariance("SMD", vi, cluster, pooled="all")  # type: ignore[arg-type]


def test_the_higher_of_two_maxima_is_found() -> None:
    """At (0.371, 0) the dense likelihood is 0.18 higher than at (0.101, 0.101), where a search may come to rest."""
    y = np.array([0.019, -0.338, 0.344, 0.444, 0.373, -0.533, 0.706])
    v = [0.29567, 0.53306, 0.10104, 0.0024, 0.01111, 0.02856, 0.31786]
    study = np.array([0, 0, 1, 1, 1, 2, 2])
    covariance = sampling_covariance(v, study, 0.6)

    def height(between: float, within: float) -> float:
        m = covariance + between * (study[:, None] == study) + within * np.eye(7)
        inverse = np.linalg.inv(m)
        mean = inverse.sum(axis=0) @ y / inverse.sum()
        off = y - mean
        # As programs print it, log |X'X| is among the constants.
        logs = np.linalg.slogdet(m)[1] + np.log(inverse.sum() / 7) + 6 * np.log(2 * np.pi)
        return float(-0.5 * (logs + off @ inverse @ off))

    fit = pool_multilevel(y, covariance, clusters={"study": study, "row": range(7)})
    grid = np.concatenate([[0.0], np.geomspace(1e-3, 3, 40)])
    highest = max(height(between, within) for between in grid for within in grid)
    assert fit.converged
    assert fit.log_likelihood == pytest.approx(height(*fit.sigma2), abs=1e-9)
    assert fit.log_likelihood >= highest > height(0.1012, 0.1006) + 0.17
    assert fit.estimate == pytest.approx(-0.0864, abs=1e-4)
    assert fit.sigma2[1] == 0


def test_variances_lost_in_rounding_are_no_programs_error() -> None:
    y, v = [0.1, 1e8, -1e8, 3.0], [1e-10, 1, 1e-10, 1]
    try:
        found: Any = pool_multilevel(y, v, clusters={"study": [1, 1, 2, 2], "row": range(4)}).estimate
    except np.linalg.LinAlgError:
        found = None
    except ValueError as error:
        found = 0.0 if "rounding" in str(error) else None
    assert found is not None


@pytest.mark.parametrize(
    ("struct", "sigma2", "rho", "log_likelihood", "estimate", "se"),
    [
        ("CS", [0.145687955], -0.807351025, -8.885981894, 0.0276881779, 0.0469840056),
        ("HCS", [0.191405010, 0.156365060, 0.0276816259], -0.942004388, -6.911709463, 0.0455972231, 0.0386208564),
    ],
)
def test_a_correlation_that_no_three_outcomes_have_can_be_asked_for(
    struct: Any, sigma2: list[float], rho: float, log_likelihood: float, estimate: float, se: float
) -> None:
    """SYNTHETIC effects, two outcomes of three a study; rma.mv of metafor 3.8-1 (R 4.2.2) with its defaults."""
    y = [-0.479, 0.42, 0.58, -0.185, 0.244, -0.148, 0.003, 0.499, -0.273, 0.038, 0.137, 0.258, -0.578, 0.925,
         -0.344, 0.232, -0.789, 0.182, 0.631, -0.462, 0.079, -0.122, -0.224, 0.088]  # fmt: skip
    outcome = [1, 2, 2, 3, 2, 3, 1, 3, 1, 2, 1, 2, 1, 2, 1, 3, 1, 3, 1, 2, 2, 3, 1, 2]
    of: Any = {"clusters": {"study": np.repeat(np.arange(12), 2)}, "outcome": outcome, "struct": struct}
    found = pool_multilevel(y, [0.02, 0.03] * 12, rho_low=-1, **of)
    assert found.rho == pytest.approx([rho], rel=1e-6)
    assert found.sigma2 == pytest.approx(sigma2, rel=1e-5)
    assert (found.log_likelihood, found.estimate, found.se) == pytest.approx(
        (log_likelihood, estimate, se), rel=1e-6
    )
    # By default it stops at the least that three outcomes can have.
    bounded = pool_multilevel(y, [0.02, 0.03] * 12, **of)
    assert bounded.rho == pytest.approx([-0.5])
    assert bounded.log_likelihood < found.log_likelihood


def test_a_least_correlation_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="rho_low is -2"):
        pool_multilevel([0.1, 0.2, 0.3], [0.1] * 3, clusters={"study": [1, 1, 2]}, outcome=[1, 2, 1], rho_low=-2)


def test_a_variance_below_what_the_control_alone_varies_is_refused() -> None:
    # ln odds of 1 in 10: 1/1 + 1/9 = 1.11 of the control alone, more than the whole variance given.
    with pytest.raises(ValueError, match=r"vi is 0\.1 in row 1, less than what the shared control alone varies"):
        shared_control_covariance("OR", [0.1, 0.1], ["a", "a"], ci=[1, 1], n2i=[10, 10])
