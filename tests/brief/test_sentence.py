"""Sentences written whole: parts go where they are named, and none is lost."""

import pytest

from glabella.brief.sentence import aside, sentence
from glabella.shown import Name, plain


def test_parts_stand_where_they_are_named() -> None:
    said = sentence("In {trial}, {trial} and {part}{end}", trial=Name("Beer {2011}"), part="frown", end=".")
    assert plain(said) == "In Beer {2011}, Beer {2011} and frown."


def test_a_part_that_is_missing_or_has_no_place_is_an_error() -> None:
    with pytest.raises(KeyError, match="part"):
        sentence("The {part} weakened.")
    with pytest.raises(TypeError, match=r"the text has no place for more, other: The {part} weakened\."):
        sentence("The {part} weakened.", part="jaw", other="1", more="2")


def test_an_aside_is_set_off_by_a_space() -> None:
    assert plain(("facial feedback", aside("not told apart"))) == "facial feedback (not told apart)"
    assert aside("") == ""
