"""Derivations against closed forms and against figures that the trials print."""

import pytest

from glabella.synthesis import _derive as derive
from glabella.synthesis import effect_size


def borenstein_se(d: float, n1: int, n2: int) -> float:
    """Give the SE of g as Borenstein 2009 (4.24) has it: J² times the variance of d.

    The evidence notes print this one; the engine follows metafor, whose large-sample variance puts g itself
    into 1/n1 + 1/n2 + g²/(2(n1+n2)) and is a little wider. Both are tested so that the gap stays explained.
    """
    j = float(derive.smd_from_d(1.0, n1, n2)[0])
    return float(j * (1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2))) ** 0.5)


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
    se = derive.se_from_p(-3.7, 0.053)
    sd = derive.sd_from_difference_se(se, 65, 58)
    g, v = derive.smd_from_d(-3.7 / sd, 65, 58)
    assert float(se) == pytest.approx(1.91, abs=5e-3)
    assert float(sd) == pytest.approx(10.6, abs=0.05)
    assert float(g) == pytest.approx(-0.347, abs=1e-3)
    assert float(v) ** 0.5 == pytest.approx(0.181, abs=1e-3)


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
