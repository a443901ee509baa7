"""The brief as Markdown and as data."""

from __future__ import annotations

import json
import re
from typing import Any

from glabella._version import __version__
from glabella.brief._content import Brief, Sentence
from glabella.shown import Claim

#: What a good fit without an effect does not mean.
_NO_SIGN = " That they are met as well, or better, without any effect does not show that there is none."

#: What Markdown would obey in a text: always, and at its beginning or end only.
_OBEYED = re.compile(
    r"[\\`*\[\]|~]|(?<![^\W_])_|_(?![^\W_])|<(?=[a-zA-Z/!?])|&(?=#?\w+;)"
    r"|^[#>]|^[-+](?=\s|[-+]|$)|#(?=#*$)"
)
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")
_BREAKS = re.compile(r"[ \t]*[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+[ \t]*")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f]")


def as_json(brief: Brief) -> str:
    """Give every claim of a brief as JSON, and the analyses that its specification curve draws."""
    data: dict[str, Any] = {
        "glabella": __version__,
        "dossier": brief.evidence.dossier.id,
        "updated": brief.evidence.dossier.updated,
        "claims": [brief.claims[name].as_json() for name in sorted(brief.claims)],
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


def text_in_markdown(text: str) -> str:
    r"""Write a text of others so that Markdown shows it, in one line, and obeys nothing in it.

    >>> print(text_in_markdown("<b>1 | 2</b> P < 0.05"))
    \<b>1 \| 2\</b> P < 0.05
    """
    plain = _UNSEEN.sub("\ufffd", _BREAKS.sub(" ", text).strip())
    return _NUMBERED.sub(r"\1\\\2", _OBEYED.sub(r"\\\g<0>", plain))


def _md(form: str, *values: object) -> str:
    """Fill a line of Markdown with texts, which stay texts."""
    return form.format(*(text_in_markdown(str(value)) for value in values))


def markdown(brief: Brief) -> str:
    """Render a brief as Markdown."""
    answer, dossier = brief.answer, brief.evidence.dossier
    head = answer.headline
    lines = [_md("# {}", dossier.title), "", _md("*{}*", dossier.question.title), "", "## The short answer", ""]
    lines += [
        _md("- Pooled: {}, {}.", head.estimate.text, head.estimate.interval),
        _md("- The next trial's true effect may be {} (prediction interval; with few trials often too narrow).",
            head.prediction.interval_text),
        _md("- Certainty: {}: {}.", head.certainty, "; ".join(head.reasons)),
    ]  # fmt: skip
    lines += [
        _md("- {}: {}{}.", label, shown.text, f", P {p.text}" if p else "") for label, shown, p in answer.largest
    ]
    if held := answer.sure:
        lines += ["", "## How sure are we?", ""]
        lines += [
            _md("- Of {} different analyses the interval excludes no effect in {}; their estimates reach from {}.",
                held.total.text, held.excluding.text, held.range.limits),
            _md("- They come from {} combinations of {} choices.", held.combinations.text, held.choices.text),
            *(_md("- {} combinations were not possible: {}.", n.text, reason) for reason, n in held.not_analysed),
        ]  # fmt: skip
        lines += [_md("- Without {}: {}.", label, effect.text) for label, effect in held.without]
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
        lines += ["", f"## {title}", "", *told]
        lines += [_md("- {} [{}]", spoken(s), ", ".join(s.references)) for s in part]
    lines += _reported(brief)
    lines += ["", "## Popular claims, checked", ""]
    tested = _md(" In combination: {}.", others.combined.verdict) if (others := answer.alternatives) else ""
    for v in brief.verdicts:
        why = " ".join(spoken(s) for s in v.why)
        lines.append(_md("- **{}** {}. {}", v.claim, v.verdict, why) + (tested if v.computed else ""))
    lines += ["", "## Which trials are pooled decides the headline", ""]
    lines += ["| analysis | effect | prediction interval | certainty |", "|---|---|---|---|"]
    lines += [
        _md("| {}: {} | {} | {} | {} |", it.outcome, it.label, it.estimate.text, it.prediction.interval_text,
            it.certainty)
        for it in answer.poolings
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _reported(brief: Brief) -> list[str]:
    """Give the table of reports, where the dossier has studies of them."""
    if not brief.answer.reports:
        return []
    lines = ["", "| reports of | use or event | ratio as printed | ratio computed here |", "|---|---|---|---|"]
    for table in brief.answer.reports:
        for it in table.lines:
            printed = _inline(it.printed) if it.printed else "none"
            if it.printed and it.printed.certainty == "remembered, not seen":
                printed += " (remembered, not seen)"
            computed = it.computed.text if it.computed else "not possible"
            lines.append(_md("| {} | {} | {} | {} |", table.label, it.label, printed, computed))
    return lines


def _biased(brief: Brief) -> list[str]:
    """Give the lines on bias, where the dossier has priors of it; a look at the headline, not another one."""
    it = brief.answer.bias
    if it is None:
        return []
    return [
        "", "### If patients or raters knew, or trials are missing", "",
        _md("- Without bias {}. The interval includes no effect with a bias of {} in every trial; half the effect "
            "is left with {}.", it.plain.text, it.tipping.text, it.halving.text),
        *(_md("- Biased as measured for {}, {}: {}.", row.label, row.prior.text, row.effect.text)
          for row in it.priors),
        _md("- Averaged over {} models with and without effect, heterogeneity and publication bias: {}; "
            "probability of an effect {}, of publication bias {}.",
            it.models.text, it.averaged.text, it.chance_effect.text, it.chance_bias.text),
    ]  # fmt: skip


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
        _md("- After {} half of the {} who will respond do so within {}; at the peak {} of all {} respond.",
            usual.dose.text, usual.sex, usual.onset.text, usual.peak_share.text, usual.sex),
        _md("- Half of the responders have lost it after {}; people differ, {} weeks.",
            usual.duration.text, usual.people.limits),
        *(_md("- Simulated people, injected {}: {} injections and {} a year; a weak frown in {} of it.",
              row.rule, row.injections.text, row.units.text, row.weeks_frown.text)
          for row in (it.schedules[0][1] if it.schedules else ())),
        _md("- Does mood follow the muscle? {}: {}.", apart, "; ".join(it.mood.alike))
        + (_NO_SIGN if it.mood.without_effect else ""),
        *(_md("- Foretold, {}: missed by {}, {} within the interval.", row.way, row.error.text, row.coverage.text)
          for row in it.foretold),
        _md("- Certainty of the muscle's course: {}: {}. Of how mood follows: {}: {}.",
            usual.certainty, "; ".join(usual.reasons), it.mood.certainty, "; ".join(it.mood.reasons)),
    ]  # fmt: skip


def _compared(brief: Brief) -> list[str]:
    """Give the lines on other treatments, where the dossier has a network of them."""
    them = brief.answer.alternatives
    if them is None:
        return []
    lines = [
        "", "## How does it compare and combine?", "",
        _md("- An indirect comparison through {}. Certainty: {}: {}.",
            them.control, them.certainty, "; ".join(them.reasons)),
        *(_md("- Joined by {}: against {} {}; median rank {} of {}.",
              join.label, them.first, join.first.text, join.rank.text, them.options.text) for join in them.joins),
        _md("- Over all the ways computed, from {} against {}; rank {}.",
            them.range.limits, them.first, them.ranks.limits),
        _md("- Better in combination than alone: {}.", them.combined.verdict),
    ]  # fmt: skip
    lines += ["", _md("| alternative | {} against it | next trial | P-score |", them.name), "|---|---|---|---|"]
    lines += [
        _md("| {} | {} | {} | {} |", it.label, it.effect.text, it.prediction.interval_text, it.score.text)
        for it in them.alternatives
    ]
    lines += ["", _md("| what | in the network | in the trials of {} |", them.name), "|---|---|---|"]
    lines += [_md("| {} | {} | {} |", row.topic, spoken(row.network), spoken(row.here)) for row in brief.contrasts]
    lines += ["", _md("| choice | option | against {} | rank |", them.first), "|---|---|---|---|"]
    lines += [
        _md("| {} | {} | {} | {} |", row.what, row.option, row.effect.text, row.rank.text) for row in them.shifts
    ]
    return lines
