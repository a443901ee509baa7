"""Cluster-robust tests against metafor (CR1), clubSandwich (CR2), and a dense computation written here."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from glabella.synthesis import Design, pool
from glabella.synthesis._robust import robust, sandwich
from tests.synthesis.records import outputs

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "reference" / "multilevel.json").read_text(encoding="utf-8")
)["robust"]
RELATIVE = 1e-8
QUANTITIES = (
    ("estimate", "b"), ("se", "se"), ("statistic", "stat"), ("df", "df"), ("p_value", "p"), ("ci_low", "lb"),
    ("ci_high", "ub"),
)  # fmt: skip


@pytest.mark.parametrize("kind", ["CR1", "CR2"])
@pytest.mark.parametrize("name", REFERENCE)
def test_robust_agrees(name: str, kind: Any) -> None:
    case = REFERENCE[name]
    data = outputs("metafor", case["data"])
    yi, vi, cluster = np.array(data["raw"]["yi"]), np.array(data["raw"]["vi"]), np.array(data["cluster"])
    mods = None
    if case["mod"]:
        column = np.array(data["moderators"][case["mod"]], dtype=float)
        has = np.isfinite(column)
        yi, vi, cluster, mods = yi[has], vi[has], cluster[has], column[has]
    fit = robust(yi, vi, cluster, mods=mods, kind=kind)
    assert math.isclose(fit.tau2, case["tau2"], rel_tol=RELATIVE)
    for ours, theirs in QUANTITIES:
        assert np.allclose(getattr(fit, ours), case[kind][theirs], rtol=RELATIVE, atol=1e-14), ours
    if kind == "CR2":
        assert np.allclose(fit.vcov, case[kind]["vcov"], rtol=RELATIVE, atol=0)


@pytest.mark.parametrize("name", ["dat.assink2016", "dat.knapp2017", "dat.mccurdy2020", "dat.tannersmith2016"])
def test_the_shared_reference_agrees(name: str) -> None:
    data = outputs("metafor", name)
    expected = data["robust_cr1"]
    fit = robust(data["raw"]["yi"], data["raw"]["vi"], data["cluster"])
    for ours, theirs in QUANTITIES[:5]:
        assert math.isclose(getattr(fit, ours), expected[theirs], rel_tol=RELATIVE), ours
    assert fit.n_clusters == expected["n_clusters"]


@st.composite
def clustered(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Effects, design, weights, clusters."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=4, max_size=9))
    p = draw(st.integers(1, 3))
    assume(sum(sizes) > p + 1)
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    groups = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    k = len(groups)
    x = np.column_stack([np.ones(k), rng.standard_normal((k, p - 1)) * 10.0 ** rng.integers(-2, 3, p - 1)])
    return rng.standard_normal(k), x, rng.uniform(0.5, 20, k), groups


def inverse_root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    kept = values > 1e-11 * values.max()
    return np.asarray((vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T)


@given(clustered())
@settings(deadline=None)
def test_cr2_is_the_dense_computation(data: Any) -> None:
    y, x, w, groups = data
    k, p = x.shape
    weight, phi = np.diag(w), np.diag(1 / w)
    bread = np.linalg.inv(x.T @ weight @ x)
    left = np.eye(k) - x @ bread @ x.T @ weight
    residual = left @ y
    rows = [np.flatnonzero(groups == j) for j in range(groups.max() + 1)]
    vcov = np.zeros((p, p))
    pulls = []
    for mine in rows:
        pick = np.eye(k)[mine]
        root = np.linalg.cholesky(pick @ phi @ pick.T).T
        a = root.T @ inverse_root(root @ pick @ left @ phi @ left.T @ pick.T @ root.T) @ root
        reach = bread @ x[mine].T @ weight[np.ix_(mine, mine)] @ a @ pick
        vcov += np.outer(reach @ residual, reach @ residual)
        pulls.append(reach @ left)
    df = []
    for c in range(p):
        g = np.array([pull[c] for pull in pulls])
        inner = g @ phi @ g.T
        df.append(np.trace(inner) ** 2 / (inner**2).sum())
    beta, found, found_df = sandwich(y, x, w, groups, "CR2")
    assert np.allclose(beta, bread @ x.T @ weight @ y, rtol=1e-8, atol=1e-10 * np.abs(beta).max())
    scale = np.sqrt(np.outer(np.diagonal(vcov), np.diagonal(vcov)))
    assert np.allclose(found / scale, vcov / scale, rtol=0, atol=1e-8)
    assert np.allclose(found_df, df, rtol=1e-7)


@given(clustered())
@settings(deadline=None)
def test_cr2_is_unbiased_where_the_weights_are_right(data: Any) -> None:
    # Where no direction is lost, the expectation of the estimate under the working model is the model's covariance.
    _, x, w, groups = data
    k, p = x.shape
    bread = np.linalg.inv((x * w[:, None]).T @ x)
    bare = np.array([np.linalg.norm(x[groups != j], ord=-2) for j in range(groups.max() + 1)])
    assume((np.bincount(groups).max() < k - p) and (bare > 1e-3).all())
    expected = np.zeros((p, p))
    for row in range(k):
        # A sum over an orthonormal set of effects is the expectation over effects with that covariance.
        expected += sandwich(np.eye(k)[row] / np.sqrt(w[row]), x, w, groups, "CR2")[1]
    scale = np.sqrt(np.outer(np.diagonal(bread), np.diagonal(bread)))
    assert np.allclose(expected / scale, bread / scale, rtol=0, atol=1e-7)


@given(clustered(), st.sampled_from(["CR1", "CR2"]))
@settings(deadline=None, max_examples=50)
def test_order_and_units_of_moderators_do_not_matter(data: Any, kind: Any) -> None:
    y, x, w, groups = data
    scale = 7.0 ** np.arange(x.shape[1])
    order = np.random.default_rng(1).permutation(len(y))
    one = sandwich(y, x, w, groups, kind)
    two = sandwich(y[order], (x * scale)[order], w[order], groups[order], kind)
    size = np.sqrt(np.outer(np.diagonal(one[1]), np.diagonal(one[1])))
    assert np.allclose(one[0], two[0] * scale, rtol=1e-8, atol=1e-8)
    assert np.allclose(one[1] / size, two[1] * np.outer(scale, scale) / size, rtol=0, atol=1e-8)
    assert np.allclose(one[2], two[2], rtol=1e-7)


def test_equal_clusters_of_a_mean_have_the_textbook_freedom() -> None:
    # With equal weights and sizes CR2 of the mean is the variance of cluster means, with n - 1 degrees of freedom.
    yi = np.array([0.2, 0.4, 0.9, 0.7, 0.1, 0.3, 0.5, 0.8])
    fit = robust(yi, np.full(8, 0.02), np.repeat(["a", "b", "c", "d"], 2), kind="CR2")
    means = yi.reshape(4, 2).mean(axis=1)
    assert math.isclose(fit.estimate, means.mean())
    assert math.isclose(fit.se, math.sqrt(means.var(ddof=1) / 4))
    assert math.isclose(fit.df, 3)


def test_one_estimate_a_cluster_is_the_heteroscedastic_variance() -> None:
    yi, vi = np.array([0.2, 0.4, 0.9, 0.7, 0.1]), np.array([0.02, 0.04, 0.03, 0.05, 0.02])
    fit = robust(yi, vi, range(5))
    w = 1 / (vi + fit.tau2)
    expected: Any = pool(yi, vi, test="z")
    assert math.isclose(fit.estimate, expected.estimate)
    meat = (w**2 * (yi - fit.estimate) ** 2).sum()
    assert math.isclose(fit.se, math.sqrt(5 / 4 * meat) / w.sum(), rel_tol=1e-12)


def test_results_print_and_tabulate() -> None:
    rng = np.random.default_rng(2)
    fit = robust(rng.normal(size=12), np.full(12, 0.1), np.arange(12) // 2, mods=np.arange(12.0), kind="CR2")
    assert fit.table()["coefficient"].to_list() == ["Intercept", "mods1"]
    assert fit.table()["df"].to_list() == fit.df.tolist()
    assert "CR2" in str(fit)
    assert "mods1" in str(fit)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cluster": [1, 1, 1, 1]}, "cluster has 1 distinct labels for 1 coefficients"),
        ({"cluster": [1, 2, 3]}, r"cluster has shape \(3,\), expected \(4,\)"),
        ({"cluster": [1, 2, math.nan, 3]}, "cluster is missing in row 3: it is nan"),
        ({"kind": "CR3"}, "unknown kind 'CR3'"),
        ({"yi": [[1.0, 2, 3, 4]]}, r"yi has shape \(1, 4\)"),
        ({"vi": [1.0, 1, -1, 1]}, "in row 3"),
        ({"mods": [1.0, 2, 4, 3], "cluster": [1, 1, 2, 2]}, "2 distinct labels for 2 coefficients"),
        ({"yi": [1.0, 1, 1, 1]}, "standard error is zero"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], message: str) -> None:
    asked: dict[str, Any] = {"yi": [0.1, 0.4, 0.2, 0.6], "vi": [0.1] * 4, "cluster": [1, 1, 2, 3]} | change
    with pytest.raises(ValueError, match=message):
        robust(asked.pop("yi"), asked.pop("vi"), asked.pop("cluster"), **asked)


def test_a_cluster_that_all_but_determines_a_coefficient_keeps_its_digits() -> None:
    # One row of cluster 1 has a leverage of 1 - 1e-8. The degrees of freedom were computed with sixty digits.
    y = np.array([0.02425957, 1.54582085, 0.54510552, -0.50522874, -0.18283897, 0.54052513, 1.93508803])
    wide = [-21.5597163, -23.1932378, 332.299952, -35.2630794, -66.8046346, -39.0800977, -23.8553607]
    narrow = [-0.201998613, -0.0865213076, 0.0225786613, -0.0281287418, -0.105515055, 0.0481945389, 0.0957758703]
    w = np.array([15.57890169, 1.09174715, 14.28581937, 7.79775475, 2.27162791, 13.37975131, 18.66354517])

    _, _, df = sandwich(y, np.column_stack([np.ones(7), wide, narrow]), w, np.array([2, 3, 1, 1, 1, 1, 0]), "CR2")

    assert np.allclose(df, [1.20245811276, 1.21446322243, 1.60568741669], rtol=1e-8)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", ["CR1", "CR2"])
def test_the_mean_of_one_study_leaves_the_others_their_error(kind: Any) -> None:
    """In cells of their own the others' mean is as it is without that study (CR1: but for n / (n - p))."""
    y, v = np.array([0.1, 0.4, 0.8, 0.6, 0.3, 0.2]), np.array([0.04, 0.05, 0.09, 0.05, 0.03, 0.02])
    own = np.array([0.0, 0, 0, 0, 0, 1])
    fit = robust(y, v, np.arange(6), mods=Design(np.column_stack([1 - own, own]), ("rest", "alone")), kind=kind)
    w = 1 / (v[:5] + fit.tau2)
    _, vcov, df = sandwich(y[:5], np.ones((5, 1)), w, np.arange(5), kind)
    scale = 6 / 4 / (5 / 4) if kind == "CR1" else 1.0
    assert fit.se[0] == pytest.approx(math.sqrt(vcov[0, 0] * scale))
    assert fit.df[0] == pytest.approx(df[0])
    assert np.isnan([fit.se[1], fit.df[1], fit.p_value[1], fit.ci_low[1], fit.vcov[0, 1]]).all()
    assert fit.reason[0] == ""
    assert "one cluster alone determines it" in fit.reason[1]
