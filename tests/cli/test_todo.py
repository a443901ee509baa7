"""``glabella dossier todo``: what is missing, as lines and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from glabella.cli import main
from glabella.decision.to_extract import to_extract
from glabella.dossier import load, shipped, write_starter
from tests.brief.made_up_trials import Trial, counted, made_up


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["dossier", "todo", *map(str, words)])
    return done.exit_code, done.output


def test_every_value_is_a_numbered_line_with_where_and_how_far() -> None:
    code, said = run()
    found = to_extract(load(shipped()))
    assert code == 0
    lines = said.splitlines()
    assert len(lines) == 3 * len(found)
    assert lines[0] == f"  1. {found[0].label}: {found[0].what}"
    assert lines[1] == f"     look in: {'; '.join(found[0].where)}"
    assert lines[2] == (
        f"     could move {found[0].analysis} by {found[0].moved:.2f} of its interval's width; "
        "could turn whether the interval includes no difference"
    )
    assert "     known and good of every trial, 1 of the reasons would go; certainty very low" in lines
    assert "     moves no pooled result; 58 people" in lines


def test_json_holds_the_same_in_the_same_order() -> None:
    code, said = run(shipped(), "--json")
    found, records = to_extract(load(shipped())), json.loads(said)
    assert code == 0
    assert [(one["rank"], one["study"], one["kind"]) for one in records] == [
        (place, one.study, one.kind) for place, one in enumerate(found, start=1)
    ]
    first, last = records[0], records[-1]
    assert first["ends"] == [list(end) for end in found[0].if_known.ends]  # type: ignore[union-attr]
    assert (first["moved"], first["turns"]) == (found[0].moved, found[0].turns)
    assert (last["now"], last["ends"], last["moved"]) == (None, None, None)


def test_a_starter_lacks_what_it_lacks(tmp_path: Path) -> None:
    write_starter(tmp_path / "mine")
    code, said = run(tmp_path / "mine")
    assert code == 0
    assert "Example 2020: a published judgement of risk of bias" in said
    assert "look in: not known" in said


def test_what_is_complete_has_nothing_to_do(tmp_path: Path) -> None:
    harms = [{"event": "any", "arms": {"drug": {"events": {"value": 1, "status": "seen", "source": "EXAMPLE"}}}}]
    trial: Trial = counted("Able 2001", 10, 20, 5, 20, judgement="low", guessed=True, more={"harms": harms})
    made_up(tmp_path / "mine", "OR", "higher", [trial])
    assert run(tmp_path / "mine") == (0, "nothing is missing of the headline's trials\n")


def test_a_dossier_with_faults_is_refused(tmp_path: Path) -> None:
    code, said = run(tmp_path)
    assert code == 2
    assert "no dossier.yaml here" in said
