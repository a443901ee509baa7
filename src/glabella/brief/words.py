"""How a dossier's treatment, condition and people are called in sentences."""

from __future__ import annotations

from glabella.dossier import Evidence, Words

__all__ = ["Words", "words_of"]


def words_of(evidence: Evidence) -> Words:
    """Give a dossier's words, every one of them filled."""
    return evidence.words
