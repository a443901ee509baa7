"""Derivations against closed forms and against figures that the trials print."""

import math
from itertools import product

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import ttest_ind

from glabella.synthesis import _derive as derive
from glabella.synthesis import effect_size


def borenstein_se(d: float, n1: int, n2: int) -> float:
    """Give the SE of g as Borenstein 2009 (4.24) has it: J² times the variance of d.

    The evidence notes print this one; the engine follows metafor, whose large-sample variance puts g itself
    into 1/n1 + 1/n2 + g²/(2(n1+n2)) and is a little wider. Both are tested so that the gap stays explained.
    """
    j = float(derive.smd_from_d(1.0, n1, n2)[0])
    return float(j * (1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2))) ** 0.5)


def student_tail(t: float, df: float) -> float:
    """Give the share of Student's t above ``t``, by integrating its density."""
    norm = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)
    return float(norm * quad(lambda x: (1 + x * x / df) ** (-(df + 1) / 2), t, math.inf, epsabs=0, epsrel=1e-12)[0])


def test_f_of_wollmer_gives_the_printed_d() -> None:
    d = (12.30 * 2 / 15) ** 0.5
    g, v = derive.smd_from_f(12.30, 15, 15, -1)
    assert d == pytest.approx(1.281, abs=5e-4)
    assert float(g) == pytest.approx(-1.245, abs=2e-3)
    assert borenstein_se(d, 15, 15) == pytest.approx(0.390, abs=5e-4)
    assert float(v) ** 0.5 == pytest.approx((2 / 15 + float(g) ** 2 / 60) ** 0.5, rel=1e-12)


def test_p_of_zamanian() -> None:
    g, v = derive.smd_from_p(0.004, 14, 14, -1)
    assert float(g) == pytest.approx(-1.16, abs=5e-3)
    assert borenstein_se(1.19, 14, 14) == pytest.approx(0.398, abs=1e-3)
    assert float(v) ** 0.5 > borenstein_se(1.19, 14, 14)


def test_difference_and_p_of_brin() -> None:
    se = derive.se_from_p(-3.7, 0.053, 65, 58)
    sd = derive.sd_from_difference_se(se, 65, 58)
    g, v = derive.smd_from_d(-3.7 / sd, 65, 58)
    assert 2 * student_tail(3.7 / float(se), 121) == pytest.approx(0.053, rel=1e-9)
    assert float(sd) == pytest.approx(float(se) / (1 / 65 + 1 / 58) ** 0.5, rel=1e-12)
    # J(121) is 1 - 3 / (4 * 121 - 1) to four digits (Borenstein 4.22).
    assert float(g) == pytest.approx(-3.7 / float(sd) * (1 - 3 / 483), abs=1e-5)
    assert float(v) == pytest.approx(1 / 65 + 1 / 58 + float(g) ** 2 / 246, rel=1e-12)


def test_t_and_means_give_the_same_g() -> None:
    n1, n2, sd = 12, 20, 3.0
    direct = effect_size("SMD", m1i=[10], sd1i=[sd], n1i=[n1], m2i=[12.5], sd2i=[sd], n2i=[n2])
    g, v = derive.smd_from_t((10 - 12.5) / (sd * (1 / n1 + 1 / n2) ** 0.5), n1, n2)
    assert float(g) == pytest.approx(direct.yi[0], rel=1e-12)
    assert float(v) == pytest.approx(direct.vi[0], rel=1e-12)


def test_sd_comes_back_from_its_relatives() -> None:
    assert float(derive.sd_from_se(2.0, 25)) == 10
    # t(24) at 0.975 is 2.0638985616280205
    half = 2.0638985616280205 * 10 / 5
    assert float(derive.sd_from_ci(-half, half, 25)) == pytest.approx(10, rel=1e-12)
    assert float(derive.sd_of_change(5, 5, 0.5)) == pytest.approx(5, rel=1e-12)
    assert float(derive.sd_of_change(5, 5, 1.0)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1])
def test_a_p_value_outside_its_range_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="expected more than 0 and less than 1"):
        derive.smd_from_p(p, 10, 10, 1)


#: t(df) at 0.975 as tables print it.
TABLE = {14: 2.144787, 28: 2.048407, 121: 1.979764}


@pytest.mark.parametrize(
    ("n1", "n2", "p"), [(8, 8, 0.01), (15, 15, 0.02), (11, 19, 0.03), (65, 58, 0.053), (2, 3, 0.4)]
)
def test_a_difference_with_its_p_says_what_the_p_alone_says(n1: int, n2: int, p: float) -> None:
    alone = derive.smd_from_p(p, n1, n2, -1)
    sd = derive.sd_from_difference_se(derive.se_from_p(-6.0, p, n1, n2), n1, n2)
    both = derive.smd_from_d(-6.0 / sd, n1, n2)
    assert float(both[0]) == pytest.approx(float(alone[0]), rel=1e-12)
    assert float(both[1]) == pytest.approx(float(alone[1]), rel=1e-12)


def test_the_sd_of_people_comes_back_from_their_t_test() -> None:
    # Made-up people: what a t test prints of them must give their own pooled SD again.
    rng = np.random.default_rng(7)
    for n1, n2 in ((8, 8), (5, 12), (65, 58)):
        x, y = rng.normal(10, 3, n1), rng.normal(12, 3, n2)
        pooled = math.sqrt(((n1 - 1) * x.var(ddof=1) + (n2 - 1) * y.var(ddof=1)) / (n1 + n2 - 2))
        test = ttest_ind(x, y)
        low, high = test.confidence_interval(0.95)
        by_p = derive.se_from_p(x.mean() - y.mean(), test.pvalue, n1, n2)
        for se in (by_p, derive.se_from_ci(low, high, n1, n2)):
            assert float(derive.sd_from_difference_se(se, n1, n2)) == pytest.approx(pooled, rel=1e-9)


