"""The bottom line, cell by cell: for differences and ratios, higher and lower better."""

import math
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.decision.bottom_line import Effect, Told, bottom_line, in_template
from glabella.shown import Certainty

PAGE = Path(__file__).parent.parent.parent / "docs" / "bottom-line.md"
CERTAINTIES: tuple[Certainty, ...] = ("high", "moderate", "low", "very low")
#: Estimate and limits with a smallest important difference of one, above zero being better, by what they show.
CELLS: dict[str, tuple[float, float, float, float | None]] = {
    "excludes zero, wholly beyond the important difference": (2.0, 1.5, 2.5, 1.0),
    "excludes zero, on both sides of the important difference": (1.0, 0.5, 1.5, 1.0),
    "excludes zero, wholly within the important difference": (0.5, 0.2, 0.8, 1.0),
    "excludes zero, no important difference known": (1.0, 0.5, 1.5, None),
    "includes zero, wholly within the important difference": (0.1, -0.5, 0.7, 1.0),
    "includes zero, and differences that matter": (1.0, -0.5, 2.5, 1.0),
    "includes zero, no important difference known": (1.0, -0.5, 2.5, None),
}
SCORE = Told("the treatment", "score")
GOOD, BAD = Told("the treatment", "", "recover", good=True), Told("the treatment", "", "fall ill", good=False)


def told_of(cell: str, certainty: Certainty, told: Told, *, worse: bool = False, turns: bool = False) -> str:
    estimate, low, high, important = CELLS[cell]
    if worse:
        estimate, low, high = -estimate, -high, -low
    prediction = (-3.0, 3.0) if turns else None
    return bottom_line(Effect(estimate, low, high, important, prediction, certainty), told)


def page() -> str:
    """Write the table as the docs print it."""
    lines = [
        "# The bottom line",
        "",
        "Which sentence a pooled result gets. It depends on what the interval excludes, on the smallest difference "
        "that matters to people, on the certainty, and on the interval of a new trial. Where the interval includes "
        "zero (for a ratio: one), no sentence claims a direction.",
        "The rule is `glabella.decision.bottom_line`; a test compares this page with it, cell by cell.",
        "",
    ]
    for title, told, worse in (
        ("A score, the treatment better", SCORE, False),
        ("A score, the treatment worse", SCORE, True),
        ("A good event, more frequent with the treatment", GOOD, False),
        ("A good event, less frequent with the treatment", GOOD, True),
        ("A bad event, less frequent with the treatment", BAD, False),
        ("A bad event, more frequent with the treatment", BAD, True),
    ):
        lines += [f"## {title}", "", "| the interval | certainty | sentence |", "| --- | --- | --- |"]
        lines += [
            f"| {cell} | {certainty} | {told_of(cell, certainty, told, worse=worse)} |"
            for cell, certainty in product(CELLS, CERTAINTIES)
        ]
        lines.append("")
    lines += ["## Where the interval of a new trial includes zero", "", "| the interval | certainty | sentence |",
              "| --- | --- | --- |"]  # fmt: skip
    lines += [
        f"| {cell} | {certainty} | {told_of(cell, certainty, SCORE, turns=True)} |"
        for cell, certainty in product(list(CELLS)[:4], CERTAINTIES)
    ]
    return "\n".join(lines) + "\n"


def test_the_docs_print_every_cell() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("certainty", CERTAINTIES)
def test_each_certainty_has_its_verb(certainty: Certainty) -> None:
    cell = "excludes zero, wholly beyond the important difference"
    expected = {
        "high": "The treatment improves the score by an amount that matters: {estimate}.",
        "moderate": "The treatment probably improves the score by an amount that matters: {estimate}.",
        "low": "The treatment may improve the score by an amount that matters: {estimate}.",
        "very low": "We cannot tell whether the treatment improves the score: pooled, it did, {estimate}, "
        "but the evidence is weak.",
    }
    assert told_of(cell, certainty, SCORE) == expected[certainty]


def test_fewer_people_fall_ill() -> None:
    cell = "excludes zero, no important difference known"
    assert told_of(cell, "moderate", BAD) == "With the treatment, probably fewer people fall ill: {estimate}."
    assert told_of(cell, "low", BAD, worse=True) == "With the treatment, more people may fall ill: {estimate}."


Direction = Literal["lower", "higher"]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("certainty", CERTAINTIES)
@pytest.mark.parametrize("measure", ["difference", "ratio"])
def test_lower_and_higher_better_say_the_same_of_the_same_benefit(
    cell: str, certainty: Certainty, measure: str
) -> None:
    estimate, low, high, important = CELLS[cell]
    if measure == "ratio":  # as an analysis computes it: the logarithm of a ratio people read
        estimate, low, high = (math.log(math.exp(x)) for x in (estimate, low, high))
    higher = Effect.of("higher", estimate, low, high, certainty=certainty, important=important)
    lower = Effect.of("lower", -estimate, -high, -low, certainty=certainty, important=important)
    assert bottom_line(higher, SCORE) == bottom_line(lower, SCORE) == told_of(cell, certainty, SCORE)
    assert bottom_line(
        Effect.of("lower", estimate, low, high, certainty=certainty, important=important), SCORE
    ) == (told_of(cell, certainty, SCORE, worse=True))


