"""Real names among made-up ones are a dossier's: the shipped one's, another's, or nobody's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from glabella.cli import main
from glabella.safety.synthetic import draw, planted_truth, real_names
from tests.safety.store.lists import write_lists


def test_names_of_another_dossier_stand_in_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    drawn = draw(2_000, quarters="2014Q3", seed=1, dossier=write_lists(tmp_path / "made-up"))
    words = drawn.words
    assert words.dossier == "made-up"
    assert [name for name, real in zip(words.substances, words.real_drug, strict=True) if real] == ["ZZYX ALPHA"]
    assert [name for name, real in zip(words.events, words.real_event, strict=True) if real] == ["HICCUPS"]
    place = words.substances.index("ZZYX ALPHA")
    assert words.ingredients[place] == "ZZYX ALPHA"
    assert words.drug_share[place] == 0.05
    assert {words.indications[one] for one in words.indication_choice[place]} == {"BOREDOM"}
    both = planted_truth(drawn).filter(drug="ZZYX ALPHA", event="HICCUPS")
    assert both["lambda"].to_list() == [1.0], "of a real pair nothing is planted"


def test_nobodys_names_are_none(tmp_path: Path) -> None:
    for dossier in ("none", write_lists(tmp_path, {"synthetic.yaml": None})):
        words = draw(1_000, quarters="2014Q3", seed=1, dossier=dossier).words
        assert words.dossier == ""
        assert not words.real_drug.any()
        assert not words.real_event.any()
        assert all(name.startswith("SYNTH") for name in (*words.substances, *words.products, *words.events))
        assert np.isclose(words.drug_share.sum(), 1)


def test_what_is_said_of_a_synthesis_names_the_dossier(tmp_path: Path) -> None:
    said = {"botulinum-depression": "a few real names of botulinum-depression", "": "no real name"}
    for dossier, words in said.items():
        into = tmp_path / (dossier or "nobody")
        more = ["--dossier", "none"] if not dossier else []
        options = ["--reports", "200", "--quarters", "2014Q3", "--into", str(into), *more]
        shown = CliRunner().invoke(main, ["safety", "synthesise", *options])
        assert words in " ".join(shown.output.split())
        assert json.loads((into / "defects.json").read_text())["real_names_of"] == dossier


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("substances: [{name: A, share: 0.1}]", "substances.0.products: Field required"),
        ("events: [{name: A, share: 0.6}, {name: B, share: 0.4}]", "the shares of events sum to one or more"),
        ("events: [{name: A, share: 0.1}, {name: a, share: 0.1}]", "events: 'A' stands twice"),
        ("events: [{name: A, share: 0.1}", "not valid YAML"),
        ("other: 1", "other: Extra inputs"),
    ],
)
def test_wrong_names_are_refused_by_their_file(tmp_path: Path, text: str, said: str) -> None:
    folder = write_lists(tmp_path, {"synthetic.yaml": text})
    with pytest.raises(ValueError, match=said) as fault:
        real_names(folder)
    assert str(folder / "synthetic.yaml") in str(fault.value)
