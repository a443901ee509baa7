"""Properties of a network, closed forms, batches and errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import chdtrc, ndtr, ndtri

from glabella.synthesis import Network, network, pool, subnetworks
from glabella.synthesis.networks._independent import independent
from tests.synthesis.networks.strategies import Drawn, networks

METHODS = pytest.mark.parametrize("method", ["REML", "ML", "DL", "common"])
ESTIMATED = pytest.mark.parametrize("method", ["REML", "ML", "DL"])
MATRICES = ("te_common", "se_common", "te_random", "se_random")
NUMBERS = ("tau2", "i2", "q", "q_df", "q_p", "q_within", "q_within_df", "q_between", "q_between_df",
           "log_likelihood", "k", "m")  # fmt: skip


def same(found: Any, expected: Any, *, absolute: float = 1e-9) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=absolute)


def estimable(drawn: Drawn) -> None:
    assume(sum(len(arms) - 1 for arms in drawn.arms) > drawn.n)


def fitted(columns: Any, te: Any, se: Any, **options: Any) -> Network:
    study, one, two = columns
    return network(study, one, two, te, se, **options)


# --- What a network is -------------------------------------------------------------------------------------------


@METHODS
@given(networks())
def test_effects_add_up_and_mirror(method: Any, drawn: Drawn) -> None:
    estimable(drawn)
    fit = network(*drawn.columns, method=method)
    for te, se in ((fit.te_common, fit.se_common), (fit.te_random, fit.se_random)):
        same(te[:, :, None] + te[None], np.broadcast_to(te[:, None], (len(te),) * 3))
        assert (np.diag(te) == 0).all()
        assert (np.diag(se) == 0).all()
        same(se, se.T)
        assert (te == -te.T).all()


@given(networks())
def test_the_common_effect_is_generalised_least_squares(drawn: Drawn) -> None:
    y, v, _, x = drawn.multivariate()
    fit = network(*drawn.columns, method="common")
    w = np.linalg.inv(v)
    cov = np.linalg.inv(x.T @ w @ x)
    beta = cov @ x.T @ w @ y
    same(fit.te_common[1:, 0], beta)
    same(fit.cov_common, cov)
    same(fit.q, (y - x @ beta) @ w @ (y - x @ beta))
    assert fit.q_df == len(y) - x.shape[1]
    whole = -0.5 * (len(y) * np.log(2 * np.pi) + np.linalg.slogdet(v)[1] + fit.q)
    same(fit.log_likelihood, whole)


@ESTIMATED
@given(networks())
def test_a_study_of_many_arms_is_its_contrasts_against_one_of_them(method: Any, drawn: Drawn) -> None:
    estimable(drawn)
    y, v, g, x = drawn.multivariate()
    fit = network(*drawn.columns, method=method)

    def projection(tau2: float) -> np.ndarray:
        w = np.linalg.inv(v + tau2 * g)
        return np.asarray(w - w @ x @ np.linalg.solve(x.T @ w @ x, x.T @ w))

    w = np.linalg.inv(v + fit.tau2 * g)
    same(fit.cov_random, np.linalg.inv(x.T @ w @ x))
    same(fit.te_random[1:, 0], np.linalg.solve(x.T @ w @ x, x.T @ w @ y))
    p = projection(fit.tau2)
    if method == "DL":
        at_zero = projection(0.0)
        same(fit.tau2, max(0.0, (y @ at_zero @ y - fit.q_df) / np.trace(at_zero @ g)))
        return
    # The derivative of the likelihood is zero where the variance is; at zero, or a rounding error of it, negative.
    expected = np.trace((p if method == "REML" else w) @ g)
    score = (y @ p @ g @ p @ y - expected) / expected
    if fit.tau2 > 1e-12:
        assert abs(score) <= 1e-6
    else:
        assert score <= 1e-6 or _higher_at_zero(drawn, fit)


def _higher_at_zero(drawn: Drawn, fit: Network) -> bool:
    """Where the likelihood has two maxima, zero may be the higher one though the curve rises there."""
    y, v, g, x = drawn.multivariate()

    def value(tau2: float) -> float:
        total = v + tau2 * g
        w = np.linalg.inv(total)
        gram = x.T @ w @ x
        q = y @ (w - w @ x @ np.linalg.solve(gram, x.T @ w)) @ y
        more = np.linalg.slogdet(gram)[1] if fit.method == "REML" else 0.0
        return float(-0.5 * (np.linalg.slogdet(total)[1] + more + q))

    return all(value(0.0) >= value(tau2) for tau2 in np.geomspace(1e-6, 50, 60))


@METHODS
@given(networks(), st.randoms(use_true_random=False))
def test_names_directions_and_the_order_of_rows_do_not_matter(method: Any, drawn: Drawn, random: Any) -> None:
    estimable(drawn)
    study, one, two, te, se = drawn.columns
    fit = network(study, one, two, te, se, method=method)
    letters = sorted(fit.treatments)
    renamed = dict(zip(letters, random.sample(["k", "l", "m", "n", "o", "p", "q"], len(letters)), strict=True))
    turn = np.array([random.random() < 0.5 for _ in te])
    rows = random.sample(range(len(te)), len(te))
    names = {label: f"t{number}" for number, label in enumerate(random.sample(sorted(set(study)), len(set(study))))}
    other = network(
        [names[study[row]] for row in rows],
        [renamed[(two if turn[row] else one)[row]] for row in rows],
        [renamed[(one if turn[row] else two)[row]] for row in rows],
        [-te[row] if turn[row] else te[row] for row in rows],
        se[rows],
        method=method,
    )
    place = [other.treatments.index(renamed[name]) for name in fit.treatments]
    for name in (*MATRICES, "pi_low", "pi_high"):
        same(getattr(other, name)[np.ix_(place, place)], getattr(fit, name), absolute=1e-9)
    same(other.p_score[place], fit.p_score, absolute=1e-9)
    for name in NUMBERS:
        same(getattr(other, name), getattr(fit, name), absolute=1e-9)


@METHODS
@given(networks(), st.sampled_from([-8.0, 0.125, 3.0, 1000.0]))
def test_in_other_units_everything_scales(method: Any, drawn: Drawn, unit: float) -> None:
    estimable(drawn)
    study, one, two, te, se = drawn.columns
    fit = network(study, one, two, te, se, method=method)
    other = network(study, one, two, unit * te, abs(unit) * se, method=method)
    same(other.te_random / unit, fit.te_random, absolute=1e-9)
    same(other.se_random / abs(unit), fit.se_random)
    same(other.tau2 / unit**2, fit.tau2, absolute=1e-9)
    for name in ("q", "q_within", "q_between"):
        same(getattr(other, name), getattr(fit, name))


@METHODS
@given(st.lists(st.tuples(st.integers(-300, 300), st.integers(2, 100)), min_size=3, max_size=8))
def test_two_treatments_are_a_pairwise_analysis(method: Any, rows: list[tuple[int, int]]) -> None:
    te, se = np.array([row[0] / 100 for row in rows]), np.sqrt([row[1] / 100 for row in rows])
    assume(np.ptp(te) > 0)
    fit = network([str(i) for i in range(len(te))], ["new"] * len(te), ["old"] * len(te), te, se, method=method)
    expected = pool(te, se**2, method=method, test="z")
    for found, name in (
        (fit.te_random[0, 1], "estimate"), (fit.se_random[0, 1], "se"), (fit.tau2, "tau2"), (fit.q, "q"),
        (fit.q_df, "q_df"), (fit.q_p, "q_p"), (fit.log_likelihood, "log_likelihood"), (fit.k, "k"),
    ):  # fmt: skip
        assert found == pytest.approx(getattr(expected, name), rel=1e-10, abs=1e-10)
    low, high = fit.limits()
    assert low[0, 1] == pytest.approx(expected.ci_low, rel=1e-10, abs=1e-10)
    assert high[0, 1] == pytest.approx(expected.ci_high, rel=1e-10, abs=1e-10)
    assert fit.q_within == pytest.approx(fit.q)
    assert fit.q_between_df == 0
    if method in ("DL", "common"):
        assert fit.i2 == pytest.approx(expected.i2, rel=1e-10, abs=1e-10)


@given(networks())
def test_q_falls_apart_into_designs(drawn: Drawn) -> None:
    fit = network(*drawn.columns, method="common")
    within, df = 0.0, 0
    for arms in {tuple(sorted(each)) for each in drawn.arms}:
        own = [at for at, each in enumerate(drawn.arms) if tuple(sorted(each)) == arms]
        part = Drawn(tuple(drawn.arms[at] for at in own), tuple(drawn.mean[at] for at in own),
                     tuple(drawn.variance[at] for at in own), drawn.n)  # fmt: skip
        alone = network(*part.columns, method="common")
        within, df = within + alone.q, df + alone.q_df
    same(fit.q_within, within)
    assert fit.q_within_df == df
    same(fit.q_between, fit.q - within)
    assert fit.q_between_df == fit.q_df - df
    if df:
        same(fit.q_within_p, chdtrc(df, within))
    else:
        assert np.isnan(fit.q_within_p)


@given(networks())
def test_p_scores_are_mean_certainties(drawn: Drawn) -> None:
    fit = network(*drawn.columns, method="common")
    n = len(fit.treatments)
    for at in range(n):
        better = [ndtr(-fit.te_common[at, j] / fit.se_common[at, j]) for j in range(n) if j != at]
        assert fit.p_scores(model="common")[at] == pytest.approx(np.mean(better), abs=1e-12)
    same(fit.p_score + fit.p_scores(small_values="bad"), np.ones(n))
    assert fit.p_score.mean() == pytest.approx(0.5)


def test_a_loop_of_three_by_hand() -> None:
    fit = network(["1", "2", "3"], ["a", "b", "a"], ["b", "c", "c"], [1.0, 1.0, 5.0], [1.0, 1.0, 1.0], method="DL")
    # Direct 5 with variance 1, indirect 2 with variance 2.
    assert fit.te_common[0, 2] == pytest.approx(4.0)
    assert fit.se_common[0, 2] == pytest.approx(np.sqrt(2 / 3))
    assert fit.q == pytest.approx(3.0)
    assert (fit.q_df, fit.q_within, fit.q_within_df, fit.q_between_df) == (1, 0.0, 0, 1)
    assert fit.q_between == pytest.approx(3.0)
    # tr P = 3 - 3 · 2/3.
    assert fit.tau2 == pytest.approx(2.0)
    assert fit.i2 == pytest.approx(100 * 2 / 3)
    # One degree of freedom leaves none for a prediction.
    assert np.isnan(fit.pi_low[0, 2])
    low, high = fit.limits("common")
    assert high[0, 2] - low[0, 2] == pytest.approx(2 * ndtri(0.975) * np.sqrt(2 / 3))


# --- Batches -----------------------------------------------------------------------------------------------------


@METHODS
@settings(max_examples=25)
@given(networks())
def test_leaving_a_study_out_of_a_batch_is_leaving_it_out(method: Any, drawn: Drawn) -> None:
    study, one, two, te, se = drawn.columns
    label = np.array(study)
    names = sorted(set(study), key=study.index)
    gone = label == np.array(names)[:, None]
    batch = network(study, one, two, np.where(gone, np.nan, te), np.where(gone, np.nan, se), method=method)
    for row, name in enumerate(names):
        keep = label != name
        rest = [[value for value, kept in zip(each, keep, strict=True) if kept] for each in (study, one, two)]
        parts = subnetworks(*rest)
        whole = len(parts) == 1 and len(parts[0].treatments) == drawn.n
        assert (batch.reason[row] != "the network falls apart") == whole
        if not whole:
            assert np.isnan(batch.te_common[row]).all()
            assert np.isnan(batch.tau2[row])
            continue
        if batch.reason[row]:
            with pytest.raises(ValueError, match=batch.reason[row]):
                fitted(rest, te[keep], se[keep], method=method)
            assert np.isnan(batch.te_random[row]).all()
            single = fitted(rest, te[keep], se[keep], method="common")
            same(batch.te_common[row], single.te_common)
            continue
        single = fitted(rest, te[keep], se[keep], method=method)
        for quantity in (*MATRICES, "pi_low", "pi_high", "p_score", *NUMBERS):
            same(getattr(batch, quantity)[row], getattr(single, quantity), absolute=1e-9)


@METHODS
@settings(max_examples=25)
@given(networks(), st.integers(0, 2**32))
def test_a_batch_gives_what_single_fits_give(method: Any, drawn: Drawn, seed: int) -> None:
    estimable(drawn)
    study, one, two, te, se = drawn.columns
    random = np.random.default_rng(seed)
    index = {letter: at for at, letter in enumerate("abcdefg")}
    shift = random.normal(size=(3, len(index)))
    moved = te + np.array([shift[:, index[a]] - shift[:, index[b]] for a, b in zip(one, two, strict=True)]).T
    for errors in (np.broadcast_to(se, moved.shape), se * np.array([[1.0], [0.5], [2.0]])):
        batch = network(study, one, two, moved, errors, method=method)
        assert (batch.reason == "").all()
        for row in range(3):
            single = network(study, one, two, moved[row], errors[row], method=method)
            for quantity in (*MATRICES, *NUMBERS):
                same(getattr(batch, quantity)[row], getattr(single, quantity), absolute=1e-9)


def test_rows_of_a_batch_say_what_is_wrong_with_them() -> None:
    study, one, two = ["1", "1", "1", "2", "3"], ["a", "a", "b", "a", "b"], ["b", "c", "c", "b", "c"]
    te, se = np.tile([1.0, 2.0, 1.0, 0.5, 1.5], (9, 1)), np.ones((9, 5))
    te[1, 3] = np.inf
    te[2, 0] = se[2, 0] = np.nan
    te[3, 1] = 5.0
    se[4, 2] = 3.0
    te[5, [0, 1, 2, 4]] = se[5, [0, 1, 2, 4]] = np.nan
    te[6, 3:] = se[6, 3:] = np.nan
    se[7, 4] = 0.0
    se[8, 4] = 1e9
    fit = network(study, one, two, te, se)
    assert fit.reason.tolist() == [
        "",
        "an effect that is not finite, or a standard error that is not above 0",
        "a study of which only some contrasts are there",
        "effects of a study with more than two arms that do not add up",
        "standard errors of a study with more than two arms that no arms can have",
        "the network falls apart",
        "no degree of freedom left for the variance between studies",
        "an effect that is not finite, or a standard error that is not above 0",
        "standard errors so different in size that the equations are singular",
    ]
    assert np.isnan(fit.te_common).all(axis=(1, 2)).tolist() == [False, *[True] * 5, False, True, True]
    assert np.isnan(fit.te_random).all(axis=(1, 2)).tolist() == [False, *[True] * 8]
    same(fit.te_random[0], network(study, one, two, te[0], se[0]).te_random)
    assert "9 analyses" in str(fit)
    assert fit.table()["reason"].to_list() == fit.reason.tolist()


# --- Errors ------------------------------------------------------------------------------------------------------

TRIANGLE = (["1", "1", "1", "2"], ["a", "a", "b", "a"], ["b", "c", "c", "b"])


@pytest.mark.parametrize(("columns", "te", "se", "options", "words"), [
    (([], [], []), [], [], {}, "nothing to analyse"),
    ((["1"], ["a"], ["a"]), [1], [1], {}, "study '1': 'a'.*expected two different treatments"),
    ((["1", "2"], ["a", "b"], ["a", "c"]), [1, 1], [1, 1], {}, "compared with itself.*study '1'"),
    ((["1", "2"], ["a", "c"], ["b", "d"]), [1, 1], [1, 1], {}, "2 parts.*part 1: a, b; part 2: c, d"),
    ((["1", "1"], ["a", "b"], ["b", "a"]), [1, 1], [1, 1], {}, "more than once.*study '1': 'a' and 'b'"),
    ((["1", "1"], ["a", "a"], ["b", "c"]), [1, 1], [1, 1], {}, "missing.*study '1': 'b' and 'c'.*all n"),
    ((["1", "1"], ["a", "c"], ["b", "d"]), [1, 1], [1, 1], {}, "missing.*'a' and 'c'.*'b' and 'd'"),
    (TRIANGLE, [1, 2, 4, 1], [1, 1, 1, 1], {}, "do not add up.*study '1', 'a' versus 'b'"),
    (TRIANGLE, [1, 2, 1, 1], [1, 1, 3, 1], {}, "no arms can have.*study '1', 'a' versus 'b'.*se 1.*se 3"),
    (TRIANGLE, [1, np.nan, 1, 1], [1, 1, 1, 1], {}, "not finite.*study '1', 'a' versus 'c': te nan"),
    (TRIANGLE, [1, 2, 1, np.inf], [1, 1, 1, 1], {}, "not finite.*study '2', 'a' versus 'b': te inf"),
    (TRIANGLE, [1, 2, 1, 1], [1, 1, 1, 0], {}, "not above 0.*study '2'.*se 0"),
    (TRIANGLE, [1, 2, 1, 1], [1, 1, -1, 1], {}, "not above 0.*'b' versus 'c': te 1, se -1"),
    (TRIANGLE, [1, 2, 1, 1], [1, 1, 1, 1e-170], {}, "not above 0.*study '2'.*se 1e-170"),
    (TRIANGLE, [1, 2, 1, 1], [1, 1, 1, 1e-8], {}, "singular.*study '2'.*se 1e-08.*within a factor of 1e"),
    (TRIANGLE, [np.nan, 2, 1, 1], [np.nan, 1, 1, 1], {}, "not finite.*'a' versus 'b': te nan, se nan"),
    (TRIANGLE, [1, 2, 1], [1, 1, 1], {}, r"shape \(3,\).*expected both \(4,\)"),
    (TRIANGLE, [1, 2, 1, 1], [[1, 1, 1, 1]], {}, r"te has shape \(4,\) and se \(1, 4\)"),
    (TRIANGLE, [1, 2, 1, 1], [1, 1, 1, 1], {"method": "PM"}, "unknown method 'PM'; expected one of REML"),
    (TRIANGLE, [1, 2, 1, 1], [1, 1, 1, 1], {"reference": "d"}, "'d' is not in the network; it has a, b, c"),
    (TRIANGLE, [1, 2, 1, 1], [1, 1, 1, 1], {"level": 95}, "level is 95"),
    ((["1", "2"], ["a", "b"], ["b", "c"]), [1, 1], [1, 1], {}, r"no degree.*\(2 studies, 3 tr.*'common'"),
    ((["1", None], ["a", "b"], ["b", "c"]), [1, 1], [1, 1], {}, "studlab is missing in row 2"),
    ((["1", "2"], ["a", ""], ["b", "c"]), [1, 1], [1, 1], {}, "treat1 is missing in row 2"),
    ((["1", "2"], ["a", "b"], ["b", float("nan")]), [1, 1], [1, 1], {}, "treat2 is missing in row 2"),
    ((["1", "2"], ["a"], ["b", "c"]), [1, 1], [1, 1], {}, "studlab has 2 rows, treat1 1 and treat2 2"),
])  # fmt: skip
def test_errors_name_studies_and_treatments(columns: Any, te: Any, se: Any, options: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fitted(columns, te, se, **options)


def test_many_wrong_contrasts_are_not_all_named() -> None:
    treatments = [f"t{i:02}" for i in range(12)]
    with pytest.raises(ValueError, match=r"12 parts.*part 12") as caught:
        network([str(i) for i in range(12)], treatments, [f"{name}x" for name in treatments], [1] * 12, [1] * 12)
    assert "t00, t00x" in str(caught.value)
    with pytest.raises(ValueError, match="and 4 more"):
        network([str(i) for i in range(12)], treatments, treatments, [1] * 12, [1] * 12)


def test_what_no_method_knows_is_refused() -> None:
    fit = fitted(TRIANGLE, [1, 2, 1, 1], [1, 1, 1, 1])
    with pytest.raises(ValueError, match="unknown small_values 'large'"):
        fit.p_scores(small_values="large")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown model 'fixed'"):
        fit.limits("fixed")  # type: ignore[arg-type]


def test_effects_rounded_to_two_digits_are_let_through() -> None:
    fit = fitted(TRIANGLE, [0.34, 0.67, 0.34, 0.3], [0.2, 0.2, 0.2, 0.2])
    assert fit.te_common[0, 2] == pytest.approx(0.67, abs=0.02)


def test_a_negative_variance_of_an_arm_is_refused_though_a_covariance_exists() -> None:
    # 2, 2 and 3.5: contrasts with the shared arm would be correlated by -0.53, which randomised arms cannot be.
    with pytest.raises(ValueError, match=r"independent arms cannot have.*study '1'.*correlated_arms=True"):
        fitted(TRIANGLE, [1, 2, 1, 1], [2, 2, 3.5, 1])


def test_weights_a_million_million_apart_are_still_told_apart() -> None:
    # A path of three: the light edge is not drowned by the heavy one.
    fit = network(["1", "2"], ["a", "b"], ["b", "c"], [1.0, 1.0], [1e-6, 0.999], method="common")
    assert fit.se_common[0, 1] == pytest.approx(1e-6, rel=1e-3)
    assert fit.se_common[0, 2] == pytest.approx(np.sqrt(0.999**2 + 1e-12), rel=1e-3)


def test_a_network_that_falls_into_parts_is_listed() -> None:
    found = subnetworks(["1", "2", "3", "4"], ["x", "a", "b", "a"], ["y", "b", "c", "b"])
    assert [part.treatments for part in found] == [("a", "b", "c"), ("x", "y")]
    assert [part.studies for part in found] == [("2", "3", "4"), ("1",)]
    assert [part.rows.tolist() for part in found] == [[1, 2, 3], [0]]
    assert len(subnetworks(*TRIANGLE)) == 1
    with pytest.raises(ValueError, match="compared with itself"):
        subnetworks(["1"], ["a"], ["a"])


# --- The independent contrasts -----------------------------------------------------------------------------------


@given(networks(), st.floats(0, 5))
def test_pairwise_weights_are_those_of_the_covariance(drawn: Drawn, tau2: float) -> None:
    fit = network(*drawn.columns, method="common")
    of = fit.structure
    weights = independent(of, fit.given.se).weights(np.array([tau2]))[0]
    y, v, g, x = drawn.multivariate()
    x = np.column_stack([-x.sum(axis=1), x])
    w = np.linalg.inv(v + tau2 * g)
    same(of.incidence.T @ (weights[:, None] * of.incidence), x.T @ w @ x)
    same(of.incidence.T @ (weights * fit.given.te[0]), x.T @ w @ y)


# --- Shown -------------------------------------------------------------------------------------------------------


def test_it_prints_as_analysts_know_it() -> None:
    fit = network(["1", "2", "3", "4"], ["new", "new", "old", "new"], ["old", "placebo", "placebo", "old"],
                  [-0.5, -0.9, 0.3, -0.7], [0.2, 0.1, 0.15, 0.1], method="DL", reference="placebo")  # fmt: skip
    assert str(fit).splitlines() == [
        "Network meta-analysis, random effects (DerSimonian-Laird)",
        "3 treatments, 4 studies, 4 contrasts, 3 designs",
        "",
        "versus placebo  estimate 95% limits                 p  P-score",
        "new              -0.6908 -1.0953 to -0.2863    0.0008   0.9998",
        "placebo                . .                          .   0.2980",
        "old               0.0515 -0.3654 to 0.4684     0.8088   0.2022",
        "",
        "tau^2 0.0565, tau 0.2377",
        "I^2 75.00%",
        "Total:           Q(2) = 8.0000, p 0.0183",
        "Within designs:  Q(1) = 0.8000, p 0.3711",
        "Between designs: Q(1) = 7.2000, p 0.0073",
    ]
    table = fit.table()
    assert table["first"].to_list() == ["new", "new", "old"]
    assert table["te_random"][1] == fit.te_random[0, 2]
    assert table["pi_low"][1] == fit.pi_low[0, 2]
    assert fit.as_dict()["treatments"] == ("new", "old", "placebo")
    assert fit.basic == ("new", "old")
    same(np.sqrt(np.diag(fit.cov_random)), fit.se_random[:2, 2])


def test_the_league_has_the_network_below_and_the_studies_above() -> None:
    fit = network(["1", "2", "3", "4"], ["new", "new", "new", "other"], ["old", "placebo", "old", "placebo"],
                  np.log([0.5, 0.4, 0.6, 0.8]), [0.2, 0.1, 0.15, 0.1], method="DL")  # fmt: skip
    found = fit.league(order=["placebo", "new", "old", "other"], scale="exp")
    cells = found.cells()
    at = {name: place for place, name in enumerate(found.treatments)}
    assert cells[at["new"]][at["old"]].startswith(f"{found.direct[at['new'], at['old']]:.2f} (")
    assert found.direct[1, 2] == pytest.approx(np.exp(fit.te_random[0, 1]))
    assert cells[1][3] == "."
    # Below the diagonal too, the effect is that of the upper name versus the lower.
    assert cells[3][0].startswith(f"{np.exp(fit.te_random[3, 2]):.2f} (")
    low, _ = fit.limits()
    assert found.low[0, 3] == pytest.approx(np.exp(low[3, 2]))
    assert found.table().columns == ["treatment", "placebo", "new", "old", "other"]
    assert "League table, random effects" in str(found)
    with pytest.raises(ValueError, match="expected each of"):
        fit.league(order=["placebo", "new"])
    with pytest.raises(ValueError, match="unknown scale 'log'"):
        fit.league(scale="log")  # type: ignore[arg-type]
