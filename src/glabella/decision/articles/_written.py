"""What was recognised in an article as plain values, and read again from them."""

from __future__ import annotations

from typing import Any

from glabella.decision.articles._check import Checked, Mark, Marked
from glabella.decision.articles._text import Sentence


def as_values(checked: Checked) -> dict[str, Any]:
    """Write it as values that JSON holds."""
    return {
        "about": checked.about,
        "english": checked.english,
        "sentences": [
            [each.sentence.text, each.sentence.kind, each.sentence.block, each.looks,
             [[mark.claim, mark.stance, mark.modality, list(mark.fired)] for mark in each.marks]]
            for each in checked.sentences
        ],
    }  # fmt: skip


def of_values(values: dict[str, Any]) -> Checked:
    """Read it again.

    >>> mark = Mark("a", "denies", "plain", ("works",))
    >>> one = Checked((Marked(Sentence("It works.", "item", 3), (mark,), looks=True),), about=True, english=False)
    >>> of_values(as_values(one)) == one
    True
    """
    sentences = tuple(
        Marked(
            Sentence(text, kind, block),
            tuple(Mark(claim, stance, how, tuple(fired)) for claim, stance, how, fired in marks),
            looks,
        )
        for text, kind, block, looks, marks in values["sentences"]
    )
    return Checked(sentences, values["about"], values["english"])
