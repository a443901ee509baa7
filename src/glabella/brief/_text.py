"""The brief as Markdown and as data."""

from __future__ import annotations

import json
from typing import Any

from glabella._version import __version__
from glabella.brief._content import Brief, Sentence
from glabella.claim import Claim

#: What a good fit without an effect does not mean.
_NO_SIGN = " That they are met as well, or better, without any effect does not show that there is none."


def as_json(brief: Brief) -> str:
    """Give every claim of a brief as JSON, and the analyses that its specification curve draws."""
    data: dict[str, Any] = {
        "glabella": __version__,
        "dossier": brief.evidence.dossier.id,
        "updated": brief.evidence.dossier.updated,
        "claims": [claim.as_json() for claim in brief.claims.values()],
    }
    if held := brief.answer.sure:
        data["specifications"] = [
            {"value": each.effect.value, "low": each.effect.low, "high": each.effect.high, **dict(each.chosen)}
            for each in held.specifications
        ]
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
        f"- The next trial's true effect may be {head.prediction.limits or 'not known'} "
        "(prediction interval; with few trials often too narrow).",
        f"- Certainty: {head.certainty}: {'; '.join(head.reasons)}.",
    ]
    lines += [f"- {label}: {shown.text}{f', P {p.text}' if p else ''}." for label, shown, p in answer.largest]
    if held := answer.sure:
        lines += ["", "## How sure are we?", ""]
        lines += [
            f"- Of {held.total.text} different analyses the interval excludes no effect in {held.excluding.text}; "
            f"their estimates reach from {held.range.limits}.",
            f"- They come from {held.combinations.text} combinations of {held.choices.text} choices.",
            *(f"- {n.text} combinations were not possible: {reason}." for reason, n in held.not_analysed),
        ]
        lines += [f"- Without {label}: {effect.text}." for label, effect in held.without]
    lines += _biased(brief)
    lines += _compared(brief)
    for title, part, told in (
        ("What is it?", brief.what_it_is, []),
        ("How does it work?", (*brief.how_it_works, *brief.time_course), _over_time(brief)),
        ("Together with or instead of other treatment", brief.combination, []),
        ("What harm does it do?", brief.harms, []),
        ("Reports sent to safety offices", brief.report_caveats, []),
        ("What nobody knows", brief.unknown, []),
    ):
        lines += ["", f"## {title}", "", *told, *(f"- {spoken(s)} [{', '.join(s.references)}]" for s in part)]
    if answer.reports:
        lines += ["", "| reports of | use or event | ratio as printed | ratio computed here |", "|---|---|---|---|"]
        lines += [
            f"| {table.label} | {it.label} | {_inline(it.printed) if it.printed else 'none'}"
            f"{' (remembered, not seen)' if it.printed and it.printed.certainty == 'remembered, not seen' else ''} "
            f"| {it.computed.text if it.computed else 'not possible'} |"
            for table in answer.reports
            for it in table.lines
        ]
    lines += ["", "## Popular claims, checked", ""]
    tested = f" In combination: {others.combined.verdict}." if (others := answer.alternatives) else ""
    lines += [
        f"- **{v.claim}** {v.verdict}. {' '.join(spoken(s) for s in v.why)}{tested if v.computed else ''}"
        for v in brief.verdicts
    ]
    lines += ["", "## Which trials are pooled decides the headline", ""]
    lines += ["| analysis | effect | prediction interval | certainty |", "|---|---|---|---|"]
    lines += [
        f"| {p.outcome}: {p.label} | {p.estimate.text} | {p.prediction.limits or 'not known'} | {p.certainty} |"
        for p in answer.poolings
    ]
    return "\n".join(lines) + "\n"


def _biased(brief: Brief) -> list[str]:
    """Give the lines on bias, where the dossier has priors of it; a look at the headline, not another one."""
    it = brief.answer.bias
    if it is None:
        return []
    lines = ["", "### If patients or raters knew, or trials are missing", ""]
    lines += [
        f"- Without bias {it.plain.text}. The interval includes no effect with a bias of {it.tipping.text} in "
        f"every trial; half the effect is left with {it.halving.text}.",
        *(f"- Biased as measured for {row.label}, {row.prior.text}: {row.effect.text}." for row in it.priors),
        f"- Averaged over {it.models.text} models with and without effect, heterogeneity and publication bias: "
        f"{it.averaged.text}; probability of an effect {it.chance_effect.text}, of publication bias "
        f"{it.chance_bias.text}.",
    ]
    return lines


def _over_time(brief: Brief) -> list[str]:
    """Give the lines on how it works over time, where the dossier has a mechanism that was fitted."""
    over = brief.answer.course
    if over is None:
        return []
    if over.timed is None:
        return ["- The model of how it works over time has not been fitted to the observations yet."]
    it, usual = over.timed, over.timed.usual
    several = len(it.mood.alike) > 1
    apart = "The trials cannot tell apart" if several else "One account fits best, which is no proof"
    return [
        f"- After {usual.dose.text} half of the {usual.sex} who will respond do so within {usual.onset.text}; at "
        f"the peak {usual.peak_share.text} of all {usual.sex} respond.",
        f"- Half of the responders have lost it after {usual.duration.text}; people differ, "
        f"{usual.people.limits} weeks.",
        *(f"- Simulated people, injected {row.rule}: {row.injections.text} injections and {row.units.text} a year; "
          f"a weak frown in {row.weeks_frown.text} of it." for row in (it.schedules[0][1] if it.schedules else ())),
        f"- Does mood follow the muscle? {apart}: {'; '.join(it.mood.alike)}."
        f"{_NO_SIGN if it.mood.without_effect else ''}",
        *(f"- Foretold, {row.way}: missed by {row.error.text}, {row.coverage.text} within the interval."
          for row in it.foretold),
        f"- Certainty of the muscle's course: {usual.certainty}: {'; '.join(usual.reasons)}. Of how mood follows: "
        f"{it.mood.certainty}: {'; '.join(it.mood.reasons)}.",
    ]  # fmt: skip


def _compared(brief: Brief) -> list[str]:
    """Give the lines on other treatments, where the dossier has a network of them."""
    them = brief.answer.alternatives
    if them is None:
        return []
    lines = ["", "## How does it compare and combine?", ""]
    lines += [
        f"- An indirect comparison through {them.control}. Certainty: {them.certainty}: {'; '.join(them.reasons)}."
    ]
    lines += [
        f"- Joined by {join.label}: against {them.first} {join.first.text}; median rank {join.rank.text} of "
        f"{them.options.text}."
        for join in them.joins
    ]
    lines += [
        f"- Over all the ways computed, from {them.range.limits} against {them.first}; rank {them.ranks.limits}.",
        f"- Better in combination than alone: {them.combined.verdict}.",
        "",
        f"| alternative | {them.name} against it | next trial | P-score |",
        "|---|---|---|---|",
        *(
            f"| {it.label} | {it.effect.text} | {it.prediction.limits} | {it.score.text} |"
            for it in them.alternatives
        ),
        "",
        f"| what | in the network | in the trials of {them.name} |",
        "|---|---|---|",
        *(f"| {row.topic} | {spoken(row.network)} | {spoken(row.here)} |" for row in brief.contrasts),
        "",
        f"| choice | option | against {them.first} | rank |",
        "|---|---|---|---|",
        *(f"| {row.what} | {row.option} | {row.effect.text} | {row.rank.text} |" for row in them.shifts),
    ]
    return lines
