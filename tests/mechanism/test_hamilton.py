"""Draws are those of known densities, and the same where a library's last digits differ."""

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._hamilton import hamilton, rhat

Floats = NDArray[np.float64]
SPREAD = np.array([0.2, 1.0, 4.0])


def normal(z: Floats) -> tuple[Floats, Floats]:
    return -0.5 * ((z / SPREAD) ** 2).sum(axis=1), -z / SPREAD**2


def test_normals_of_unlike_widths_are_drawn() -> None:
    found = hamilton(normal, np.ones((8, 3)), warm=300, draws=1500, seed=2)
    assert found.draws.shape == (1500, 8, 3)
    assert found.acceptance > 0.6
    np.testing.assert_allclose(found.draws.std(axis=(0, 1)), SPREAD, rtol=0.05)
    np.testing.assert_allclose(found.draws.mean(axis=(0, 1)) / SPREAD, 0, atol=0.06)
    assert (rhat(found.draws) < 1.02).all()


def test_chains_may_have_posteriors_of_their_own() -> None:
    centre = np.array([[-3.0], [0.0], [5.0]])
    found = hamilton(lambda z: (-0.5 * ((z - centre) ** 2).sum(axis=1), centre - z), np.zeros((3, 1)), warm=200,
                     draws=800, seed=1)  # fmt: skip
    np.testing.assert_allclose(found.draws.mean(axis=0)[:, 0], centre[:, 0], atol=0.15)
    assert rhat(found.draws)[0] > 2, "they are not the same"


def test_last_digits_of_a_library_change_no_draw() -> None:
    noise = np.random.default_rng(1)

    def other_processor(z: Floats) -> tuple[Floats, Floats]:
        value, slope = normal(z)
        value, slope = (x * (1 + 4e-16 * noise.integers(-2, 3, x.shape)) for x in (value, slope))
        return value, slope

    # Not from a place whose slope lies just between two thousandths.
    start = np.full((4, 3), 0.7)
    one, two = (hamilton(each, start, warm=100, draws=200, seed=3) for each in (normal, other_processor))
    np.testing.assert_array_equal(one.draws, two.draws)


def test_a_place_where_nothing_is_likely_is_left() -> None:
    def half(z: Floats) -> tuple[Floats, Floats]:
        value, slope = normal(z)
        outside = z[:, 0] < 0
        return np.where(outside, -np.inf, value), np.where(outside[:, None], np.nan, slope)

    found = hamilton(half, np.ones((4, 3)), warm=200, draws=400, seed=1)
    assert (found.draws[..., 0] > 0).all()
