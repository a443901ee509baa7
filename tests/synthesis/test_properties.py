"""What must hold of effect sizes and pooling for any data."""

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from glabella.synthesis import effect_size, pool

MEANS = st.floats(-50, 50)
SDS = st.floats(0.5, 20)
SIZES = st.integers(5, 300)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[int]]:
    n1, n2 = draw(SIZES), draw(SIZES)
    a, c = draw(st.integers(0, n1)), draw(st.integers(0, n2))
    return {"ai": [a], "n1i": [n1], "ci": [c], "n2i": [n2]}


@st.composite
def groups(draw: st.DrawFn) -> dict[str, list[float]]:
    return {
        "m1i": [draw(MEANS)], "sd1i": [draw(SDS)], "n1i": [draw(SIZES)],
        "m2i": [draw(MEANS)], "sd2i": [draw(SDS)], "n2i": [draw(SIZES)],
    }  # fmt: skip


@st.composite
def effects(draw: st.DrawFn, least: int = 2) -> tuple[np.ndarray, np.ndarray]:
    k = draw(st.integers(least, 12))
    yi = draw(st.lists(st.floats(-3, 3), min_size=k, max_size=k))
    vi = draw(st.lists(st.floats(0.01, 2), min_size=k, max_size=k))
    assume(np.ptp(yi) > 1e-3)  # equal effects have no Knapp-Hartung interval; they have their own test
    return np.array(yi), np.array(vi)


def swapped(columns: dict[str, Any]) -> dict[str, Any]:
    other = {"ai": "ci", "ci": "ai"} | {f"{a}{b}i": f"{a}{3 - b}i" for a in ("m", "sd", "n") for b in (1, 2)}
    return {other[name]: column for name, column in columns.items()}


@given(tables(), st.sampled_from(["OR", "RR", "RD"]))
def test_swapping_arms_flips_the_sign_of_ratios_and_differences(table: Any, measure: Any) -> None:
    one, two = effect_size(measure, **table), effect_size(measure, **swapped(table))
    assert one.yi == pytest.approx(-two.yi, abs=1e-12, nan_ok=True)
    assert one.vi == pytest.approx(two.vi, nan_ok=True)
    assert one.reason.tolist() == two.reason.tolist()


@given(groups(), st.sampled_from(["MD", "SMD"]))
def test_swapping_arms_flips_the_sign_of_mean_differences(columns: Any, measure: Any) -> None:
    one, two = effect_size(measure, **columns), effect_size(measure, **swapped(columns))
    assert one.yi == pytest.approx(-two.yi, abs=1e-12)
    assert one.vi == pytest.approx(two.vi)


@given(groups(), st.floats(0.1, 10), st.floats(-100, 100))
def test_smd_does_not_depend_on_units(columns: Any, factor: float, shift: float) -> None:
    moved: dict[str, Any] = {
        name: [x * factor + (shift if name[0] == "m" else 0) for x in column] if name[0] in "ms" else column
        for name, column in columns.items()
    }
    one, two = effect_size("SMD", **columns), effect_size("SMD", **moved)
    assert one.yi == pytest.approx(two.yi, rel=1e-7, abs=1e-7)
    assert one.vi == pytest.approx(two.vi, rel=1e-7, abs=1e-7)


@given(MEANS, MEANS, SDS)
def test_smd_in_large_groups_is_the_difference_in_sds(m1: float, m2: float, sd: float) -> None:
    n = 10_000_000
    found = effect_size("SMD", m1i=[m1], sd1i=[sd], n1i=[n], m2i=[m2], sd2i=[sd], n2i=[n])
    assert found.yi[0] == pytest.approx((m1 - m2) / sd, rel=1e-6, abs=1e-9)
    assert found.vi[0] == pytest.approx(0, abs=1e-3)


