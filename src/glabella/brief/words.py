"""How a dossier's treatment, condition and people are called in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from glabella.dossier import Evidence


@dataclass(frozen=True, slots=True)
class Words:
    """Names for sentences; ``short`` after the first mention, ``visit`` is the unit of the results' time."""

    treatment: str
    short: str
    condition: str
    people: str
    control: str
    given: str
    session: str
    visit: str


def words_of(evidence: Evidence) -> Words:
    """Give a dossier's words."""
    question = evidence.dossier.question
    return Words("the treatment", "the treatment", "the condition", question.population, "the control",
                 question.intervention, "treatment", "week")  # fmt: skip
