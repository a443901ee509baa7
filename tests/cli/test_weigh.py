"""``glabella weigh``: documents in three formats, numbers as JSON, every fault at once, made again."""

from __future__ import annotations

import doctest
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glabella.cli import main
from tests.problems_made import changed, everything, trial, written


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_a_document_is_written_and_made_again(tmp_path: Path, form: str) -> None:
    problem = written(tmp_path, everything())
    done = run("weigh", problem, "--to", tmp_path / "out", "--format", form)
    assert (done.exit_code, done.stderr) == (0, "")
    target = tmp_path / "out" / f"problem.yaml-weighed.{form}"
    assert done.output.splitlines()[-1] == f"written: {target}"
    first = target.read_bytes()
    assert run("weigh", problem, "--to", tmp_path / "out", "--format", form).exit_code == 0
    assert target.read_bytes() == first
    again = run("weigh", "verify", target, "--problem", problem)
    assert (again.exit_code, "all as stated" in again.output) == (0, True)
    target.write_text(first.decode().replace("would choose", "would never choose"), encoding="utf-8")
    assert run("weigh", "verify", target, "--problem", problem).exit_code == 1
    wrong = run("brief", "verify", target)
    assert (wrong.exit_code, "glabella" in wrong.stderr) == (2, True)


def test_numbers_are_printed_as_json_and_nothing_is_written(tmp_path: Path) -> None:
    problem = written(tmp_path, everything())
    done = run("weigh", problem, "--to", tmp_path / "out", "--json")
    assert done.exit_code == 0
    found = json.loads(done.output)
    assert found["options"] == ["placebo", "fluoxetine", "venlafaxine"]
    assert found["entering"] == ["placebo", "venlafaxine"]
    assert sum(found["ranking"]["said"]["rank_acceptability"][0]) == pytest.approx(1)
    assert found["ranking"]["first"]["nausea"]["reading"] == "choose"
    assert list(found["planes"]) == ["fluoxetine", "venlafaxine"]
    assert "per_draw" not in found["net"]
    known = found["information"]
    assert (known["says"], known["arms"]) == ("trial", ["placebo", "venlafaxine"])
    assert known["counted"] == ["response", "nausea", "insomnia"]
    assert known["settling"] in known["trials"]["sizes"]
    assert len(known["perfect"]["value"]) == 3
    assert not (tmp_path / "out").exists()
    alone = json.loads(run("weigh", written(tmp_path, trial()), "--json").output)
    assert (alone["gate"], alone["net"], alone["ranking"]["said"]) == (None, None, None)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    data = changed(everything(), "options.fluoxetine.cells.nausea", None)
    data = changed(data, "criteria.nausea.family", "mood")
    data = changed(data, "criteria.anxiety.range", {"low": 0.17, "high": 0, "source": "TER11"})
    done = run("weigh", written(tmp_path, data), "--to", tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert [line.split(": ")[1] for line in done.stderr.splitlines()] == [
        "criteria.nausea.family",
        "criteria.anxiety.range",
        "options.fluoxetine.cells.nausea",
    ]
    assert not list(tmp_path.glob("*weighed*"))


def test_what_cannot_be_weighed_ends_in_a_line(tmp_path: Path) -> None:
    said = [{"rank": ["response", "nausea"]}, {"rank": ["nausea", "response"]}]
    problem = written(tmp_path, trial() | {"statements": said})
    for extra in ((), ("--json",)):
        done = run("weigh", problem, "--to", tmp_path, *extra)
        assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
        assert "statements: 0 of 100 weights agree" in done.stderr
    missing = run("weigh", tmp_path / "none.yaml")
    assert (missing.exit_code, missing.stderr) == (2, "none.yaml: cannot be read: No such file or directory\n")


def test_the_file_that_the_docs_show_is_weighed(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "preferences.md").read_text(encoding="utf-8")
    problem = tmp_path / "tablet.yaml"
    problem.write_text(page.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    done = run("weigh", problem, "--to", tmp_path)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.output.startswith("Who values this so would ")
    (said,) = (line.removeprefix("> ") for line in page.splitlines() if line.startswith("> "))
    assert said in done.output.splitlines()


def test_the_worked_example_in_the_docs_holds() -> None:
    found = doctest.testfile(str(Path(__file__).parents[2] / "docs" / "preferences.md"), module_relative=False)
    assert (found.attempted > 8, found.failed) == (True, 0)


def test_the_schema_is_printed() -> None:
    done = run("dossier", "schema", "problem")
    assert (done.exit_code, json.loads(done.output)["title"]) == (0, "Problem")
