"""The parts of the report's contents: a few headings, each saying what is there, so that one section is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """Sections of the report that answer one kind of question.

    Attributes
    ----------
    title : str
        Its heading.
    what : str
        What is found there, in a sentence.
    sections : tuple of str
        Their names.
    """

    title: str
    what: str
    sections: tuple[str, ...] = ()


#: The parts, in the order of the report.
PARTS = (
    Part(
        "In short",
        "The answer, how sure it is, benefit, harm and what to tell a patient, as the brief says them.",
        ("bottom-line", "how-sure", "benefit", "timing", "common-harms", "warnings", "given", "next-steps",
         "options", "tell"),
    ),
    Part(
        "Does it work, and how sure is that?",
        "Every pooled effect with its trials, what lowers its certainty, and what other choices or bias change.",
        ("question", "effect", "certainty", "absolute", "sure", "bias"),
    ),
    Part(
        "What harm does it do?",
        "Adverse events as they were counted, good and bad effects side by side, and what was reported after sale.",
        ("harms", "effects-table", "reports"),
    ),
    Part(
        "How does it work, and for how long?",
        "The treatment, the links from it to the outcome, and what models say of its course and of repeating it.",
        ("treatment", "how", "course", "prediction", "mood", "repeat", "identifiability"),
    ),
    Part(
        "Beside other treatments",
        "Comparisons that no trial made directly, why other numbers differ, and what adding it to others brings.",
        ("compare", "differ", "combine"),
    ),
    Part(
        "What is not known, and what is claimed",
        "Gaps in the evidence, what is worth reading next, and popular claims with a verdict each.",
        ("unknown", "extract-next", "claims"),
    ),
    Part(
        "What it rests on, and how it was made",
        "Published results computed again, sources that disagree, every study, the search and the methods.",
        ("reproductions", "conflicts", "studies", "search", "methods"),
    ),
)  # fmt: skip
#: Where what no part names stands, so that no section is lost.
OTHER = Part("Further", "What stands in no part above.")


def parts_of(names: Iterable[str]) -> Iterator[tuple[Part, tuple[str, ...]]]:
    """Give each part that has sections, with those of its names that there are.

    Parameters
    ----------
    names : iterable of str
        Of the report's sections, in order.
    """
    left = list(names)
    for part in PARTS:
        if found := tuple(name for name in left if name in part.sections):
            left = [name for name in left if name not in found]
            yield part, found
    if left:
        yield OTHER, tuple(left)