@given(st.floats(-3, 3), st.floats(0.01, 2))
def test_one_study_returns_itself(y: float, v: float) -> None:
    fit = pool([y], [v], method="common", test="z")
    assert fit.estimate == pytest.approx(y)
    assert fit.se == pytest.approx(np.sqrt(v))
    assert fit.ci_high - fit.ci_low == pytest.approx(2 * 1.959963984540054 * np.sqrt(v))
    assert fit.tau2 == 0
    assert np.isnan(fit.pi_low)
    row = pool([[y, np.nan], [0.1, 0.5]], [[v, np.nan], [0.1, 0.2]])
    assert row.reason[0] == "no degree of freedom left for the variance between studies"
    assert row.reason[1] == ""
    assert row.estimate[0] == pytest.approx(y)
    with pytest.raises(ValueError, match=r"no degree of freedom .* 'common' and test 'z' \(k = 1\)"):
        pool([y], [v])


@given(effects(), st.randoms(use_true_random=False), st.sampled_from(["REML", "DL", "common"]))
def test_the_order_of_studies_does_not_matter(data: Any, random: Any, method: Any) -> None:
    yi, vi = data
    order = list(range(len(yi)))
    random.shuffle(order)
    one, two = pool(yi, vi, method=method), pool(yi[order], vi[order], method=method)
    for name in ("estimate", "se", "tau2", "q", "i2"):
        assert getattr(one, name) == pytest.approx(getattr(two, name), rel=1e-6, abs=1e-8)


@given(effects(), st.sampled_from(["REML", "DL"]), st.sampled_from(["z", "t", "knha"]))
def test_random_effects_without_heterogeneity_are_a_common_effect(data: Any, method: Any, test: Any) -> None:
    yi, vi = data[0] * 0.1, data[1]
    random = pool(yi, vi, method=method, test=test)
    assume(random.tau2 == 0)
    common = pool(yi, vi, method="common", test=test)
    assert random.estimate == pytest.approx(common.estimate)
    assert random.se == pytest.approx(common.se)


@given(effects(), st.floats(0.1, 10), st.floats(-5, 5))
def test_pooling_follows_a_change_of_scale(data: Any, factor: float, shift: float) -> None:
    yi, vi = data
    one, two = pool(yi, vi), pool(yi * factor + shift, vi * factor**2)
    assert two.estimate == pytest.approx(one.estimate * factor + shift, rel=1e-5, abs=1e-6)
    assert two.tau2 == pytest.approx(one.tau2 * factor**2, rel=1e-5, abs=1e-6)


@given(st.lists(effects(), min_size=1, max_size=5), st.sampled_from(["REML", "DL", "common"]))
def test_a_batch_row_is_a_single_fit(many: Any, method: Any) -> None:
    widest = max(len(yi) for yi, _ in many)
    batch_y, batch_v = (np.full((len(many), widest), np.nan) for _ in range(2))
    for row, (yi, vi) in enumerate(many):
        batch_y[row, : len(yi)], batch_v[row, : len(vi)] = yi, vi
    batch = pool(batch_y, batch_v, method=method)
    for row, (yi, vi) in enumerate(many):
        single = pool(yi, vi, method=method)
        for name in ("estimate", "se", "ci_low", "tau2", "q", "k", "p_value"):
            expected = pytest.approx(getattr(single, name), rel=1e-6, abs=1e-9, nan_ok=True)
            assert getattr(batch, name)[row] == expected


@given(effects())
def test_the_prediction_interval_holds_the_confidence_interval(data: Any) -> None:
    fit = pool(*data)
    assert fit.pi_low <= fit.ci_low + 1e-12
    assert fit.pi_high >= fit.ci_high - 1e-12
    assert fit.tau2_ci[0] <= fit.tau2_ci[1]


