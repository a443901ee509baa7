"""A dictionary or rules given once stand for every later command, and those of two users side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from glabella.cli import main
from glabella.safety import open_store, verify
from glabella.safety.store import build_index, keep_settings, load_rules, open_index
from glabella.safety.store._data import shipped_data
from tests.safety.store.tiny import report, write_quarter


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give four reports: ZZYX is in no shipped dictionary, and two of them are versions of one case."""
    write_quarter(tmp_path / "store", "2022Q1", [
        report(1, caseid=1, caseversion="1", drugs=["ZZYX"], events=["RASH"]),
        report(2, caseid=1, caseversion="2", drugs=["ZZYX"], events=["RASH"]),
        report(3, drugs=["ZZYX"], events=["RASH"]),
        report(4, drugs=["ASPIRIN"], events=["NAUSEA"]),
    ])  # fmt: skip
    return tmp_path / "store"


def dictionary(path: Path, meaning: str) -> Path:
    path.write_text(f"drugname,substance\nZZYX,{meaning}\n")
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in ("safety", *words)])


def substances(store: Path, **chosen: object) -> list[str]:
    with open_store(store, **chosen) as opened:  # type: ignore[arg-type]
        return sorted(opened.drugs().names)


def test_a_dictionary_stands_for_later_calls_even_when_its_file_is_gone(store: Path, tmp_path: Path) -> None:
    given = dictionary(tmp_path / "mine.csv", "MYDRUG")
    first = build_index(store, names=[given])
    given.unlink()
    assert build_index(store) == first
    with open_store(store) as opened:
        assert opened.signals(drug="MYDRUG", event="RASH")["n"].to_list() == [2]
        assert "mine.csv" in str(opened.describe())
        assert opened.settings.digest in str(opened.describe())
    assert substances(store, names=()) == ["ASPIRIN", "ZZYX"]


def test_two_users_do_not_delete_each_others_index(store: Path, tmp_path: Path) -> None:
    one = build_index(store, names=[dictionary(tmp_path / "one.csv", "ONE")])
    two = build_index(store, names=[dictionary(tmp_path / "two.csv", "TWO")])
    bare = build_index(store, settings="shipped")
    assert all((index / "index.json").exists() for index in (one, two, bare))
    said: list[str] = []
    assert build_index(store, names=[tmp_path / "one.csv"], progress=said.append) == one
    assert said == []  # nothing is built again
    assert substances(store, names=[tmp_path / "two.csv"]) == ["ASPIRIN", "TWO"]
    digests = {json.loads((index / "index.json").read_text())["settings"]["digest"] for index in (one, two)}
    for digest in digests:
        assert len(substances(store, settings=digest[:6])) == 2
    assert substances(store) == ["ASPIRIN", "TWO"]  # the last that were given stand, whatever was chosen since


def test_choosing_settings_that_are_not_kept_is_refused(store: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'abc' is not kept in .*; it has shipped"):
        open_store(store, settings="abc")
    with pytest.raises(ValueError, match="beside names or rules"):
        open_store(store, settings="shipped", names=[dictionary(tmp_path / "one.csv", "ONE")])


def test_rules_stand_too_with_names_given_later_and_in_an_index_that_stands_alone(
    store: Path, tmp_path: Path
) -> None:
    """Without the rule of versions all four reports count in every mode; its bit is moved as well."""
    found = yaml.safe_load((shipped_data() / "rules.yaml").read_text())
    # PyYAML reads the word on as true.
    for rule in found["rules"]:
        rule["on"] = rule.pop(True)
    found["rules"][0] |= {"on": False}
    found["default_mode"] = "raw"
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(found))
    build_index(store, rules=tmp_path / "rules.yaml")
    (tmp_path / "rules.yaml").unlink()
    index = build_index(store, names=[dictionary(tmp_path / "one.csv", "ONE")])
    for opened in (open_store(store), open_index(index)):
        with opened:
            assert opened.default_mode == "raw"
            assert opened.signals(drug="ONE", event="RASH", mode="strict")["n"].to_list() == [3]
            assert opened.signals(drug="ONE", event="RASH")["n"].to_list() == [3]
    shown = run("signals", store, "--drug", "ONE", "--event", "RASH")
    assert "raw reports" in shown.output
    assert "rules rules.yaml" in " ".join(shown.output.split())
    with open_store(store, settings="shipped") as opened:
        assert opened.signals(drug="ZZYX", event="RASH")["n"].to_list() == [2]
        assert opened.default_mode == load_rules().default_mode


def test_a_wrong_dictionary_does_not_become_the_stores(store: Path, tmp_path: Path) -> None:
    build_index(store, names=[dictionary(tmp_path / "one.csv", "ONE")])
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"bad\.csv, row 1"):
        build_index(store, names=[tmp_path / "bad.csv"])
    assert substances(store) == ["ASPIRIN", "ONE"]


def test_kept_files_that_were_changed_are_found(store: Path, tmp_path: Path) -> None:
    settings = keep_settings(store, names=[dictionary(tmp_path / "one.csv", "ONE")])
    build_index(store)
    assert verify(store).ok
    assert verify(store).settings == 1
    kept = settings.names[0].path
    kept.write_text(kept.read_text().replace("ONE", "TWO"))
    assert [problem.path for problem in verify(store).problems] == [str(kept.relative_to(store))]
    with pytest.raises(ValueError, match=r"SHA-256 .* as when one\.csv was given"):
        open_store(store)


def test_every_command_uses_and_names_them(store: Path, tmp_path: Path) -> None:
    keep_settings(store, names=[dictionary(tmp_path / "mine.csv", "MYDRUG")])
    for words in (("describe", store), ("signals", store, "--drug", "MYDRUG"),
                  ("trend", store, "--drug", "MYDRUG", "--event", "RASH")):  # fmt: skip
        shown = run(*words)
        assert shown.exit_code == 0, shown.output
        assert "names shipped, mine.csv" in " ".join(shown.output.split()), words
    other = run("signals", store, "--drug", "MYDRUG", "--settings", "shipped")
    assert other.exit_code == 2
    assert "MYDRUG" in other.output


def test_a_comparison_knows_the_names_of_the_dictionary(store: Path, tmp_path: Path) -> None:
    """OTHERDRUG is in no report: known to the user's dictionary it is absent, unknown it would be an error."""
    given = tmp_path / "mine.csv"
    given.write_text("drugname,substance\nZZYX,MYDRUG\nQQQ,OTHERDRUG\n")
    keep_settings(store, names=[given])
    spec = tmp_path / "spec.yaml"
    spec.write_text(yaml.safe_dump({
        "schema_version": 1, "id": "own", "title": "t", "question": "q", "rationale": "r", "exposed": ["MYDRUG"],
        "arms": [{"id": "a", "label": "A", "comparators": ["ASPIRIN", "OTHERDRUG"]}], "events": {"primary": "RASH"},
    }))  # fmt: skip
    with open_store(store) as opened:
        assert opened.cohort(spec).names.absent == ("OTHERDRUG",)


def test_a_store_that_cannot_be_written_to_is_read_all_the_same(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = dictionary(tmp_path / "one.csv", "ONE")
    build_index(store, names=[given])

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("glabella.safety.store._index.keep", refuse)
    assert substances(store, names=[given]) == ["ASPIRIN", "ONE"]
    with pytest.raises(PermissionError):
        build_index(store, names=[dictionary(tmp_path / "two.csv", "TWO")])
