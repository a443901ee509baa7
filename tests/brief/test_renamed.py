"""Claims that were renamed: the table that ``diff`` reads, and what the docs print of it."""

import re
from pathlib import Path

import pytest

from glabella.brief.difference import RENAMED, renamed

DOCS = Path(__file__).parents[2] / "docs" / "renamed-claims.md"


def test_the_docs_print_the_table() -> None:
    rows = re.findall(r"^\| `(.+)` \| `(.+)` \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == list(RENAMED.items())


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("course.foretold.study.bias", "course.predicted.study.bias"),
        ("foretells.feedback.0.low", "predicts.feedback.0.low"),
        ("course.constants.told", "course.constants.identified"),
        ("course.constants.untold", "course.constants.partly"),
        ("course.constants.assumed", "course.constants.assumed"),
        ("course.repeat.frown.central.gap", "course.repeat.weakness.central.gap"),
        ("course.repeat.frown.central.injections", "course.repeat.weakness.central.sessions"),
        ("course.repeat.frown.central.weeks_frown", "course.repeat.weakness.central.weeks_weakness"),
        ("course.repeat.fixed.central.stopping_frown", "course.repeat.fixed.central.stopping_weakness"),
        ("claim.h.0.injections", "claim.h.0.injections"),
        ("course.repeat.fixed.injections", "course.repeat.fixed.injections"),
    ],
)
def test_a_claim_is_found_by_its_new_name(was: str, now: str) -> None:
    assert renamed(was) == now
    assert renamed(now) == now


def test_stars_stand_on_both_sides() -> None:
    assert all(old.count("*") == new.count("*") for old, new in RENAMED.items())
