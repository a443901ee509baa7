"""A number in words is a number: in the program's own sentences none stands that nobody looked at."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import pytest

from glabella.decision.to_extract import RULES
from glabella.dossier._check_number_words import NUMBER_WORD, number_word
from glabella.synthesis._few_trials import LEAST_POOLED, LEAST_PREDICTED, LEAST_TESTED, TWO, Way

SOURCE = Path(__file__).parents[2] / "src" / "glabella"
BRIEF = SOURCE / "brief"
#: Modules outside the brief whose sentences documents show: why a result is as it is, and how an effect was made.
SAID_ELSEWHERE = [*(SOURCE / "decision").rglob("*.py"),
                  *(SOURCE / "synthesis" / name for name in ("_few_trials.py", "_contrast.py"))]  # fmt: skip

#: Phrases with a number in words that are no result, each with why.
REVIEWED = {
    "two of the same document": "says what a command takes",
    "in half of those": "what a median is; its day is a claim",
    "in half of the": "what a median is; its day is a claim",
    "in half of them": "what a median is; its day is a claim",
    "half of the {who}": "what a median is; its day is a claim",
    "half of the people whose": "what a median is; its day is a claim",
    "half of them have lost it": "what a median is; its day is a claim",
    "half lost it": "what a median is; its day is a claim",
    "most likely value": "what a mode is",
    "most likely": "what a best guess is; the number is a claim",
    "lies between two visits": "what a median is known to, in trials that look at visits",
    "is from one half": "how a missed median is scored",
    "half have lost it": "what a median is; its day is a claim",
    "half have it by": "what a median is; its day is a claim",
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
    # How many trials a rule is for: the branch that says it is reached with no other number.
    "two trials: median and central interval": "what a function of the R script is for",
    "two trials are pooled under a prior": "a rule of pooling, reached with that number alone",
    "two trials, pooled under the declared prior": "a rule of pooling, reached with that number alone",
    "two trials do not tell how trials differ": "a rule of pooling, reached with that number alone",
    "two trials tell too little of how trials differ": "a rule of pooling, reached with that number alone",
    "with two trials: both trials": "a rule of pooling, reached with that number alone",
    "two are pooled under the declared prior": "a rule of pooling, as the methods tell it",
    "two are shown both": "a rule of pooling, as the methods tell it",
    "from three on": "a rule of pooling; its number is LEAST_POOLED, below",
    "fewer than five": "a rule of pooling; its number is LEAST_PREDICTED, below",
    "fewer than ten trials": "a rule of testing; its number is LEAST_TESTED, below",
    "tests for small-study effects need ten": "a rule of testing; its number is LEAST_TESTED, below",
    # How an engine or a rule is defined.
    "not three numbers from 0": "what a function takes",
    "expected two that differ": "what a function takes",
    "half of the people in trials run by": "from which share on a rule speaks of interests",
    "at most": "a bound of a rule; its number stands beside it",
    "half of the models": "the prior of model averaging, as its own page says; what it became is a claim",
    "half that unwelcome results are missing": "the prior of model averaging, as its own page says",
    "larger by a factor of two": "how far a borrowed error is moved, as the rules say",
    "half an event": "what is added to an empty cell; the count itself is a claim",
    "two-sided": "a kind of test",
    # What the rule of certainty says of itself.
    "two below half of it, three below a tenth": "a rule of rating, tested row by row with docs/certainty.md",
    "or two where the trials are known to disagree": "a rule of rating, tested row by row with docs/certainty.md",
    "carry three quarters of the weight": "a rule of rating, tested row by row with docs/certainty.md",
    "or half where they alone agree": "a rule of rating, tested row by row with docs/certainty.md",
    "one where trials at high risk carry a quarter": "a rule of rating, tested row by row with docs/certainty.md",
    "two where they carry three quarters": "a rule of rating, tested row by row with docs/certainty.md",
    "one level; two where": "a rule of rating, tested row by row with docs/certainty.md",
    "risk of bias together two at most": "a rule of rating, tested row by row with docs/certainty.md",
    "two lesser ones; two at most": "a rule of rating, tested row by row with docs/certainty.md",
    "where ten trials or more show": "a rule of rating, tested row by row with docs/certainty.md",
    "results of a quarter of the people are": "a rule of rating, tested row by row with docs/certainty.md",
    "below a quarter of the people needed": "a rule of rating, tested row by row with docs/certainty.md",
    "half of the people are in trials by": "a rule of rating, tested row by row with docs/certainty.md",
    # What weighing by values says of itself.
    "is named twice in one statement": "what a statement takes",
    "expected two or more": "what a function takes",
    "expected two different numbers": "what a function takes",
    "is most often first": "an order",
    "most weight": "a column: the largest weight that is allowed",
    "most times that": "a column: the largest ratio that is allowed",
    "a quarter": "a step of the tried ranges, which stand beside it",
    "twice the standard error of a share of a half": "how near draws come, as the note says",
    "is below a half for all": "a rule of the reading, as docs/preferences.md tells it",
    "borne at two: who would bear two more": "what a column of the plane is",
    "which option does most good": "what knowing more is worth",
    "does most good": "an order",
    "twice the Monte Carlo error": "what an interval is; its ends are a claim",
    "twice the largest Monte Carlo error": "what a claim is",
    "hundred. draws": "what a share is told on",
    "square root of three over π": "a constant of the logistic distribution",
}
#: Keys of ``PooledTrials.way``, which are compared and never shown.
KEYS = frozenset({"two trials"})


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
    return [text for text in texts if " " in text and text not in KEYS]


FILES = {
    path.relative_to(BRIEF).as_posix(): path
    for path in sorted([*BRIEF.glob("*.py"), *(BRIEF / "sections").glob("*.py")])
} | {path.relative_to(SOURCE).as_posix(): path for path in sorted(SAID_ELSEWHERE)}


@pytest.mark.parametrize("name", FILES)
def test_no_number_stands_in_words_in_a_sentence_of_the_program(name: str) -> None:
    reviewed = sorted(REVIEWED, key=len, reverse=True)
    assert [text for text in literals(FILES[name]) if number_word(text, reviewed)] == []


def test_the_texts_of_the_sections_are_found() -> None:
    """The reading of literals sees f-strings, and no docstring."""
    said = literals(FILES["sections/effect.py"])
    assert "In a new trial" in " ".join(literals(FILES["pooled.py"]))
    assert "Left out, and why:" in said
    assert TWO in literals(FILES["synthesis/_few_trials.py"])
    assert RULES[0] in literals(FILES["decision/to_extract.py"])
    assert not any(text.startswith("Say what the headline found") for text in said)


def test_a_key_is_said_nowhere() -> None:
    assert frozenset(get_args(Way)) >= KEYS


def test_the_numbers_of_the_rules_are_those_of_the_code() -> None:
    """The reviewed phrases hold for these numbers alone: who changes one changes its sentences."""
    assert (LEAST_POOLED, LEAST_PREDICTED, LEAST_TESTED) == (3, 5, 10)


@pytest.mark.parametrize("phrase", REVIEWED)
def test_a_reviewed_phrase_still_stands(phrase: str) -> None:
    assert NUMBER_WORD.search(phrase)
    assert any(phrase.casefold() in text.casefold() for file in FILES.values() for text in literals(file)), (
        "it is no more: take it out"
    )
