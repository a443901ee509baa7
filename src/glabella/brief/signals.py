"""Signals of risk of bias in documents: this dossier's own reading of what was seen, and no published judgement."""

from __future__ import annotations

from glabella.brief.quoting import joined, say
from glabella.dossier import Signal, Study
from glabella.shown import Cite, Inline, Ledger, Strong

#: The domains of the Cochrane tool, and what lies outside them.
DOMAINS = {
    "randomisation": "randomisation",
    "deviations": "blinding and what was given",
    "missing_data": "missing data",
    "measurement": "measurement",
    "selective_reporting": "selective reporting",
    "other": "other",
}
#: What stands where nothing was seen; not that there is nothing.
NONE_SEEN = "not known"


def in_short(book: Ledger, signal: Signal, name: str) -> Inline:
    """Give a signal in a few words, a serious one in bold; its sources stand where it is told in full."""
    said = tuple(piece for piece in _flat(say(book, signal.in_short, name, marked=False)) if not _is_source(piece))
    return Strong(said) if signal.serious else said


def judged(book: Ledger, study: Study) -> Inline:
    """Give the published judgement of a study, else the dossier's own signals, else that nothing is known."""
    if study.risk_of_bias.judgement:
        return study.risk_of_bias.judgement.replace("_", " ")
    if not study.signals:
        return NONE_SEEN
    return joined((in_short(book, each, f"signal{place}") for place, each in enumerate(study.signals)), "; ")


def _flat(said: Inline) -> tuple[Inline, ...]:
    return said if isinstance(said, tuple) else (said,)


def _is_source(piece: Inline) -> bool:
    return isinstance(piece, Cite)