@pytest.mark.parametrize(
    ("yi", "vi", "says"),
    [
        ([0.1, np.nan], [0.1, 0.1], r"yi is nan and vi 0\.1 in row 2"),
        ([0.1, 0.2], [0.1, -0.1], r"vi -0\.1 in row 2, expected a finite effect and a variance above 0"),
        ([0.3, 0.3, 0.3], [0.1, 0.2, 0.3], r"effects all equal: .* zero; expected test 't' or 'z' \(k = 3\)"),
        ([0.1, 0.2], [0.1], r"yi has shape \(2,\) and vi \(1,\)"),
        ([], [], r"nothing to pool"),
    ],
)
def test_bad_input_to_pool_is_named(yi: Any, vi: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        pool(yi, vi)


BEYOND = "an effect that is not finite or beyond 1e100"


def test_a_bad_row_of_a_batch_is_flagged_and_the_others_are_right() -> None:
    nan = np.nan
    yi = [[0.1, 0.5, 0.9], [0.1, nan, 0.9], [0.1, 0.5, 0.9], [0.4, 0.4, 0.4], [nan, nan, nan], [np.inf, 0.1, 0.2]]
    vi = [[0.1, 0.1, 0.2], [0.1, 0.1, 0.2], [0.1, -1, 0.2], [0.1, 0.1, 0.2], [nan, nan, nan], [0.1, 0.1, 0.1]]
    fit = pool(yi, vi)
    assert [reason.split(":")[0].split(",")[0] for reason in fit.reason] == [
        "", BEYOND, BEYOND, "effects all equal", "no study", BEYOND]  # fmt: skip
    alone = pool(yi[0], vi[0])
    assert fit.estimate[0] == pytest.approx(alone.estimate)
    assert fit.ci_low[0] == pytest.approx(alone.ci_low)
    assert np.isnan(fit.estimate[[1, 2, 4, 5]]).all()
    assert fit.estimate[3] == pytest.approx(0.4)
    assert np.isnan(fit.se[3])
    assert "3 flagged: an effect that is not finite" in str(fit)


def test_a_row_with_too_few_studies_for_shared_moderators_is_flagged_and_the_others_are_right() -> None:
    nan = np.nan
    y, v, x = [0.1, 0.5, 0.9, 0.3], [0.1, 0.1, 0.2, 0.1], [1.0, 2.0, 4.0, 3.0]
    fit = pool([y, [0.1, nan, nan, nan], [nan] * 4], [v, [0.1, nan, nan, nan], [nan] * 4], mods=x, test="z")
    assert fit.reason.tolist() == ["", "moderators that are constant or collinear", "no study"]
    assert fit.estimate[0] == pytest.approx(pool(y, v, mods=x, test="z").estimate)
    assert np.isnan(fit.estimate[1:]).all()


def test_limits_sought_late_are_of_what_was_pooled() -> None:
    y, v = np.array([0.1, 0.9, -0.4, 0.3]), np.array([0.05, 0.02, 0.03, 0.1])
    expected = pool(y, v).tau2_ci
    fit, many = pool(y, v), pool(y[None], v[None])
    y += np.arange(4)
    v *= 2
    assert fit.tau2_ci == expected
    assert [limit.tolist() for limit in many.tau2_ci] == [[limit] for limit in expected]
    assert pickle.loads(pickle.dumps(fit)).i2_ci == fit.i2_ci
    assert {"estimate", "tau2_ci", "i2_ci", "h2_ci"} <= fit.as_dict().keys()


@pytest.mark.parametrize(
    ("mods", "says"),
    [
        ([1.0, 1.0, 1.0, 1.0], "constant or collinear"),
        ([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [5.0, 10.0]], "constant or collinear"),
        ([1.0, np.nan, 2.0, 3.0], "moderator mods1 is nan in row 2"),
        ([1.0, 2.0], r"mods has shape \(2, 2\), expected \(4, 'm'\)"),
        ([[1.0, 2.0, 5.0], [2.0, 7.0, 1.0], [3.0, 6.0, 9.0], [5.0, 11.0, 4.0]], "no degree of freedom left"),
    ],
)
def test_bad_moderators_are_named(mods: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        pool([0.1, 0.5, 0.2, 0.9], [0.1, 0.2, 0.1, 0.3], mods=mods)


@given(effects(), st.floats(-3, 3), st.sampled_from(["REML", "ML", "DL", "PM", "EB", "HE", "HS"]))
def test_meta_regression_follows_its_moderator(data: Any, slope: float, method: Any) -> None:
    # Not for SJ: its crude first guess is the spread of the effects themselves, moderators or not.
    yi, vi = data
    assume(len(yi) > 2)
    x = np.arange(len(yi), dtype=float)
    one = pool(yi, vi, mods=x, method=method, test="z")
    two = pool(yi + slope * x, vi, mods=x + 1900, method=method, test="z")
    assert two.estimate[1] == pytest.approx(one.estimate[1] + slope, rel=1e-5, abs=1e-6)
    assert two.tau2 == pytest.approx(one.tau2, rel=1e-5, abs=1e-6)
    batch = pool(np.stack([yi, yi]), np.stack([vi, vi]), mods=np.stack([x, x + 1900])[..., None], method=method)
    assert batch.estimate[:, 1] == pytest.approx(np.repeat(one.estimate[1], 2), rel=1e-5, abs=1e-6)


def test_the_hts_interval_has_one_degree_of_freedom_less() -> None:
    from scipy.special import stdtrit

    fit = pool([0.1, 0.5, 0.9, 0.3], [0.04, 0.05, 0.06, 0.02], test="z", prediction="hts")
    half = stdtrit(2, 0.975) * np.sqrt(fit.tau2 + fit.se**2)
    assert fit.pi_high == pytest.approx(fit.estimate + half, rel=1e-12)


@pytest.mark.parametrize(
    ("measure", "columns", "says"),
    [
        ("XYZ", {}, "unknown measure 'XYZ'"),
        ("OR", {"ai": [1], "ci": [1], "n1i": [5]}, "column 'di' or 'n2i' is missing"),
        ("OR", {"ai": [6], "n1i": [5], "ci": [1], "n2i": [5]}, "ai is 6 in row 1, expected at most n1i"),
        ("SMD", {"m1i": [1], "sd1i": [0], "n1i": [5], "m2i": [1], "sd2i": [1], "n2i": [5]}, "sd1i is 0 in row 1"),
        ("MD", {"m1i": [1], "sd": [0]}, "unknown column 'sd'"),
        ("MD", {"m1i": [1], "m2i": [0, 1]}, "columns differ in shape"),
    ],
)
def test_bad_input_to_effect_size_is_named(measure: Any, columns: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        effect_size(measure, **columns)


@pytest.mark.parametrize("method", ["REML", "ML", "PM", "EB"])
def test_a_row_beyond_what_can_be_computed_says_so_and_leaves_the_others_alone(method: Any) -> None:
    # Q would be some 1e267.
    good = [0.1, 0.5, 0.9], [0.04, 0.05, 0.06]
    fit = pool([good[0], [3e127, -4e128, 1e128]], [good[1], [2e15, 3e-11, 1.0]], method=method)
    assert fit.reason[0] == ""
    assert "beyond 1e100" in fit.reason[1]
    assert np.isnan(fit.estimate).tolist() == [False, True]


#: What REML needs is lost to rounding: the weight 1e-8 next to 1e12; the others lose all to effects 1e98 apart.
LOST = [
    ("REML", [0.1, 0.4, np.nan], [1e8, 1e-12, np.nan]),
    ("ML", [3e97, -4e98, 1e98], [2e15, 3e-11, 1.0]),
    ("PM", [3e97, -4e98, 1e98], [2e15, 3e-11, 1.0]),
    ("EB", [3e97, -4e98, 1e98], [2e15, 3e-11, 1.0]),
]


@pytest.mark.parametrize(("method", "yi", "vi"), LOST)
def test_a_row_that_does_not_converge_says_so_and_leaves_the_others_alone(method: Any, yi: Any, vi: Any) -> None:
    good = np.array([0.1, 0.5, 0.9]), np.array([0.04, 0.05, 0.06])
    fit = pool([good[0], yi, -good[0]], [good[1], vi, good[1]], method=method)
    assert fit.reason.tolist() == ["", "tau2 did not converge", ""]
    assert fit.converged.tolist() == [True, False, True]
    for name in ("estimate", "se", "tau2", "tau2_se", "i2", "log_likelihood", "pi_low", "pi_high"):
        assert np.isnan(getattr(fit, name)[1]), name
        alone = getattr(pool(*good, method=method), name)
        if name not in ("estimate", "pi_low", "pi_high"):
            assert getattr(fit, name)[[0, 2]] == pytest.approx([alone, alone]), name
    assert fit.estimate[[0, 2]] == pytest.approx(pool(*good, method=method).estimate * np.array([1, -1]))
    there = np.isfinite(yi)
    with pytest.raises(ValueError, match=rf"tau2 did not converge; .*'DL'.* \(k = {there.sum()}\)"):
        pool(np.array(yi)[there], np.array(vi)[there], method=method)
