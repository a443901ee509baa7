"""Reading models: what stands in them, and clear words for what is wrong with them."""

import pytest

from glabella.mechanism import load
from tests.mechanism.models import TOXIN


def test_antimony_and_its_sbml_are_the_same_model() -> None:
    written = load(TOXIN)
    again = load(written.sbml)
    assert (again.quantities, again.time_unit) == (written.quantities, written.time_unit)


def test_a_model_knows_its_states_parameters_and_units() -> None:
    model = load(TOXIN)
    assert model.states == ("bulk", "free", "light_chain", "intact")
    assert model.parameters["kdeg"] == 0.0144
    units = {each.name: each.unit for each in model.quantities}
    assert units["kdeg"] == "(86400 second)^-1"
    assert units["dose"] == "dimensionless"
    assert model.time_unit == "(86400 second)"
    assert "kdeg" in str(model)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("; kL has per_day", ""), r"'kL' has no unit"),
        (("kL has per_day", "kL has dimensionless"), r"units do not fit, line \d+"),
        (("kdeg = 0.0144; ", ""), r"parameter 'kdeg' has no value"),
        (("; light_chain = 0", ""), r"state 'light_chain' has no value"),
        (("dose = 20", "dose = 20 +"), r"not a model in Antimony or SBML: Error in model string, line"),
    ],
)
def test_a_defect_is_named(change: tuple[str, str], message: str) -> None:
    assert change[0] in TOXIN
    with pytest.raises(ValueError, match=message):
        load(TOXIN.replace(*change))


@pytest.mark.parametrize(
    "text", ["<sbml", "<html/>", "<sbml xmlns='http://www.sbml.org/sbml/level3/version2/core'/>"]
)
def test_what_is_no_sbml_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="SBML"):
        load(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # The first ended the interpreter, the second asked for 10^8 times forty letters, the third took minutes.
        ("<sbml><model>" + "<notes>" * 300_000, "more than 500 elements within each other"),
        ('<!DOCTYPE x [<!ENTITY a "a">]><sbml/>', "a document type"),
        ("model m\n x = 1" + "+1" * 100_000 + ";\nend\n", "line 2 of the model has 200,00"),
        ("model m\n x = " + "-sin(" * 2400 + "1" + ")" * 2400 + ";\nend\n", "line 2 of the model has"),
    ],
    ids=["elements", "entities", "terms", "functions"],
)
def test_a_text_written_to_harm_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        load(text)
