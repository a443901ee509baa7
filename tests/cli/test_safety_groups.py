"""What can be named in the other commands is listed; a report asks a store with its own dossier's lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glabella.cli import main
from glabella.dossier import write_starter
from glabella.safety import load_lists, open_store
from tests.safety.store.lists import write_lists
from tests.safety.store.tiny import report, write_quarter


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_every_cohort_and_group_has_a_line_of_its_own() -> None:
    shown = run("safety", "groups")
    assert shown.exit_code == 0, shown.output
    lines = shown.output.splitlines()
    assert lines[0] == "The general lists and those of botulinum-depression, the shipped dossier"
    lists = load_lists()
    named = [*lists.cohorts, *lists.event_groups, *lists.indication_groups, *lists.drug_groups]
    starts = [line.split()[0] for line in lines if line[:1].islower() and len(line.split()) > 3]
    assert sorted(starts) == sorted(named)
    assert max(map(len, lines)) <= 80
    assert "depression_core" in shown.output
    assert any(line.startswith("suicide_self_injury") and "general  16 terms" in line for line in lines)
    assert any(line.startswith("depression_2020") and "dossier   8 arms" in line for line in lines)


def test_whose_a_group_is_is_said(tmp_path: Path) -> None:
    shown = run("safety", "groups", "--dossier", write_lists(tmp_path / "made-up"))
    lines = {line.split()[0]: line.split()[1:4] for line in shown.output.splitlines() if len(line.split()) > 3}
    assert lines["hiccups"] == ["dossier", "2", "terms"]
    assert lines["boredom"] == ["dossier", "1", "term"]
    assert lines["ssri"] == ["both", "7", "drugs"]
    assert lines["snri"][0] == lines["negative_controls"][0] == "general"
    assert "Indications" not in run("safety", "groups", "--dossier", "none").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--dossier", "nowhere"),
            "nowhere: no such folder, and no dossier that ships; those are botulinum-depression",
        ),
        (("EMPTY",), "no store"),
        (("--dossier", "BAD"), "id 'other', expected the file's name"),
    ],
)
def test_bad_input_is_named_and_exits_with_two(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "EMPTY").mkdir()
    write_lists(tmp_path / "BAD", {"event_groups/hiccups.yaml": "id: other\nterms: [A]\n"})
    shown = run("safety", "groups", *(tmp_path / word if word.isupper() else word for word in words))
    assert (shown.exit_code, said in shown.output) == (2, True), shown.output


def test_lists_given_at_ingest_stand_for_every_later_command(tmp_path: Path) -> None:
    own = write_lists(tmp_path / "made-up")
    made = ("--reports", 300, "--quarters", "2014Q3", "--into", tmp_path / "files", "--dossier", own)
    assert run("safety", "synthesise", *made).exit_code == 0
    archives = sorted((tmp_path / "files").glob("*.zip"))
    taken = run("safety", "ingest", *archives, "--into", tmp_path / "store", "--dossier", own)
    assert taken.exit_code == 0, taken.output
    assert "lists of made-up" in taken.output
    shown = run("safety", "signals", tmp_path / "store", "--drug", "zzyx_group")
    assert shown.exit_code == 0, shown.output
    assert "lists of made-up" in shown.output
    assert "which this store counts with" in " ".join(run("safety", "groups", tmp_path / "store").output.split())
    refused = run("safety", "ingest", *archives, "--into", tmp_path / "other", "--dossier", "nowhere")
    assert refused.exit_code == 2
    assert not (tmp_path / "other").exists()


def test_a_report_asks_a_store_with_its_own_lists_and_leaves_the_stores(tmp_path: Path) -> None:
    write_starter(tmp_path / "mine")
    write_lists(tmp_path / "mine" / "reports")
    (tmp_path / "mine" / "reports.yaml").write_text(
        "ask: {drug: zzyx_group, events: [hiccups], cohort: hiccups}\nstudies: {}\n"
        "caveats: [{text: Nothing is known., status: missing}]\n"
    )
    store = tmp_path / "store"
    write_quarter(store, "2022Q1", [
        report(1, drugs=["ZZ"], events=["HICCUPS"]), report(2, drugs=["ZZ"]), report(3, events=["SINGULTUS"]),
        *(report(i) for i in range(4, 20)),
    ])  # fmt: skip
    words = ("report", tmp_path / "mine", "--store", store, "--format", "json", "--to", tmp_path)
    shown = run(*words)
    assert shown.exit_code == 0, shown.output
    assert "lists of mine" in " ".join(shown.output.split())
    claims = {
        one["id"]: one["value"] for one in json.loads((tmp_path / "my-dossier-report.json").read_text())["claims"]
    }
    assert claims["reports.store.all.hiccups.with.events"] == 1
    assert claims["reports.store.cohort.all.versus.events"] == 1
    with open_store(store) as opened:
        assert opened.lists == load_lists()
    verified = run(
        "report", "verify", tmp_path / "my-dossier-report.json", "--dossier", tmp_path / "mine", "--store", store
    )
    assert verified.exit_code == 0, verified.output
