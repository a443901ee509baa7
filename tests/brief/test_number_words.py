"""A number in words is a number: in the program's own sentences none stands that nobody looked at."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from glabella.dossier._check_number_words import NUMBER_WORD, number_word

BRIEF = Path(__file__).parents[2] / "src" / "glabella" / "brief"

#: Phrases with a number in words that are no result, each with why.
REVIEWED = {
    "two of the same document": "says what a command takes",
    "in half of those": "what a median is; its day is a claim",
    "in half of the": "what a median is; its day is a claim",
    "in half of them": "what a median is; its day is a claim",
    "half of the {who}": "what a median is; its day is a claim",
    "half of the people whose": "what a median is; its day is a claim",
    "half of them have lost it": "what a median is; its day is a claim",
    "half have lost it": "what a median is; its day is a claim",
    "half have it by": "what a median is; its day is a claim",
    "fallen to half": "what a half-life is; its day is a claim",
    "a hundred": "what a share is told on",
    "a hundred thousand": "what a share is told on",
    "a thousand": "what a share is told on",
    "ten thousand": "what a share is told on",
    "leave half the effect": "the share that the bias is sought for; the bias is a claim",
    "leaves half the effect": "the share that the bias is sought for; the bias is a claim",
    "was a half": "the prior that the average is made with, as its own page says; what it became is a claim",
    "counts twice": "a rule of pooling, no count of what was found",
    "what could change most first": "an order",
    "counted most often with": "an order",
    "in most draws": "what a median rank is",
    "two intervals": "the two columns of the table",
    "a line between two": "what a line of the drawing is",
    "links the two": "the two treatments that the sentence names",
    "most of the steps before": "said where they are, which is counted where the sentence is made",
    "two levels where none was": "a rule of rating, no count of what was found",
    "middle eight tenths": "what the brackets hold; their ends are claims",
}


def literals(file: Path) -> list[str]:
    """Give the texts of a module that a document may say: every string that is no docstring."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if node.body and isinstance(node.body[0], ast.Expr)
    }
    texts = (
        " ".join(node.value.split())
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    )
    # What has no space is a key or a part of a path, and no sentence.
    return [text for text in texts if " " in text]


FILES = {
    path.relative_to(BRIEF).as_posix(): path
    for path in sorted([*BRIEF.glob("*.py"), *(BRIEF / "sections").glob("*.py")])
}


@pytest.mark.parametrize("name", FILES)
def test_no_number_stands_in_words_in_a_sentence_of_the_program(name: str) -> None:
    reviewed = sorted(REVIEWED, key=len, reverse=True)
    assert [text for text in literals(FILES[name]) if number_word(text, reviewed)] == []


def test_the_texts_of_the_sections_are_found() -> None:
    """The reading of literals sees f-strings, and no docstring."""
    said = literals(FILES["sections/effect.py"])
    assert "In a new trial" in " ".join(literals(FILES["pooled.py"]))
    assert "Left out, and why:" in said
    assert not any(text.startswith("Say what the headline found") for text in said)


@pytest.mark.parametrize("phrase", REVIEWED)
def test_a_reviewed_phrase_still_stands(phrase: str) -> None:
    assert NUMBER_WORD.search(phrase)
    assert any(phrase.casefold() in text.casefold() for file in FILES.values() for text in literals(file)), (
        "it is no more: take it out"
    )
