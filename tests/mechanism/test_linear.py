"""The linear part of a model: found, solved exactly, and left to the solver where its closed form is poor."""

import numpy as np
import pytest

from glabella.mechanism import load, simulate, simulate_population
from glabella.mechanism._linear import closed_linear
from glabella.mechanism._population import Block, cached_equations
from tests.mechanism.models import TOXIN

WEEKS = np.arange(0, 365, 7.0)


def test_the_chain_is_linear_and_what_it_cuts_is_not() -> None:
    known = cached_equations(load(TOXIN))
    assert known.linear == ("bulk", "free", "light_chain")
    assert known.rest == ("intact",)
    assert known.driving == ("light_chain",)


@pytest.mark.parametrize(
    ("rates", "computed", "linear"),
    [
        ({"a": "-k * a", "b": "k * a - b / v + 3.0"}, {}, ("a", "b")),
        ({"a": "-k * a * b", "b": "-b"}, {}, ("b",)),
        ({"a": "-k * c", "b": "a"}, {"c": "a * a"}, ()),
        ({"a": "-k * c", "b": "a"}, {"c": "a + b"}, ("a", "b")),
        ({"a": "-a ** 2.0"}, {}, ()),
        ({"a": "-a * time"}, {}, ()),
        ({"a": "np.exp(-k) * a", "b": "np.exp(-a)"}, {}, ("a",)),
        ({"a": "k / (1.0 + a)"}, {}, ()),
    ],
)
def test_what_is_linear(rates: dict[str, str], computed: dict[str, str], linear: tuple[str, ...]) -> None:
    assert closed_linear(rates, computed) == linear


@pytest.mark.parametrize("nearness", [0.0, 1e-12, 1e-9, 1e-6, 1e-3])
def test_rates_that_are_equal_or_nearly_so_have_no_good_closed_form_and_are_integrated(nearness: float) -> None:
    model = load(TOXIN)
    own = {"kS": 0.2, "kL": 0.2 * (1 + nearness), "kdeg": 0.0144}
    found = simulate_population(model, WEEKS, own)
    for name, course in simulate(model, WEEKS, own).items():
        np.testing.assert_allclose(found.values[name][0], course, rtol=1e-6, atol=1e-9)
    block = Block(cached_equations(model), cached_equations(model).constants | own, 1)
    assert block.chain.exact.tolist() == [nearness >= 1e-6]


def test_a_constant_inflow_and_an_oscillation_are_exact() -> None:
    model = load(
        """
model wave
  unit time_unit = 86400 second
  unit per_day = 1 / 86400 second
  var x = 1, y = 0, z = 2
  x has dimensionless; y has dimensionless; z has dimensionless; k has per_day; loss has per_day
  x' = k*y
  y' = -k*x
  z' = k - loss*z
  k = 0.5; loss = 0.1
end
"""
    )
    found = simulate_population(model, WEEKS).values
    np.testing.assert_allclose(found["x"][0], np.cos(0.5 * WEEKS), atol=1e-12)
    np.testing.assert_allclose(found["y"][0], -np.sin(0.5 * WEEKS), atol=1e-12)
    np.testing.assert_allclose(found["z"][0], 5 - 3 * np.exp(-0.1 * WEEKS), rtol=1e-12)