@pytest.mark.parametrize("n", [8, 15])
def test_the_interval_of_a_small_trial_goes_by_t(n: int) -> None:
    half = TABLE[2 * n - 2] * 0.5
    assert float(derive.se_from_ci(-1 - half, -1 + half, n, n)) == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "names"),
    [
        (lambda: derive.sd_from_se(-1, 10), "se is -1"),
        (lambda: derive.sd_from_se(0, 10), "se is 0"),
        (lambda: derive.sd_from_se([1, -2], [5, 5]), "se is -2 in row 2"),
        (lambda: derive.sd_from_se(1, 0), "n is 0"),
        (lambda: derive.sd_from_ci(5, 3, 10), "low is 5 and high 3"),
        (lambda: derive.sd_from_ci(3, 3, 10), "low is 3 and high 3"),
        (lambda: derive.sd_from_ci(3, 5, 1), "n is 1"),
        (lambda: derive.sd_from_ci(3, 5, 10, level=95), "level is 95"),
        (lambda: derive.sd_of_change(-1, 2, 0.5), "baseline is -1"),
        (lambda: derive.sd_of_change(1, 2, 1.5), "correlation is 1.5"),
        (lambda: derive.smd_from_d(float("nan"), 5, 5), "d is nan"),
        (lambda: derive.smd_from_d(1, -5, 20), "n1 is -5"),
        (lambda: derive.smd_from_d(1, 1, 2), r"n1 \+ n2 is 3"),
        (lambda: derive.smd_from_d(1e300, 5, 5), r"d is 1\.?e\+300"),
        (lambda: derive.smd_from_f(-1, 5, 5, 1), "f is -1"),
        (lambda: derive.smd_from_f(3, 5, 5, 0), "sign is 0"),
        (lambda: derive.smd_from_p(0.01, 5, 5, 0), "sign is 0"),
        (lambda: derive.smd_from_p(0.01, 0, 5, 1), "n1 is 0"),
        (lambda: derive.se_from_p(0, 0.5, 5, 5), "difference is 0"),
        (lambda: derive.se_from_p(2, 1, 5, 5), "p is 1"),
        (lambda: derive.se_from_ci(0.0, -7.4, 65, 58), "low is 0 and high -7.4"),
        (lambda: derive.sd_from_difference_se(-1.9, 65, 58), "se is -1.9"),
        (lambda: derive.smd_from_odds_ratio(0.5, 0), "variance is 0"),
        (lambda: derive.smd_from_odds_ratio(float("inf"), 1), "log_or is inf"),
        (lambda: derive.sd_from_se("wide", 3), "se is 'wide'"),
        (lambda: derive.sd_from_se(float("nan"), 3), "se is nan"),
        (lambda: derive.sd_from_se(np.ma.array([1.0, 2.0], mask=[False, True]), 3), "se is masked"),
        (lambda: derive.sd_from_se([1, 2], [1, 2, 3]), "shapes do not go together: se"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(call: object, names: str) -> None:
    with pytest.raises(ValueError, match=names):
        call()  # type: ignore[operator]


def test_alike_sds_that_go_together_change_by_nothing() -> None:
    # 0.1² + 0.1² - 2 · 0.1 · 0.1 is below zero in floating point, and its root no number.
    for sd in (0.1, 0.3, 1e-200, 1e200):
        assert float(derive.sd_of_change(sd, sd, 1)) == 0
    assert float(derive.sd_of_change(3e200, 4e200, 0)) == pytest.approx(5e200, rel=1e-12)


_ODD = (0.0, -1.0, 1.0, 0.5, 2.0, 3.7, 1e-320, 1e-9, 1e9, 1e155, 1e308, -1e308, math.nan, math.inf, -math.inf)
_ARGUMENTS = {
    derive.sd_from_se: ("se", "n"),
    derive.sd_from_ci: ("low", "high", "n"),
    derive.sd_of_change: ("baseline", "endpoint", "correlation"),
    derive.smd_from_d: ("d", "n1", "n2"),
    derive.smd_from_t: ("t", "n1", "n2"),
    derive.smd_from_f: ("f", "n1", "n2", "sign"),
    derive.smd_from_p: ("p", "n1", "n2", "sign"),
    derive.se_from_p: ("difference", "p", "n1", "n2"),
    derive.se_from_ci: ("low", "high", "n1", "n2"),
    derive.sd_from_difference_se: ("se", "n1", "n2"),
    derive.smd_from_odds_ratio: ("log_or", "variance"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("way", list(_ARGUMENTS), ids=lambda way: way.__name__)
def test_whatever_goes_in_a_finite_number_or_a_named_argument_comes_out(way: object) -> None:
    names = _ARGUMENTS[way]  # type: ignore[index]
    for values in product(_ODD, repeat=min(len(names), 3)):
        given = (*values, 1.0)[: len(names)]
        said, found = "", None
        try:
            found = way(*given)  # type: ignore[operator]
        except ValueError as error:
            said = str(error)
        if found is None:
            assert any(name in said for name in names), (given, said)
            continue
        assert np.isfinite(found).all(), given
        assert np.all((found[1] if isinstance(found, tuple) else found) >= 0), given
