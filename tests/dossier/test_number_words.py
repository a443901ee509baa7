"""Numbers in words: found in the dossier's prose, unless the phrase was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from glabella.dossier import check, load, shipped, write_starter
from glabella.dossier._check import said_in
from glabella.dossier._check_number_words import number_word
from glabella.dossier._load import read_folder
from glabella.dossier._parts import models_of

TITLE = "why: the only trial of the example"


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    write_starter(tmp_path / "mine")
    return tmp_path / "mine"


def edit(folder: Path, old: str, new: str, file: str = "dossier.yaml") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("in two trials", "two"),
        ("Thirteen trials", "Thirteen"),
        ("Half of them", "Half"),
        ("a third of them", "a third"),
        ("One third left", "One third"),
        ("two-thirds of them", "two"),
        ("most people", "most"),
        ("the majority", "majority"),
        ("it doubled", "doubled"),
        ("ninety of a hundred", "ninety"),
        ("in the third week, first and second", None),
        ("one trial, and no one else", None),
        ("a double-blind trial, double dummy", None),
        ("its half-life, of several half-lives", None),
        ("almost, utmost, mostly and often", None),
        ("of {two} people", None),
        ("a network of freight and tent", None),
    ],
)
def test_a_number_in_words_is_found(text: str, found: str | None) -> None:
    assert number_word(text) == found


def test_a_reviewed_phrase_hides_itself_and_nothing_else() -> None:
    assert number_word("In TWO groups", ["in two groups"]) is None
    assert number_word("in two groups of two people", ["in two groups"]) == "two"
    assert number_word("in two groupsets", ["in two groups"]) == "two"
    assert number_word("half of the {who}", ["half of the {who}"]) is None


def test_a_sentence_with_one_is_a_fault_with_two_ways_out(dossier: Path) -> None:
    edit(dossier, TITLE, "why: the best of three trials")
    (fault,) = check(dossier)
    assert fault.line == load_line(dossier, "three trials")
    assert fault.message.startswith(
        "why holds the number 'three' in words; say it without the number, or, where it"
    )
    edit(dossier, "number_words: {}", "number_words: {best of three trials: made up for a test}")
    assert check(dossier) == []


def load_line(folder: Path, words: str) -> int:
    lines = (folder / "dossier.yaml").read_text(encoding="utf-8").splitlines()
    return next(place for place, line in enumerate(lines, start=1) if words in line)


def test_a_statement_is_told_to_name_the_number(dossier: Path) -> None:
    edit(dossier, "This example holds no evidence.", "Half of them fell ill.", "claims.yaml")
    (fault,) = check(dossier)
    assert (fault.file, "name it {like_this} and give its source" in fault.message) == ("claims.yaml", True)


def test_a_phrase_without_a_number_is_a_fault(dossier: Path) -> None:
    edit(dossier, "number_words: {}", "number_words: {several trials: not needed}")
    (fault,) = check(dossier)
    assert fault.message == "'several trials' holds no number in words; it needs no exception"


def test_very_many_phrases_are_one_fault(dossier: Path) -> None:
    phrases = "".join(f"\n  two of {place}: made up" for place in range(1_001))
    edit(dossier, "number_words: {}", f"number_words:{phrases}")
    (fault,) = check(dossier)
    assert fault.message == "1,001 phrases with a number in words, expected at most 1,000"


def caveats() -> list[str]:
    """Give the sentences that stand beside counts of reports: a list, which the check of prose does not read."""
    found = yaml.safe_load((shipped() / "reports" / "caveats.yaml").read_text(encoding="utf-8"))
    texts = [value for value in _leaves(found) if isinstance(value, str) and " " in value]
    assert texts
    return texts


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield value


def test_no_caveat_of_the_shipped_dossier_holds_a_number_in_words() -> None:
    phrases = load(shipped()).dossier.number_words
    assert [text for text in caveats() if number_word(text, phrases)] == []


def test_every_reviewed_phrase_of_the_shipped_dossier_still_stands() -> None:
    said = [text.casefold() for *_, text in said_in(models_of(read_folder(shipped())))]
    said += [" ".join(text.casefold().split()) for text in caveats()]
    phrases = load(shipped()).dossier.number_words
    assert [phrase for phrase in phrases if not any(phrase.casefold() in text for text in said)] == []
