"""What is asked, of whom, against what, and how fresh the evidence is."""

from __future__ import annotations

from glabella.brief.quoting import joined
from glabella.brief.results import Results
from glabella.dossier import Outcome
from glabella.shown import Inline, Items, Ledger, Name, Paragraph, Section, Strong, dated

#: What is better, by kind of outcome and its direction.
_BETTER = {
    ("continuous", "lower"): "lower is better",
    ("continuous", "higher"): "higher is better",
    ("binary", "lower"): "fewer people is better",
    ("binary", "higher"): "more people is better",
}


#: What was done last to find studies.
_LOOKED = {
    "yes": "Last search for studies",
    "unknown": "Last search for studies",
    "no": "Last look for studies, not a systematic search",
}


def report(results: Results, book: Ledger) -> Section | None:  # noqa: ARG001 - a question has no number
    """Say the question, part by part."""
    dossier = results.evidence.dossier
    question, searched = dossier.question, dossier.search.date
    outcomes = [dossier.outcomes[key] for key in question.outcomes]
    parts: list[tuple[str, Inline]] = [
        ("For whom", Name(question.population)),
        ("What is given", Name(question.intervention)),
        ("Compared with", joined([Name(text) for text in question.comparators])),
        ("What is measured", joined([_outcome(outcome) for outcome in outcomes])),
        ("Edition", Name(dated(dossier.updated))),
        (_LOOKED[dossier.search.systematic], Name(dated(searched)) if searched else "date not recorded"),
    ]
    items = tuple((Strong(f"{head}: "), said, ".") for head, said in parts if said)
    return Section("question", "What is asked?", (Paragraph(Name(question.title), "lead"), Items(items)))


def _outcome(outcome: Outcome) -> Inline:
    return (Name(outcome.label), f" ({_BETTER[outcome.kind, outcome.better]})")
