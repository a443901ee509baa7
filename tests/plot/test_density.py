"""The plot of densities: drawn, shaded between the limits alone, and wrong input refused."""

import numpy as np
import pytest

from glabella.plot import density
from glabella.synthesis import HalfNormal, bayes

X = np.linspace(0, 2, 50)
FIT = bayes([0.1, 0.4, 0.8], [0.04, 0.05, 0.09], tau_prior=HalfNormal(0.5)).tau
AFTER, BEFORE = FIT.density(X), HalfNormal(0.5).density(X)


def test_a_density_with_prior_and_interval() -> None:
    low, high = FIT.interval(0.5)
    drawn = density(X, AFTER, prior=BEFORE, interval=(low, high), title="tau")
    area, prior, line = drawn.spec["layer"]
    inside = [row["x"] for row in area["data"]["values"]]
    assert (inside[0], inside[-1]) == pytest.approx((low, high))
    assert prior["mark"]["strokeDash"]
    assert [row["density"] for row in line["data"]["values"]] == pytest.approx(AFTER.tolist())
    svg = drawn.svg()
    assert svg == density(X, AFTER, prior=BEFORE, interval=(low, high), title="tau").svg()
    assert "broken line: prior" in svg
    assert "tau" in svg


def test_without_prior_and_interval() -> None:
    drawn = density(X, AFTER)
    assert len(drawn.spec["layer"]) == 1
    assert "broken line" not in drawn.svg()


@pytest.mark.parametrize(
    ("x", "posterior", "options", "message"),
    [
        (X, AFTER[1:], {}, "differ in length"),
        (X[::-1], AFTER, {}, "x is 1.95918 in row 2, expected more than the one before"),
        (X, -AFTER, {}, "posterior is -"),
        (X, AFTER, {"prior": np.where(X == 0, np.inf, BEFORE)}, "prior is inf in row 1"),
        (X, AFTER, {"interval": (1.0, 0.5)}, "interval is 1.0 to 0.5"),
    ],
)
def test_what_cannot_be_drawn_is_named(
    x: np.ndarray, posterior: np.ndarray, options: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        density(x, posterior, **options)  # type: ignore[arg-type]
