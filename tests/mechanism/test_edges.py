"""The diagram's arrows are those of the model's equations."""

import pytest

from glabella.dossier import load
from glabella.mechanism import analyse
from glabella.mechanism import load as load_model
from glabella.mechanism._edges import check_arrows, edges

TEXT = """
model arrows
  unit time_unit = 86400 second
  unit per_day = 1 / 86400 second
  compartment muscle = 1
  muscle has dimensionless
  unit substance = dimensionless
  unit extent = dimensionless
  unit volume = dimensionless
  substanceOnly species first in muscle, middle in muscle
  first = 1; middle = 0
  go: first -> middle; k*first
  lost: middle -> ; k*middle
  k = 0.1
  k has per_day
  hidden := middle/(1 dimensionless + middle)
  hidden has dimensionless
  var last = 0
  last has dimensionless
  last' = k*(hidden - last)
end
"""


def test_what_acts_through_others_is_an_arrow() -> None:
    model = load_model(TEXT)
    assert edges(model, ["first", "middle", "last"]) == {("first", "middle"), ("middle", "last")}
    assert edges(model, ["first", "middle", "hidden", "last"]) == {
        ("first", "middle"), ("middle", "hidden"), ("hidden", "last"),
    }  # fmt: skip
    assert edges(model, ["first", "last"]) == {("first", "last")}


def test_arrows_that_are_wrong_or_missing_are_named() -> None:
    model, nodes = load_model(TEXT), ["first", "middle", "last"]
    check_arrows(model, nodes, [("first", "middle"), ("middle", "middle"), ("middle", "last")])
    with pytest.raises(ValueError, match="no first → last in the model; middle → last of the model is missing"):
        check_arrows(model, nodes, [("first", "middle"), ("first", "last")])
    with pytest.raises(ValueError, match="no state or computed quantity 'k'"):
        edges(model, ["k"])


def test_the_shipped_diagram_draws_the_shipped_model() -> None:
    evidence = load(fitted=False).mechanism
    assert evidence is not None
    links = [(each.begin, each.end) for each in evidence.links.values()]
    check_arrows(load_model(evidence.model), list(evidence.nodes), links)


def test_a_diagram_of_another_model_is_not_fitted() -> None:
    from dataclasses import replace

    evidence = load(fitted=False).mechanism
    assert evidence is not None
    fewer = {key: each for key, each in evidence.links.items() if key != "cleavage"}
    with pytest.raises(ValueError, match="light_chain → cut of the model is missing"):
        analyse(replace(evidence, links=fewer))
