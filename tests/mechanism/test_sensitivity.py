"""Sensitivity: known indices of known functions, and what cannot be shared out."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import beta, norm

from glabella.mechanism._sensitivity import quantile, sobol, tornado
from glabella.mechanism._unknowns import Unknown

ANGLES = tuple(Unknown(f"x{k}", 0.0, family="uniform", parameters={"low": -np.pi, "high": np.pi}) for k in range(3))


def ishigami(x: Any) -> Any:
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_the_ishigami_function() -> None:
    # Ishigami T, Homma T. 1990: partial variances in closed form.
    a, b = 7.0, 0.1
    one, two = 0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8
    both = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    every = one + two + both
    found = sobol(ishigami, ANGLES, 4096, 3)
    assert found.names == ("x0", "x1", "x2")
    first, total = np.array([one, two, 0]) / every, np.array([one + both, two, both]) / every
    # Sobol points err less than the bootstrap of independent ones says.
    assert (np.abs(found.first - first) < found.first_half_width).all()
    assert (np.abs(found.total - total) < found.total_half_width).all()
    np.testing.assert_allclose(found.first, first, atol=0.02)
    np.testing.assert_allclose(found.total, total, atol=0.02)
    assert found.mean == pytest.approx(a / 2, rel=0.01)
    assert found.sd == pytest.approx(np.sqrt(every), rel=0.01)
    again = sobol(ishigami, ANGLES, 4096, 3)
    np.testing.assert_array_equal(again.first_half_width, found.first_half_width)
    assert (sobol(ishigami, ANGLES, 4096, 4).first != found.first).any()


def test_samples_come_from_the_priors() -> None:
    seen = []

    def result(values: Any) -> Any:
        seen.append(values)
        return 3 * np.log(values[:, 0]) + 4 * values[:, 1]

    priors = (
        Unknown("rate", 1.0, "log", "log_normal", {"mean": -2.0, "sd": 0.5}),
        Unknown("shift", 0.0, "real", "normal", {"mean": 1.0, "sd": 2.0}),
        Unknown("share", 0.5, "logit", "beta", {"alpha": 2.0, "beta": 5.0}),
    )
    found = sobol(result, priors, 1024, 0)
    (values,) = seen
    assert values.shape == (1024 * 5, 3)
    assert np.log(values[:, 0]).mean() == pytest.approx(-2, abs=0.01)
    assert np.log(values[:, 0]).std() == pytest.approx(0.5, rel=0.02)
    assert values[:, 2].mean() == pytest.approx(2 / 7, abs=0.005)
    # 3 * 0.5 and 4 * 2 as standard deviations; the share acts on nothing.
    exact = np.array([2.25, 64, 0]) / 66.25
    np.testing.assert_allclose(found.first, exact, atol=0.02)
    np.testing.assert_allclose(found.total, exact, atol=0.02)


def test_quantiles() -> None:
    normal = Unknown("one", 0.0, "real", "normal", {"mean": 1.0, "sd": 2.0})
    np.testing.assert_allclose(quantile(normal, [0.025, 0.5]), norm(1, 2).ppf([0.025, 0.5]))
    share = Unknown("two", 0.5, "logit", "beta", {"alpha": 2.0, "beta": 5.0})
    assert quantile(share, 0.975) == pytest.approx(beta(2, 5).ppf(0.975))
    with pytest.raises(ValueError, match="three has no prior"):
        quantile(Unknown("three", 1.0), 0.5)


@given(arrays(float, 4, elements=st.floats(-10, 10)), arrays(float, 4, elements=st.floats(0.1, 5)))
def test_a_linear_function_swings_by_its_slopes(slopes: Any, widths: Any) -> None:
    centre = np.array([1.0, -2.0, 0.0, 5.0])
    found = tornado(lambda x: x @ slopes + 3, centre, centre - widths, centre + 2 * widths, list("abcd"))
    assert found.centre == pytest.approx(centre @ slopes + 3)
    swing = dict(zip("abcd", 3 * widths * np.abs(slopes), strict=True))
    np.testing.assert_allclose(found.swing, [swing[name] for name in found.names], atol=1e-9)
    assert (np.diff(found.swing) <= 0).all()
    for name, low, at_low in zip(found.names, found.low, found.at_low, strict=True):
        place = "abcd".index(name)
        assert low == centre[place] - widths[place]
        assert at_low == pytest.approx(found.centre - widths[place] * slopes[place], abs=1e-9)


def test_a_tornado_is_one_call_and_may_have_no_end() -> None:
    calls = []

    def result(x: Any) -> Any:
        calls.append(len(x))
        return np.where(x[:, 1] > 1.5, np.inf, x[:, 0] + x[:, 1])

    found = tornado(result, [0, 1], [-5, 0], [5, 2], ["far", "endless"])
    assert calls == [5]
    assert found.names == ("endless", "far")
    assert found.swing.tolist() == [np.inf, 10.0]
    both = tornado(lambda x: np.full(len(x), np.inf), [0], [-1], [1], ["a"])
    assert both.swing.tolist() == [0.0]


def test_what_cannot_be_is_said_with_how_many() -> None:
    lost = lambda x: np.where(x[:, 0] > 0.5, np.nan, x[:, 0])  # noqa: E731
    with pytest.raises(ValueError, match="1 of 3 results are not a number"):
        tornado(lost, [0], [-1], [1], ["a"])
    with pytest.raises(ValueError, match="a lies at 2"):
        tornado(lost, [2], [-1], [1], ["a"])
    with pytest.raises(ValueError, match=r"low has shape \(1,\)"):
        tornado(lost, [0, 1], [-1], [1, 2], ["a", "b"])
    uniform = Unknown("a", 0.5, family="uniform", parameters={"low": 0.0, "high": 1.0})
    with pytest.raises(ValueError, match=r"\d+ of 24 results are not a number"):
        sobol(lost, [uniform], 8)
    with pytest.raises(ValueError, match="24 of 24 results are infinite"):
        sobol(lambda x: np.full(len(x), np.inf), [uniform], 8)
    with pytest.raises(ValueError, match="power of two"):
        sobol(lost, [uniform], 1000)
    with pytest.raises(ValueError, match="without a prior: b"):
        sobol(lost, [uniform, Unknown("b", 1.0)], 8)
    with pytest.raises(ValueError, match="no variance"):
        sobol(lambda x: np.full(len(x), 2.0), [uniform], 8)
    with pytest.raises(ValueError, match=r"shape \(2,\)"):
        sobol(lambda x: x[:2, 0], [uniform], 8)
