"""What is asked of decision aids: each item leads to something on the pages, or says why nothing answers it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from glabella.brief import Results
from glabella.brief.standards import answered, in_words, leads_somewhere, markdown_table, standards
from glabella.cli import main
from glabella.dossier import load
from tests import dossiers_made

pytestmark = pytest.mark.xdist_group("brief")
DOCS = Path(__file__).parents[2] / "docs"


def test_all_items_are_there_each_once() -> None:
    lists, items = standards()
    assert len({each.id for each in items}) == len(items)
    assert {each.standard for each in items} == set(lists)
    groups = [each.group for each in items if each.standard == "ipdas"]
    assert (groups.count("to qualify"), groups.count("to certify"), len(groups)) == (6, 10, 44)


def test_each_leads_somewhere_or_says_why_not() -> None:
    for item in standards()[1]:
        assert bool(item.where) + bool(item.because) + item.tests_only == 1, item.id


def test_the_shipped_pages_answer_what_they_are_said_to_answer(results: Results) -> None:
    assert [(each.item.id, each.missing) for each in answered(results) if each.state == "missing"] == []


def test_what_is_not_answered_is_declared(results: Results) -> None:
    reasons = {each.item.id: each.item.because for each in answered(results) if each.state == "unanswered"}
    assert reasons.keys() == {"C6", "P6", "D1", "D2", "D3", "D4", "D5", "D6", "X1", "X2", "N4", "N5", "N6", "N7"}
    assert reasons["X1"] == "no trial of this tool has been done"


def test_a_pointer_that_leads_nowhere_is_found(results: Results) -> None:
    consultation = results.evidence.consultation
    assert consultation is not None
    for pointer in ({"document": "consultation", "section": "x"}, {"field": "made.funding"}, {"field": "x.y"},
                    {"document": "home", "section": "chances"}):  # fmt: skip
        assert not leads_somewhere(pointer, consultation, {}), in_words(pointer)


def test_pages_of_the_documentation_are_there() -> None:
    for item in standards()[1]:
        for pointer in item.where:
            if "docs" in pointer:
                assert (DOCS / pointer["docs"]).is_file(), item.id


def test_the_documentation_has_the_items_as_they_are(results: Results) -> None:
    assert markdown_table(results).strip() in (DOCS / "consult.md").read_text(encoding="utf-8")


def test_another_dossier_is_told_what_it_lacks(tmp_path: Path) -> None:
    made = Results(load(dossiers_made.bcg_consulted(tmp_path / "bcg")))
    lacking = {each.item.id for each in answered(made) if each.state == "missing"}
    assert {"C4", "L1", "R1"} <= lacking
    assert not {"Q1", "Q2", "Q3", "C2", "C3", "P3"} & lacking


def test_the_command_lists_them(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["consult", "standards"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert re.search(r"IPDAS.*: 25 answered, 10 not answered, 9 asked of tests only", done.output)
    rows = json.loads(CliRunner().invoke(main, ["consult", "standards", "--json"]).output)
    assert len(rows) == len(standards()[1])
    dossiers_made.bcg_consulted(tmp_path / "bcg")
    assert CliRunner().invoke(main, ["consult", "standards", str(tmp_path / "bcg")]).exit_code == 1
