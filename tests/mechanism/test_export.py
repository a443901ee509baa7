"""What is exported opens elsewhere and does there what it does here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from glabella.mechanism import (
    Model,
    load,
    simulate,
    simulate_population,
    with_constants,
    with_injections,
    with_notes,
)
from tests.mechanism.models import TOXIN

#: Weeks of a year, in days, and moments of injections that no week falls on.
YEAR = np.arange(0, 53) * 7.0
COURSES = [(0.0,), (0.0, 86.0, 171.5), (10.0, 100.5)]
CONCENTRATION = """
model two_volumes
  unit time_unit = 86400 second
  unit per_day = 1 / 86400 second
  unit substance = 1 mole
  unit extent = 1 mole
  unit volume = 1 litre
  compartment here = 3
  here has volume
  species a in here, b in here
  a = 2; b = 0.5
  step: a -> b; here*k*a
  k = 0.03
  k has per_day
end
"""


@pytest.fixture(scope="module")
def shipped() -> Model:
    place = files("glabella") / "dossiers" / "botulinum-depression" / "mechanism" / "model.ant"
    return load(place.read_text(encoding="utf-8"))


def elsewhere(sbml: str, names: Sequence[str]) -> dict[str, Any]:
    """Run a text with COPASI."""
    basico = pytest.importorskip("basico")
    there = basico.load_model_from_string(sbml)
    try:
        found = basico.run_time_course(model=there, values=YEAR.tolist(), r_tol=1e-12, a_tol=1e-20,
                                       use_sbml_id=True, max_steps=1_000_000)  # fmt: skip
    finally:
        basico.remove_datamodel(there)
    columns = {re.sub(r"^Values\[(.*)\]$", r"\1", column): found[column].to_numpy() for column in found}
    asked = np.isin(found.index, YEAR)
    return {name: columns[name][asked] for name in names}


def alike(found: Any, expected: Any) -> None:
    """Compare to a millionth; below 1e-12 of the greatest value nothing but the solvers' noise is left."""
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-12 * np.abs(expected).max())


def test_the_shipped_model_survives_the_way_to_sbml_and_back(shipped: Model) -> None:
    again = load(shipped.sbml)
    assert again.quantities == shipped.quantities
    assert again.time_unit == shipped.time_unit
    injected = with_injections(shipped, (0.0, 90.0), "bulk")
    assert load(injected.sbml) == injected
    assert injected.quantities == shipped.quantities


@pytest.mark.parametrize("injections", COURSES)
def test_copasi_runs_the_injections_as_we_do(shipped: Model, injections: tuple[float, ...]) -> None:
    names = (*shipped.states, "weakness", "drive")
    found = elsewhere(with_injections(shipped, injections, "bulk").sbml, names)
    one = simulate(shipped, YEAR, injections=injections, into="bulk")
    for name in names:
        assert np.ptp(one[name]) > 0
        alike(found[name], one[name])


@pytest.mark.parametrize("injections", COURSES)
def test_copasi_runs_the_injections_as_our_arrays_do(shipped: Model, injections: tuple[float, ...]) -> None:
    found = elsewhere(with_injections(shipped, injections, "bulk").sbml, shipped.states)
    many = simulate_population(shipped, YEAR, injections=injections, into="bulk", names=shipped.states)
    for name in shipped.states:
        alike(found[name], many.values[name][0])


def test_an_amount_given_as_a_number_is_injected_again() -> None:
    model = load(CONCENTRATION)
    found = elsewhere(with_injections(model, (0.0, 50.5), "a").sbml, ("a", "b"))
    # By hand: a decays from 2, and 2 more come to it.
    there = 2 * np.exp(-0.03 * YEAR) + np.where(YEAR > 50.5, 2 * np.exp(-0.03 * (YEAR - 50.5)), 0)
    alike(found["a"], there)
    alike(found["b"], 0.5 + np.where(YEAR > 50.5, 4, 2) - there)


def test_constants_are_those_of_the_patient(shipped: Model) -> None:
    own = {"dose": 35.0, "k_loss": 0.02}
    set_ = with_constants(shipped, own)
    assert {name: set_.parameters[name] for name in own} == own
    assert {q.name: q.unit for q in set_.quantities} == {q.name: q.unit for q in shipped.quantities}
    found = elsewhere(with_injections(set_, (0.0, 86.0), "bulk").sbml, shipped.states)
    one = simulate(shipped, YEAR, own, injections=(0.0, 86.0), into="bulk")
    for name in shipped.states:
        alike(found[name], one[name])


def test_notes_stand_beside_their_quantities(shipped: Model) -> None:
    import libsbml

    noted = with_notes(shipped, {"k_loss": "fitted; half-life < 50 & more", "bulk": "a state"})
    read = libsbml.readSBMLFromString(noted.sbml).getModel()
    assert "fitted; half-life &lt; 50 &amp; more" in read.getParameter("k_loss").getNotesString()
    assert "a state" in read.getSpecies("bulk").getNotesString()
    assert not read.getParameter("k_mood").isSetNotes()
    assert noted.quantities == shipped.quantities


def test_our_own_arrays_refuse_events(shipped: Model) -> None:
    with pytest.raises(ValueError, match="event injection_2, which is not supported; give the injections"):
        simulate_population(with_injections(shipped, (0.0, 84.0), "bulk"), YEAR)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda model: with_injections(model, (0.0, 0.0), "bulk"), "expected times that increase"),
        (lambda model: with_injections(model, (0.0, 84.0), "nothing"), "no state 'nothing'"),
        (lambda model: with_injections(with_injections(model, (0.0, 84.0), "bulk"), (0.0, 9.0), "bulk"),
         "has event injection_2"),
        (lambda model: with_constants(model, {"nothing": 1.0}), "no constant 'nothing'"),
        (lambda model: with_notes(model, {"nothing": "x"}), "no quantity 'nothing'"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused(change: Any, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        change(load(TOXIN))


def test_an_amount_that_depends_on_what_changes_is_refused() -> None:
    text = TOXIN.replace("bulk = dose;", "bulk = dose*intact;")
    with pytest.raises(ValueError, match="depends on intact, which may have changed"):
        with_injections(load(text), (0.0, 84.0), "bulk")
