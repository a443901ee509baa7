"""Three engines and a closed form: libRoadRunner, our arrays and COPASI give the same courses."""

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella.mechanism import load, simulate, simulate_population
from tests.mechanism.models import TOXIN

DATA = Path(__file__).parent / "data"
PUBLISHED = ["BIOMD0000000178", "BIOMD0000000267"]
WEEKS = np.arange(0, 365, 7.0)


def published(name: str) -> tuple[str, dict[str, Any]]:
    reference = json.loads((DATA / "simulated_0_600.json").read_text(encoding="utf-8"))
    return (DATA / f"{name}.xml").read_text(encoding="utf-8"), reference[name]


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_models_are_reproduced(name: str) -> None:
    text, reference = published(name)
    rows = np.array(reference["rows"])
    names = [column.strip("[]") for column in reference["columns"][1:]]
    model = load(text)
    one = simulate(model, rows[:, 0], names=names)
    many = simulate_population(model, rows[:, 0], names=names)
    for place, each in enumerate(names, start=1):
        # Where the reference itself stands at its own absolute tolerance, digits are noise.
        np.testing.assert_allclose(one[each], rows[:, place], rtol=1e-6, atol=1e-16)
        np.testing.assert_allclose(many.values[each][0], rows[:, place], rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize(
    ("slow", "unit", "expected"),
    [(0.01, 60, (1.14, 2.88, 6.18)), (0.001, 60, (3.34, 13.29, 40.1)), (0.00015, 1440, (0.558, 3.280, 10.73))],
)
def test_the_published_onset_times_come_out(slow: float, unit: float, expected: tuple[float, ...]) -> None:
    text, _ = published("BIOMD0000000178")
    model = load(text)
    times = np.linspace(0, 20 * unit if unit == 1440 else 60 * unit, 20001)
    lytic = simulate(model, times, {"bulk_movement_kS": slow}, names=["lytic"])["lytic"]
    found = np.interp([0.1, 0.5, 0.9], lytic, times) / unit
    # Targets printed in the evidence notes, to the digits printed.
    for value, target in zip(found, expected, strict=True):
        assert value == pytest.approx(target, abs=0.6 * 10 ** -decimals(target))


def decimals(number: float) -> int:
    return len(str(number).split(".")[1])


@pytest.mark.parametrize("injections", [(0.0,), (0.0, 84.0, 168.0), (10.0, 100.0), (400.0,)])
def test_one_patient_and_many_give_the_same_course(injections: tuple[float, ...]) -> None:
    model = load(TOXIN)
    one = simulate(model, WEEKS, {"dose": 30.0}, injections=injections, into="bulk")
    many = simulate_population(model, WEEKS, {"dose": 30.0}, injections=injections, into="bulk")
    for name, course in one.items():
        np.testing.assert_allclose(many.values[name][0], course, rtol=1e-6, atol=1e-9)


def test_a_second_engine_opens_the_exported_model() -> None:
    basico = pytest.importorskip("basico")
    model = load(TOXIN)
    there = basico.load_model_from_string(model.sbml)
    try:
        found = basico.run_time_course(model=there, values=WEEKS.tolist(), r_tol=1e-12, a_tol=1e-16,
                                       use_sbml_id=True, max_steps=1_000_000)  # fmt: skip
    finally:
        basico.remove_datamodel(there)
    ours = simulate(model, WEEKS)
    for name in ("bulk", "light_chain", "intact", "weakness"):
        column = next(each for each in found.columns if each.removeprefix("Values[").rstrip("]") == name)
        np.testing.assert_allclose(found[column], ours[name], rtol=1e-6, atol=1e-12)


def test_a_chain_of_first_order_steps_has_its_closed_form() -> None:
    model = load(TOXIN)
    a, b, c = (model.parameters[name] for name in ("kS", "kL", "kdeg"))
    rates = (a, b, c)
    exact = (
        20
        * a
        * b
        * sum(np.exp(-one * WEEKS) / math.prod(other - one for other in rates if other != one) for one in rates)
    )
    found = simulate_population(model, WEEKS, names=["light_chain"]).values["light_chain"][0]
    np.testing.assert_allclose(found, exact, rtol=1e-7, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=2, max_size=6), st.integers(0, 1000))
