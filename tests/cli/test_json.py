"""Every command that prints what it found prints it as JSON, too, and with the same exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from glabella.cli import main
from glabella.dossier import shipped
from tests import dossiers_made, persons, problems_made

#: Commands that print nothing to be read by programs, and why.
WITHOUT = {
    "app": "serves pages, and an API of its own",
    "consult new": "prints a file of a person",
    "consult schema": "prints JSON as it is",
    "dossier new": "writes a folder",
    "dossier schema": "prints JSON as it is",
    "safety fetch": "writes files, and says which while it does",
    "safety ingest": "writes a store, which safety describe --json describes",
    "safety synthesise": "writes files, and what is planted in them as a file",
}


def commands(group: click.Command, before: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from commands(command, (*before, name))
    else:
        yield " ".join(before), group


EVERY = dict(commands(main))


@pytest.mark.parametrize("name", EVERY)
def test_every_command_can_be_read_by_programs(name: str) -> None:
    options = {option.name: option for option in EVERY[name].params}
    form = options.get("form")
    as_data = "as_json" in options or (
        form is not None and isinstance(form.type, click.Choice) and "json" in form.type.choices
    )
    assert as_data != (name in WITHOUT)
    if "as_json" in options:
        assert options["as_json"].opts == ["--json"]


def said(*words: object, exit_code: int = 0) -> Any:
    """Run a command, and read the JSON that is all it prints."""
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == exit_code, done.output

    def never(word: str) -> None:
        raise AssertionError(word)

    return json.loads(done.stdout, parse_constant=never)


def said_plainly(*words: object) -> list[str]:
    """Run a command, and give the lines that it prints."""
    return CliRunner().invoke(main, [str(word) for word in words]).stdout.splitlines()


def test_documents_are_verified_and_told_apart(tmp_path: Path) -> None:
    dossier = dossiers_made.bcg_claimed(tmp_path / "bcg")
    said_plainly("brief", dossier, "--to", tmp_path, "--format", "json")
    (file,) = tmp_path.glob("*.json")
    found = said("brief", "verify", file, "--dossier", dossier, "--json")
    assert (found["file"], found["differs"]) == (str(file), [])
    assert found["claims"] > 5
    data = json.loads(file.read_text(encoding="utf-8"))
    claim = next(each for each in data["claims"] if each["value"])
    claim["value"] *= 2
    other = tmp_path / "other.json"
    other.write_text(json.dumps(data), encoding="utf-8")
    differs = said("report", "verify", other, "--dossier", dossier, "--json", exit_code=1)["differs"]
    assert said_plainly("report", "verify", other, "--dossier", dossier) == differs
    assert said("brief", "diff", file, file, "--json") == {"old": str(file), "new": str(file), "changed": []}
    changed = said("brief", "diff", file, other, "--json", exit_code=1)["changed"]
    assert said_plainly("brief", "diff", file, other) == changed


def test_an_article_is_verified(tmp_path: Path) -> None:
    dossier = dossiers_made.bcg_claimed(tmp_path / "bcg")
    article = tmp_path / "a.txt"
    article.write_text("BCG prevents tuberculosis.", encoding="utf-8")
    said_plainly("check", article, "--dossier", dossier, "--to", tmp_path)
    (file,) = tmp_path.glob("*.html")
    assert said("check", "verify", file, "--article", article, "--dossier", dossier, "--json")["differs"] == []


def test_a_sheet_is_verified(tmp_path: Path) -> None:
    person = persons.written(tmp_path, "woman")
    said_plainly("consult", person, "--crisis-text", persons.CRISIS, "--to", tmp_path)
    for file in tmp_path.glob("*.html"):
        words = ("consult", "verify", file, "--person", person, "--crisis-text", persons.CRISIS, "--json")
        assert said(*words)["differs"] == []


def test_a_problem_is_verified(tmp_path: Path) -> None:
    problem = problems_made.written(tmp_path, problems_made.trial())
    said_plainly("weigh", problem, "--to", tmp_path)
    (file,) = tmp_path.glob("*.html")
    assert said("weigh", "verify", file, "--problem", problem, "--json")["differs"] == []
    assert said("weigh", problem, "--json")["options"]


def test_a_dossier_is_checked(tmp_path: Path) -> None:
    dossier = dossiers_made.bcg_claimed(tmp_path / "bcg")
    assert said("dossier", "check", dossier, "--json")["faults"] == []
    assert said("dossier", "check", tmp_path / "none", "--json", exit_code=2)["faults"]
    (dossier / "dossier.yaml").write_text("nothing: 1\n", encoding="utf-8")
    broken = said("dossier", "check", dossier, "--json", exit_code=2)
    plainly = CliRunner().invoke(main, ["dossier", "check", str(dossier)])
    assert plainly.stderr.splitlines()[:-1] == broken["faults"]


def test_a_dossier_is_brought_along(tmp_path: Path) -> None:
    older = Path(__file__).parent.parent / "dossier" / "data" / "version1"
    found = said("dossier", "migrate", older, "--to", tmp_path / "new", "--json")
    assert found["path"] == str(tmp_path / "new")
    assert found["changes"]


def test_reports_are_told(synthetic_store: Path) -> None:
    assert said("safety", "verify", synthetic_store, "--json")["ok"] is True
    described = said("safety", "describe", synthetic_store, "--json")
    assert described["synthetic"] is True
    assert described["kept"]
    groups = said("safety", "groups", "--json")
    cohort = next(each["name"] for each in groups[0]["lists"])
    pairs = said("safety", "signals", synthetic_store, "--top", 3, "--json")
    assert (len(pairs["pairs"]), pairs["synthetic"]) == (3, True)
    assert "ranks no drugs" in pairs["caveat"]
    one = pairs["pairs"][0]
    drug, event = (str(one[name]) for name in ("drug", "event"))
    quarters = said("safety", "trend", synthetic_store, "--drug", drug, "--event", event, "--json")["quarters"]
    assert len(quarters) == len(described["quarters"])
    compared = said("safety", "cohort", synthetic_store, cohort, "--json")
    assert compared["runs"]
    assert compared["caveats"]


def test_a_table_of_ones_own_is_told(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    rows = [f"{place},{'a' if place % 3 else 'b'},{'x' if place % 2 else 'y'}" for place in range(60)]
    file.write_text("\n".join(("report,drug,event", *rows)) + "\n", encoding="utf-8")
    found = said("safety", "table", file, "--json")
    assert found["among"] == "60 distinct reports"
    pairs = {(row["drug"], row["event"]) for row in found["pairs"]}
    assert pairs == {("A", "X"), ("A", "Y"), ("B", "X"), ("B", "Y")}


def test_claims_and_what_is_missing_are_told() -> None:
    assert {"id", "claim", "verdict"} <= set(said("claims", shipped(), "--json")[0])
    assert said("dossier", "todo", "--json")[0]["rank"] == 1
