"""A store keeps the lists it was given, says which it counts with, and uses others once without keeping them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glabella.cli import main
from glabella.dossier import shipped
from glabella.safety import build_index, load_lists, open_store, verify
from glabella.safety.store import keep_settings, open_index
from glabella.safety.store._data import shipped_data
from tests.safety.store.lists import write_lists
from tests.safety.store.tiny import report, write_quarter


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give six reports: three of ZZ, which only the made-up dossier knows, one of them with hiccups."""
    write_quarter(tmp_path / "store", "2022Q1", [
        report(1, drugs=["ZZ"], events=["HICCUPS"]), report(2, drugs=["ZZ"]), report(3, drugs=["ZZ"]),
        report(4, events=["SINGULTUS"]), report(5), report(6, drugs=["BOTOX"], events=["DEPRESSION"]),
    ])  # fmt: skip
    return tmp_path / "store"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write_lists(tmp_path / "made-up")


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in ("safety", *words)])


def output(*words: object, code: int = 0) -> str:
    shown = run(*words)
    assert shown.exit_code == code, shown.output
    return " ".join(shown.output.split())


def test_lists_stand_for_later_calls_even_when_their_folder_is_gone(store: Path, own: Path) -> None:
    index = build_index(store, dossier=own)
    for path in sorted(own.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert build_index(store) == index
    for opened in (open_store(store), open_index(index)):
        with opened:
            assert opened.signals(drug="zzyx_group", event="hiccups")[0, "n"] == 1
            assert "lists of made-up" in str(opened.describe())
            assert opened.lists.name == "made-up"
    with open_store(store) as opened:
        result = opened.cohort("hiccups")
        assert result.arms[0].frame.row(0, named=True)["exposed_with"] == 1
        assert ("Zzyx is made up.", "a test") in result.caveats
        assert "made-up" in next(item.text for item in result.checklist if item.topic == "pre-processing")


def test_lists_used_once_do_not_stand(store: Path, own: Path) -> None:
    build_index(store)
    with open_store(store, dossier=own, stand=False) as opened:
        assert opened.signals(drug="zzyx_group", event="hiccups")[0, "n"] == 1
        digest = opened.settings.digest
    assert verify(store).ok
    with open_store(store) as opened:
        assert opened.lists == load_lists()
        assert opened.signals(drug="botulinum_toxin", event="depression_core")[0, "n"] == 1
    # What was used once is kept under its digest, and can be chosen again.
    with open_store(store, settings=digest) as opened:
        assert opened.lists.name == "made-up"
    with open_store(store, settings=digest, dossier="none") as opened:
        assert opened.lists == load_lists("none")


def test_the_shipped_dossier_by_any_name_is_what_stands_where_nothing_was_given(store: Path, own: Path) -> None:
    bare = build_index(store)
    assert build_index(store, dossier=shipped()) == bare == build_index(store, dossier=shipped().name)
    assert not (store / "settings").exists()
    build_index(store, dossier=own)
    with open_store(store, dossier=shipped()) as opened:
        assert opened.settings.digest == "shipped"
    with open_store(store) as opened:
        assert opened.settings.digest == "shipped"


def test_names_and_lists_are_kept_together_and_given_apart(store: Path, own: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("drugname,substance\nASPIRIN,MYDRUG\n")
    build_index(store, names=[tmp_path / "mine.csv"])
    build_index(store, dossier=own)
    with open_store(store) as opened:
        assert {"MYDRUG", "ZZYX ALPHA"} <= set(opened.drugs().names)
        said = [one["file"] for one in opened.describe().names["dictionaries"]]
        assert said == ["products.csv", "made-up: names/products.csv", "mine.csv"]
    with open_store(store, names=()) as opened:
        assert opened.lists.name == "made-up"
        assert "MYDRUG" not in opened.drugs().names


def test_only_names_of_drugs_make_another_index(store: Path, own: Path) -> None:
    first = build_index(store, dossier=own)
    write_lists(own, {"event_groups/hiccups.yaml": "id: hiccups\nterms: [HICCUPS]\n"})
    assert build_index(store, dossier=own) == first
    with open_store(store) as opened:
        assert opened.events.find("hiccups").absent == ()
        assert opened.lists.event_groups["hiccups"].terms == ("HICCUPS",)
    write_lists(own, {"names/cleaning.yaml": "ends: [OTHER]\n"})
    assert build_index(store, dossier=own) != first
    assert verify(store).ok


def test_settings_kept_before_there_were_lists_are_read(store: Path, tmp_path: Path) -> None:
    """A card without lists has the name it always had, and stands with the shipped dossier's."""
    (tmp_path / "mine.csv").write_text("drugname,substance\nZZ,MYDRUG\n")
    settings = keep_settings(store, names=[tmp_path / "mine.csv"])
    card = json.loads((store / "settings" / settings.digest / "settings.json").read_text())
    assert set(card) == {"digest", "names", "rules"}
    assert settings.digest == "4abfbaba2606e752"
    with open_store(store) as opened:
        assert opened.lists == load_lists()
        assert "lists of botulinum-depression, the shipped dossier" in str(opened.settings)


def test_wrong_lists_do_not_become_the_stores(store: Path, own: Path, tmp_path: Path) -> None:
    build_index(store, dossier=own)
    bad = write_lists(tmp_path / "bad", {"event_groups/hiccups.yaml": "terms: []\n"})
    with pytest.raises(ValueError, match="no terms"):
        build_index(store, dossier=bad)
    bad = write_lists(tmp_path / "worse", {"names/products.csv": "a,b\n1,2\n"})
    with pytest.raises(ValueError, match=r"products\.csv, row 1"):
        build_index(store, dossier=bad)
    with open_store(store) as opened:
        assert opened.lists.name == "made-up"


def test_kept_lists_that_were_changed_are_found(store: Path, own: Path) -> None:
    settings = keep_settings(store, dossier=own)
    build_index(store)
    assert settings.lists is not None
    assert verify(store).ok
    kept = next(one.path for one in settings.lists.files if one.file == "cohorts/hiccups.yaml")
    kept.write_text(kept.read_text().replace("made up", "true"))
    assert [problem.path for problem in verify(store).problems] == [str(kept.relative_to(store))]
    with pytest.raises(ValueError, match=r"SHA-256 .* as when cohorts/hiccups\.yaml was given"):
        open_store(store)
    kept.unlink()
    assert [problem.kind for problem in verify(store).problems] == ["missing"]


def test_a_card_may_not_lead_out_of_its_store(store: Path, own: Path) -> None:
    settings = keep_settings(store, dossier=own)
    path = store / "settings" / settings.digest / "settings.json"
    card = json.loads(path.read_text())
    card["lists"]["files"][0]["file"] = "../../../secret.yaml"
    path.write_text(json.dumps(card))
    with pytest.raises(ValueError, match=r"'\.\./\.\./\.\./secret\.yaml' is no list of a dossier"):
        open_store(store)


def test_a_card_that_names_nothing_gives_way_to_what_is_given(store: Path, own: Path) -> None:
    keep_settings(store, dossier=own)
    (store / "settings" / "current.json").write_text("{")
    with pytest.raises(ValueError, match="give its dictionaries, rules and dossier again"):
        open_store(store)
    with open_store(store, names=(), rules=shipped_data() / "rules.yaml", dossier=own) as opened:
        assert opened.lists.name == "made-up"
    with open_store(store) as opened:
        assert opened.lists.name == "made-up"


def test_a_cohort_or_a_group_that_is_not_among_the_stores_says_whose_there_are(store: Path, own: Path) -> None:
    keep_settings(store, dossier=own)
    with open_store(store) as opened:
        with pytest.raises(
            ValueError, match=r"depression_2020: .* those of made-up; there are hiccups; another dos"
        ):
            opened.cohort("depression_2020")
        with pytest.raises(
            ValueError, match=r"'depression_core' .* groups: the general lists and those of made-up"
        ):
            opened.find_events("depression_core")
    with open_store(store, dossier="none", stand=False) as opened:
        with pytest.raises(ValueError, match="the general lists alone; they have none; another dossier has others"):
            opened.cohort("hiccups")
        with pytest.raises(ValueError, match="groups: the general lists alone"):
            opened.find_drugs("zzyx_group", level="product")
        with pytest.raises(ValueError, match="groups: the general lists alone"):
            opened.indications.find("boredom")


def test_commands_choose_lists_once_and_say_which(store: Path, own: Path) -> None:
    for words in (("describe", store), ("signals", store, "--drug", "zzyx_group", "--event", "hiccups"),
                  ("trend", store, "--drug", "zzyx_group", "--event", "hiccups"),
                  ("cohort", store, "hiccups")):  # fmt: skip
        said = output(*words, "--dossier", own)
        assert "lists of made-up" in said, words
    assert "lists of botulinum-depression, the shipped dossier" in output("describe", store)
    assert "general lists alone" in output("describe", store, "--dossier", "none")
    refused = output("cohort", store, "hiccups", code=2)
    assert "no cohort of its own among the general lists and those of botulinum" in refused
    assert "no such folder" in output("describe", store, "--dossier", "nowhere", code=2)
    assert "which this store counts with" in output("groups", store)


def test_a_dossier_without_lists_leaves_the_general_ones(store: Path, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "dossier.yaml").write_text("id: bare\n")
    said = output("describe", store, "--dossier", tmp_path / "bare")
    assert "general lists alone, for bare has none" in said
