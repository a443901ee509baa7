"""Every fault of a dossier's lists is named, each with its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from glabella.cli import main
from glabella.dossier import shipped, write_starter
from glabella.safety import check_lists
from tests.safety.store.lists import FILES, write_lists

REPORTS = """\
ask: {{drug: {drug}, events: [{events}], cohort: {cohort}}}
studies: {{}}
caveats: [{{text: Nothing is known., status: missing}}]
"""


def dossier(folder: Path, changes: dict[str, str | None] | None = None) -> Path:
    write_starter(folder)
    write_lists(folder / "reports", changes)
    return folder


def test_sound_lists_have_no_fault(tmp_path: Path) -> None:
    assert check_lists(shipped()) == []
    assert check_lists(dossier(tmp_path / "mine")) == []
    write_starter(tmp_path / "bare")
    assert check_lists(tmp_path / "bare") == check_lists("none") == []
    assert "no such folder" in str(check_lists("nowhere")[0])


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("cohorts/hiccups.yaml", "id: hiccups", "id: other", "id 'other', expected the file's name 'hiccups'"),
        (
            "cohorts/hiccups.yaml",
            "primary: hiccups",
            "primary: hicc_ups",
            "events: 'hicc_ups' is no group, expected",
        ),
        ("cohorts/hiccups.yaml", "[negative_controls]", "[no_controls]", "events: 'no_controls' is no group"),
        ("cohorts/hiccups.yaml", "[zzyx_group]", "[zz_group]", "exposed: 'zz_group' is no group"),
        ("cohorts/hiccups.yaml", "everything else", "[a_b]", "arms.all.comparators: 'a_b' is no group"),
        (
            "cohorts/hiccups.yaml",
            "label: all uses",
            "label: x, indications: [a_b]",
            "arms.all.indications: 'a_b' is",
        ),
        ("cohorts/hiccups.yaml", "arms:", "exclude: {drugs: [a_b]}\narms:", "exclude.drugs: 'a_b' is no group"),
        (
            "cohorts/hiccups.yaml",
            "arms:",
            "exclude: {indications: [a_b]}\narms:",
            "exclude.indications: 'a_b' is no",
        ),
        ("cohorts/hiccups.yaml", "title:", "name:", "title: Field required"),
        ("caveats.yaml", "source: a test", "by: a test", "sentence 1: expected a text and a source"),
        ("synthetic.yaml", "share: 0.04", "share: 4", "events.0.share: Input should be less than 1"),
    ],
)
def test_each_fault_is_named_with_its_file(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    text = FILES[file].replace(old, new)
    assert text != FILES[file]
    faults = check_lists(dossier(tmp_path / "mine", {file: text}))
    assert [fault.file for fault in faults] == [f"reports/{file}"]
    assert said in faults[0].message


@pytest.mark.parametrize(
    ("drug", "events", "cohort", "said"),
    [
        ("zz_group", "hiccups", "hiccups", "ask.drug: 'zz_group' is no group"),
        ("ssri", "hiccups, hicc_ups", "hiccups", "ask.events: 'hicc_ups' is no group"),
        ("ssri", "hiccups", "boredom", "ask.cohort: 'boredom' is no cohort of the dossier; it has hiccups"),
    ],
)
def test_what_a_dossier_asks_of_a_store_must_be_there(
    tmp_path: Path, drug: str, events: str, cohort: str, said: str
) -> None:
    folder = dossier(tmp_path / "mine")
    (folder / "reports.yaml").write_text(REPORTS.format(drug="ssri", events="hiccups", cohort="hiccups"))
    assert check_lists(folder) == []
    (folder / "reports.yaml").write_text(REPORTS.format(drug=drug, events=events, cohort=cohort))
    (fault,) = check_lists(folder)
    assert (fault.file, said in fault.message) == ("reports.yaml", True)
    (folder / "reports.yaml").write_text("studies: {}\ncaveats: [{text: Nothing is known., status: missing}]\n")
    assert check_lists(folder) == []


def test_a_dossier_without_lists_can_ask_for_general_ones_alone(tmp_path: Path) -> None:
    write_starter(tmp_path / "bare")
    ask = REPORTS.format(drug="ssri", events="suicide_self_injury, hicc_ups", cohort="hiccups")
    (tmp_path / "bare" / "reports.yaml").write_text(ask)
    said = [str(fault) for fault in check_lists(tmp_path / "bare")]
    assert [one.split(",")[0] for one in said] == [
        "reports.yaml: ask.events: 'hicc_ups' is no group",
        "reports.yaml: ask.cohort: 'hiccups' is no cohort of the dossier; it has none",
    ]


def test_the_command_lists_them_with_the_other_faults(tmp_path: Path) -> None:
    folder = dossier(tmp_path / "mine", {"cohorts/hiccups.yaml": "id: hiccups\n"})
    (folder / "products.yaml").write_text("products: 5\n")
    shown = CliRunner().invoke(main, ["dossier", "check", str(folder)])
    assert shown.exit_code == 2
    assert "reports/cohorts/hiccups.yaml: " in shown.output
    assert "products.yaml:1: " in shown.output
    sound = CliRunner().invoke(main, ["dossier", "check", str(dossier(tmp_path / "other"))])
    assert (sound.exit_code, "no faults" in sound.output) == (0, True)
    nowhere = CliRunner().invoke(main, ["dossier", "check", str(tmp_path / "nowhere")])
    assert nowhere.output.count("no such folder") == 1
