"""General lists and those of a dossier: what stands beside what, and what is refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from glabella.dossier import list_folder
from glabella.safety.store import Lists, load_dictionary, load_lists, store_lists
from glabella.safety.store._mapping import map_names
from tests.safety.store.lists import write_lists
from tests.safety.store.tiny import report, write_quarter


@pytest.fixture
def own(tmp_path: Path) -> Lists:
    return load_lists(write_lists(tmp_path / "made-up"))


def test_a_dossiers_lists_stand_beside_the_general_ones(own: Lists) -> None:
    general = load_lists("none")
    assert str(own) == "the general lists and those of made-up"
    assert str(general) == "the general lists alone"
    assert set(own.event_groups) == {*general.event_groups, "hiccups"}
    assert set(own.indication_groups) == {"boredom"}
    assert set(own.cohorts) == {"hiccups"}
    assert own.caveats == (*general.caveats, ("Zzyx is made up.", "a test"))
    assert own.drug_groups["zzyx_group"] == ("ZZYX ALPHA", "ZZYX NOS")
    assert own.drug_groups["ssri"] == (*general.drug_groups["ssri"], "ZZYX ALPHA")
    assert not general.cohorts
    assert not general.indication_groups


def test_the_shipped_dossier_stands_where_none_is_named() -> None:
    assert load_lists() == load_lists(list_folder().folder)
    assert {"depression_2020", "anxiety_2021"} == set(load_lists().cohorts)


def test_a_list_of_the_dossier_stands_before_a_general_one(tmp_path: Path) -> None:
    text = "id: negative_controls\ntitle: Mine\nversion: 1\nterms: [BOREDOM]\n"
    lists = load_lists(write_lists(tmp_path, {"event_groups/negative_controls.yaml": text}))
    assert lists.event_groups["negative_controls"].terms == ("BOREDOM",)


def test_names_of_a_dossier_are_cut_and_narrowed_as_it_says(own: Lists) -> None:
    names = [("ZZ 5 ZED UNITS", ""), ("ZZ", "ZZYX NOS"), ("ZZ", "ZOLOFT")]
    frame = pl.DataFrame([(*one, 1) for one in names], ["drugname", "prod_ai", "rows"], orient="row")
    found = map_names(frame, load_dictionary(lists=own))
    linked = found.name_substances.join(found.substances, on="substance_id").join(found.names, on="name_id")
    assert dict(linked.select(pl.concat_str("drugname", "prod_ai", separator="|"), "name").iter_rows()) == {
        "ZZ 5 ZED UNITS|": "ZZYX ALPHA",
        "ZZ|ZZYX NOS": "ZZYX ALPHA",
        "ZZ|ZOLOFT": "SERTRALINE",
    }
    general = map_names(frame.head(1), load_dictionary(lists=load_lists("none")))
    assert general.substances["name"].to_list() != ["ZZYX ALPHA"]


def test_the_general_meaning_of_a_name_stays_and_the_other_is_counted(tmp_path: Path) -> None:
    text = "name_as_reported,product,substance\nZOLOFT,ZOLOFT,ZZYX ALPHA\nZZ,ZZ,ZZYX ALPHA\n"
    dictionary = load_dictionary(lists=load_lists(write_lists(tmp_path / "made-up", {"names/products.csv": text})))
    named, _, used, other = dictionary.files[1]
    assert (named, used, other) == ("made-up: names/products.csv", 1, 1)
    assert dict(dictionary.table.select("key", "substance").rows())["ZOLOFT"] == "SERTRALINE"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("cohort/hiccups.yaml", "id: x\n", "not read by any part of the program"),
        ("event_groups/hiccups.yml", "id: x\n", "not read by any part of the program"),
        ("event_groups/hiccups.yaml", "id: other\nterms: [A]\n", "id 'other', expected the file's name 'hiccups'"),
        ("event_groups/hiccups.yaml", "id: hiccups\n", "holds no terms"),
        ("indication_groups/boredom.yaml", "terms: [A, 5]\n", "term 2"),
        ("caveats.yaml", "- a\n", "expected keys and values"),
        ("caveats.yaml", "sentences: []\n", "expected a list `always`"),
        ("caveats.yaml", "always: [{text: a}]\n", "sentence 1: expected a text and a source"),
        ("names/substances.csv", "a,b\n1,2\n", "row 1: columns .* expected substance and group"),
        ("names/substances.csv", "substance,group\nZZYX,\n", "row 2: no substance or no group"),
        ("names/cleaning.yaml", "salts: [A]\n", "expected a list `ends` and a mapping `wider`, and nothing else"),
        ("names/cleaning.yaml", "ends: [5]\n", "expected words"),
        ("names/cleaning.yaml", "wider: {ZZYX NOS: nowhere}\n", "'nowhere', expected a group"),
    ],
)
def test_a_wrong_list_is_refused_by_its_file(tmp_path: Path, name: str, text: str, words: str) -> None:
    write_lists(tmp_path, {name: text})
    with pytest.raises(ValueError, match=words) as fault:
        load_lists(tmp_path)
    assert str(tmp_path / name) in str(fault.value)


def test_substances_that_are_no_text_are_refused(tmp_path: Path) -> None:
    write_lists(tmp_path)
    (tmp_path / "names" / "substances.csv").write_bytes(b"substance,group\n\xff,a\n")
    with pytest.raises(ValueError, match="not UTF-8 at byte 16"):
        load_lists(tmp_path)


def test_lists_of_a_store_need_a_store(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no store"):
        store_lists(tmp_path)
    write_quarter(tmp_path / "store", "2022Q1", [report(1)])
    assert store_lists(tmp_path / "store") == load_lists()
    assert store_lists(tmp_path / "store", dossier="none") == load_lists("none")
