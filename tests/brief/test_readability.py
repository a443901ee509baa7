"""The grade by which a page is told to be readable, on words and on a text of which it is known."""

import pytest

from tests.brief.readability import grade, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [("the", 1), ("people", 2), ("swallow", 2), ("breathe", 1), ("tablet", 2), ("injection", 3), ("approved", 2),
     ("wanted", 2), ("number", 2), ("table", 2), ("eyes", 1), ("usual", 2), ("depression", 3), ("specialist", 4),
     ("drooping", 2), ("needed", 2), ("places", 2)],
)  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    # Within one: a rule by letters does not know every word.
    assert abs(syllables(word) - count) <= 1


def test_the_formula_by_hand() -> None:
    """Six words in two sentences, one syllable each."""
    assert grade("The cat sat. The dog ran.") == pytest.approx(0.39 * 3 + 11.8 - 15.59)


def test_a_page_for_doctors_is_too_hard() -> None:
    assert (
        grade("Contraindicated in hypersensitivity; neuromuscular transmission disorders necessitate caution.") > 12
    )
