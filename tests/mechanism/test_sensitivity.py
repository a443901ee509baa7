"""Sensitivity: known swings of known functions."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import beta, norm

from glabella.mechanism._sensitivity import quantile, tornado
from glabella.mechanism._unknowns import Unknown


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