NUMBERS = st.floats(-10, 10, allow_nan=False)


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS).map(sorted), st.sampled_from(CERTAINTIES),
       st.none() | st.floats(0.01, 5), st.sampled_from([SCORE, GOOD, BAD]))  # fmt: skip
def test_no_direction_is_claimed_where_the_interval_includes_zero(
    numbers: list[float], certainty: Certainty, important: float | None, told: Told
) -> None:
    low, estimate, high = numbers
    line = bottom_line(Effect(estimate, low, high, important, None, certainty), told)
    assert "{estimate}" in line
    assert line[0].isupper()
    assert line.endswith(".")
    assert "  " not in line
    if low <= 0 <= high:
        assert line.startswith("We cannot tell") or "little or no difference" in line
    if certainty == "very low":
        assert line.startswith("We cannot tell")


def test_parts_are_named_where_the_whole_cannot_tell() -> None:
    effect = Effect.of("lower", -7.5, -17.6, 2.5, certainty="very low", important=3.0)
    told = Told("botulinum toxin", "depression score")
    small, largest = Effect(12.4, 3, 21.9, 3.0, None, "low"), Effect(1.1, -1.5, 3.7, 3.0, None, "low")
    assert bottom_line(effect, told, (("Small trials", small), ("Largest trial", largest))) == (
        "We cannot tell whether botulinum toxin improves the depression score: small trials found a large effect, "
        "the largest trial found little, and together they fit anything from great benefit to slight harm."
    )
    unknown = Effect.of("lower", -7.5, -17.6, 2.5, certainty="very low")
    worse = Effect(-1.1, -2.0, -0.2, None, None, "low")
    assert bottom_line(unknown, told, (("Small trials", small), ("Largest trial", worse))).endswith(
        "small trials found a benefit, the largest trial found harm, and together the interval includes no "
        "difference, {estimate}."
    )


def test_a_new_trial_that_may_turn_is_said_once_and_only_beside_a_direction() -> None:
    for cell in CELLS:
        line = told_of(cell, "moderate", SCORE, turns=True)
        assert line.count("a new trial may find otherwise") == int(cell.startswith("excludes"))


@pytest.mark.parametrize("certainty", CERTAINTIES)
@pytest.mark.parametrize("cell", CELLS)
def test_treatments_in_the_plural_get_their_verb(cell: str, certainty: Certainty) -> None:
    one, many = (
        told_of(cell, certainty, Told(name, "score", plural=name == "tablets")) for name in ("milk", "tablets")
    )
    several = one.replace("milk", "tablets").replace("Milk", "Tablets")
    for verb in ("improves", "worsens", "makes"):
        several = several.replace(verb, verb[:-1])
    assert many == several
    assert not any(f" {verb}s" in many for verb in ("improve", "worsen", "make"))


def test_an_interval_that_ends_at_zero_includes_it() -> None:
    assert Effect(1.0, 0.0, 2.0, 1.0, None, "high").shape == "open"
    assert Effect(0.5, 0.0, 1.0, 1.0, None, "high").shape == "little or none"


def test_a_prediction_interval_that_is_not_known_is_none() -> None:
    assert Effect.of("lower", -1, -2, -0.5, certainty="low", prediction=(math.nan, math.nan)).prediction is None


OPEN = Effect(0.5, -4.0, 5.0, 1.0, None, "low")


def part(label: str, estimate: float, low: float, high: float) -> str:
    line = bottom_line(OPEN, SCORE, ((label, Effect(estimate, low, high, 1.0, None, "low")),))
    return line.split(": ", 1)[1].split(", and together")[0]


@pytest.mark.parametrize(
    ("label", "named"),
    [
        ("BCG in small trials", "BCG in small trials"),
        ("Small trials", "small trials"),
        ("Largest trial", "the largest trial"),
        ("The largest trial, Madras.", "the largest trial, Madras"),
        ("BCG alone", "the BCG alone"),
        (in_template("Trials {estimate}"), "the trials {{estimate}}"),
    ],
)
def test_a_label_stands_in_the_sentence_as_the_dossier_writes_it(label: str, named: str) -> None:
    assert part(label, 3.0, 2.0, 4.0) == f"{named} found a large effect"


def test_a_part_whose_interval_includes_zero_found_no_direction() -> None:
    assert part("Small trials", -3.0, -9.0, 0.5) == "small trials could not tell"
    assert part("Small trials", 0.1, -0.5, 0.7) == "small trials found little or no difference"
    assert part("Small trials", 0.5, 0.2, 0.8) == "small trials found little"


def test_one_trial_is_not_called_pooled() -> None:
    weak = Effect(1.0, 0.5, 1.5, None, None, "very low")
    assert ": the one trial found so, {estimate}, but the evidence is weak." in bottom_line(weak, BAD, alone=True)
    assert "the trial fits anything from " in bottom_line(OPEN, SCORE, alone=True)
