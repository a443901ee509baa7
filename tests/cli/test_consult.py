"""``glabella consult``: both pages in every format, verified; a new person's file and its schema; every refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from glabella.brief.render import available
from glabella.cli import main
from tests import dossiers_made, persons
from tests.persons import CRISIS

pytestmark = pytest.mark.xdist_group("consult")


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def woman(tmp_path: Path) -> Path:
    return persons.written(tmp_path, "woman")


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_both_pages_are_written_and_made_again(tmp_path: Path, woman: Path, form: str) -> None:
    words = ("consult", woman, "--crisis-text", CRISIS, "--to", tmp_path / "out", "--format", form)
    done = run(*words)
    assert (done.exit_code, done.stderr) == (0, "")
    first = {}
    for kind in ("consultation", "home"):
        target = tmp_path / "out" / f"woman.yaml-{kind}.{form}"
        assert f"written: {target}" in done.output
        first[target] = target.read_bytes()
        again = run("consult", "verify", target, "--person", woman, "--crisis-text", CRISIS)
        assert (again.exit_code, "all as stated" in again.output) == (0, True)
        other = run("consult", "verify", target, "--person", woman, "--crisis-text", "somebody else")
        assert other.exit_code == 1
        wrong = run("brief", "verify", target)
        assert (wrong.exit_code, "glabella consult verify" in wrong.stderr) == (2, True)
    assert run(*words).exit_code == 0
    assert {target: target.read_bytes() for target in first} == first


def test_pages_on_paper(tmp_path: Path, woman: Path) -> None:
    if missing := available():
        pytest.skip(missing)
    done = run("consult", woman, "--crisis-text", CRISIS, "--to", tmp_path, "--format", "pdf")
    assert done.exit_code == 0
    assert {path.name for path in tmp_path.glob("*.pdf")} == {"woman.yaml-consultation.pdf", "woman.yaml-home.pdf"}
    assert all(path.read_bytes().startswith(b"%PDF") for path in tmp_path.glob("*.pdf"))


def test_nothing_is_written_without_a_crisis_text(tmp_path: Path, woman: Path) -> None:
    done = run("consult", woman, "--to", tmp_path / "out")
    assert done.exit_code == 2
    assert "the crisis text is not set" in done.stderr
    assert "--crisis-text" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_crisis_is_told(tmp_path: Path) -> None:
    person = persons.written(tmp_path, "item nine")
    done = run("consult", person, "--crisis-text", CRISIS, "--to", tmp_path)
    assert done.output.startswith("crisis: ")


def test_a_new_person_asks_everything_and_can_be_consulted_for_at_once(tmp_path: Path) -> None:
    new, schema = run("consult", "new"), run("consult", "schema")
    assert (new.exit_code, schema.exit_code) == (0, 0)
    asked = json.loads(schema.output)["properties"]["answers"]["properties"]
    assert yaml.safe_load(new.output)["answers"] == dict.fromkeys(asked, "unknown")
    file = tmp_path / "new.yaml"
    file.write_text(new.output, encoding="utf-8")
    assert run("consult", file, "--crisis-text", CRISIS, "--to", tmp_path).exit_code == 0
    assert "Still to ask" in (tmp_path / "new.yaml-consultation.html").read_text(encoding="utf-8")


def test_every_fault_of_a_person_is_told_at_once(tmp_path: Path) -> None:
    bad = {"age": 300, "sex": "cat", "severity": {"scale": "madrs", "value": 90, "date": "2099-01-01"},
           "earlier": [{"product": "water", "units": -1, "date": "2024-10-19"}], "height": 3}  # fmt: skip
    file = tmp_path / "bad.yaml"
    file.write_text(yaml.safe_dump({"date": "2024-11-30", "answers": bad}), encoding="utf-8")
    done = run("consult", file, "--crisis-text", CRISIS, "--to", tmp_path / "out")
    assert done.exit_code == 2
    for field in ("answers.age", "answers.sex", "answers.severity.value", "answers.severity.date",
                  "answers.earlier.1.product", "answers.earlier.1.units", "answers.height"):  # fmt: skip
        assert field in done.stderr, field
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_later_visit_that_is_none(tmp_path: Path, woman: Path) -> None:
    done = run("consult", woman, "--crisis-text", CRISIS, "--visit", "2027-01-01", "--to", tmp_path)
    none = "expected one of: none, for none stands under visits"
    assert done.exit_code == 2
    assert done.stderr == f"--visit: woman.yaml has no later visit on 2027-01-01; {none}\n"
    seen = persons.written(tmp_path, "woman", visits=[{"date": "2024-12-01"}, {"date": "2024-12-24"}])
    done = run("consult", seen, "--crisis-text", CRISIS, "--visit", "2024-11-30", "--to", tmp_path)
    assert done.stderr == (
        "--visit: woman.yaml has no later visit on 2024-11-30; expected one of: 2024-12-01, 2024-12-24\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("call \udcff now", "--crisis-text: byte 0xff at character 6 is not UTF-8, expected text in UTF-8"),
        ("call \x1b[31m now", "--crisis-text: found the control character U+001B at character 6, expected text"),
        ("call \u202e911", "--crisis-text: found the control character U+202E at character 6, expected text"),
    ],
)
def test_a_crisis_text_that_no_page_can_show_and_all_else_at_once(
    tmp_path: Path, woman: Path, text: str, said: str
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("date: 2024-11-30\nanswers: {age: 300}\n", encoding="utf-8")
    done = run("consult", file, "--crisis-text", text, "--visit", "2024-13-01", "--to", tmp_path / "out")
    first, second, third = done.stderr.splitlines()
    assert (done.exit_code, first.startswith(said)) == (2, True)
    assert second == "--visit: found '2024-13-01', expected a day as YEAR-MONTH-DAY"
    assert third.startswith("bad.yaml:2: answers.age: found 300")
    assert run("consult", woman, "--crisis-text", text, "--to", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_crisis_text_of_several_lines_is_one_line_of_the_page(tmp_path: Path, woman: Path) -> None:
    done = run("consult", woman, "--crisis-text", "Line one\n\t# and two \n", "--to", tmp_path, "--format", "md")
    assert done.exit_code == 0
    assert "**Line one # and two**" in (tmp_path / "woman.yaml-home.md").read_text(encoding="utf-8")


def test_files_of_one_name_and_two_kinds_write_pages_of_their_own(tmp_path: Path, woman: Path) -> None:
    other = tmp_path / "woman.json"
    other.write_text(json.dumps(yaml.safe_load(woman.read_text(encoding="utf-8"))), encoding="utf-8")
    for file in (woman, other):
        assert run("consult", file, "--crisis-text", CRISIS, "--to", tmp_path / "out").exit_code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        f"woman.{kind}-{page}.html" for kind in ("yaml", "json") for page in ("consultation", "home")
    }


def test_both_pages_are_written_or_none(tmp_path: Path, woman: Path) -> None:
    out = tmp_path / "out"
    (out / "woman.yaml-home.html").mkdir(parents=True)
    sheet = out / "woman.yaml-consultation.html"
    for before in (None, b"the old one"):
        if before is not None:
            sheet.write_bytes(before)
        done = run("consult", woman, "--crisis-text", CRISIS, "--to", out)
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr == f"cannot write {out / 'woman.yaml-home.html'}: Is a directory\n"
        assert (sheet.read_bytes() if sheet.exists() else None) == before
        assert len(list(out.iterdir())) == 1 + sheet.exists()


def test_a_dossier_without_a_consultation(tmp_path: Path, woman: Path) -> None:
    dossiers_made.bcg(tmp_path / "bcg")
    for words in (("consult", woman), ("consult", "new"), ("consult", "schema")):
        done = run(*words, "--dossier", tmp_path / "bcg")
        assert (done.exit_code, "consultation.yaml" in done.stderr) == (2, True), words


# --- another dossier: a vaccine for a child ---------------------------------------------------------------


@pytest.fixture(scope="module")
def bcg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dossiers_made.bcg_consulted(tmp_path_factory.mktemp("made") / "bcg")


@pytest.mark.parametrize("place", ["near", "far", "unknown"])
def test_a_child_in_a_country_where_tuberculosis_is_common(tmp_path: Path, bcg: Path, place: str) -> None:
    answers = {"age": 0, "country": "yes", "place": place, "defences": "no", "mother": "no", "skin": "no",
               "contact": "no", "given": "none"}  # fmt: skip
    child = tmp_path / "child.yaml"
    child.write_text(yaml.safe_dump({"date": "2024-11-30", "answers": answers}), encoding="utf-8")
    done = run("consult", child, "--dossier", bcg, "--to", tmp_path)
    assert (done.exit_code, done.stderr) == (0, "")
    for kind in ("consultation", "home"):
        target = tmp_path / f"child.yaml-{kind}.html"
        page = target.read_text(encoding="utf-8").lower()
        for word in ("toxin", "botulin", "frown", "depress", "suicid", "phq", "madrs"):
            assert word not in page, word
        again = run("consult", "verify", target, "--person", child, "--dossier", bcg)
        assert again.exit_code == 0, again.output
