"""The brief as Markdown and as data."""

from __future__ import annotations

import json

from glabella._version import __version__
from glabella.brief._content import Brief, Sentence
from glabella.claim import Claim


def as_json(brief: Brief) -> str:
    """Give every claim of a brief as JSON."""
    data = {
        "glabella": __version__,
        "dossier": brief.evidence.dossier.id,
        "updated": brief.evidence.dossier.updated,
        "claims": [claim.as_json() for claim in brief.claims.values()],
    }
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def spoken(sentence: Sentence) -> str:
    """Give a sentence as plain text; its numbers without units, which the sentence itself names."""
    return "".join(_inline(piece) if isinstance(piece, Claim) else piece for piece in sentence.pieces)


def _inline(claim: Claim) -> str:
    return f"{claim.number} ({claim.limits})" if claim.limits else claim.number


def markdown(brief: Brief) -> str:
    """Render a brief as Markdown."""
    answer, dossier = brief.answer, brief.evidence.dossier
    head = answer.headline
    lines = [f"# {dossier.title}", "", f"*{dossier.question.title}*", "", "## The short answer", ""]
    lines += [
        f"- Pooled: {head.estimate.text}, {head.estimate.interval}.",
        f"- The next trial's true effect may be {head.prediction.limits or 'not known'}.",
        f"- Certainty: {head.certainty}: {'; '.join(head.reasons)}.",
    ]
    lines += [f"- {label}: {shown.text}{f', P {p.text}' if p else ''}." for label, shown, p in answer.largest]
    if held := answer.sure:
        lines += ["", "## How sure are we?", ""]
        lines += [
            f"- Of {held.total.text} defensible analyses the interval excludes no effect in {held.excluding.text}; "
            f"their estimates reach from {held.range.limits}.",
        ]
        lines += [f"- Without {label}: {effect.text}." for label, effect in held.without]
    for title, part in (
        ("What is it?", brief.what_it_is),
        ("How does it work?", (*brief.how_it_works, *brief.time_course)),
        ("With or instead of other treatment", brief.combination),
        ("What harm does it do?", brief.harms),
        ("What nobody knows", brief.unknown),
    ):
        lines += ["", f"## {title}", "", *(f"- {spoken(s)} [{', '.join(s.references)}]" for s in part)]
    lines += ["", "## Popular claims, checked", ""]
    lines += [f"- **{v.claim}** {v.verdict}. {' '.join(spoken(s) for s in v.why)}" for v in brief.verdicts]
    lines += ["", "## Which trials are pooled decides the headline", ""]
    lines += ["| analysis | effect | prediction interval | certainty |", "|---|---|---|---|"]
    lines += [
        f"| {p.outcome}: {p.label} | {p.estimate.text} | {p.prediction.limits or 'not known'} | {p.certainty} |"
        for p in answer.poolings
    ]
    return "\n".join(lines) + "\n"