def test_a_patient_does_not_depend_on_the_company(spread: list[float], seed: int) -> None:
    model = load(TOXIN)
    order = np.random.default_rng(seed).permutation(len(spread))
    doses, rates = 20 * np.exp(spread), 0.0144 * np.exp(-np.array(spread))
    together = simulate_population(model, WEEKS, {"dose": doses, "kdeg": rates}, names=["weakness"])
    shuffled = simulate_population(model, WEEKS, {"dose": doses[order], "kdeg": rates[order]}, names=["weakness"])
    np.testing.assert_allclose(shuffled.values["weakness"], together.values["weakness"][order], atol=1e-7)
    alone = simulate_population(model, WEEKS, {"dose": doses[0], "kdeg": rates[0]}, names=["weakness"])
    np.testing.assert_allclose(alone.values["weakness"][0], together.values["weakness"][0], atol=1e-7)


def test_more_toxin_is_weaker_for_longer() -> None:
    found = simulate_population(load(TOXIN), WEEKS, {"dose": [10.0, 20.0, 40.0]}, names=["weakness"])
    for less, more in pairwise(found.values["weakness"]):
        assert (more[1:] >= less[1:]).all()


def test_processes_give_the_same_as_one() -> None:
    model = load(TOXIN)
    doses = np.linspace(5, 50, 600)
    one = simulate_population(model, WEEKS[:10], {"dose": doses}, names=["weakness"])
    two = simulate_population(model, WEEKS[:10], {"dose": doses}, names=["weakness"], workers=2)
    np.testing.assert_array_equal(one.values["weakness"], two.values["weakness"])


def test_a_patient_who_fails_says_why_and_nobody_else_does() -> None:
    good = 0.0144
    found = simulate_population(
        load(TOXIN), WEEKS, {"kdeg": [good, np.nan, -2.0, good], "kcut": [0.05, 0.05, 0.05, -5.0]}
    )
    assert found.failed.tolist() == [False, True, True, True]
    assert found.reason[1] == "kdeg is no finite number"
    assert "solver stopped" in found.reason[2]
    for values in found.values.values():
        assert np.isfinite(values[0]).all()
        assert np.isnan(values[1:]).all()
    alone = simulate_population(load(TOXIN), WEEKS, names=["weakness"])
    np.testing.assert_allclose(found.values["weakness"][0], alone.values["weakness"][0], atol=1e-8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"constants": {"kx": 1.0}}, "no constant 'kx'"),
        ({"constants": {"dose": [1.0, 2.0], "kS": [1.0, 2.0, 3.0]}}, "different lengths"),
        ({"constants": {"dose": [[1.0]]}}, "shape"),
        ({"names": ["mood"]}, "computes no 'mood'"),
        ({"injections": (0.0, 84.0)}, "into"),
        ({"injections": (84.0, 0.0), "into": "bulk"}, "increase"),
        ({"injections": (0.0,), "into": "muscle"}, "no state 'muscle'"),
        ({"times": [3.0, 2.0]}, "increase"),
        ({"times": [-1.0, 2.0]}, "zero or later"),
    ],
)
def test_what_cannot_be_is_said(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate_population(load(TOXIN), **({"times": WEEKS} | arguments))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("at time > 5: free = 0", "event"),
        ("free2 := delay(free, kS)\n free2 has dimensionless", "not supported|units"),
        (
            "var a = 1; a has dimensionless; a := b; var b = 1; b has dimensionless; b := a",
            "Loop detected",
        ),
    ],
)
def test_a_part_that_is_not_supported_is_named(line: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate_population(load(TOXIN.replace("\nend", f"\n  {line}\nend")), WEEKS)
