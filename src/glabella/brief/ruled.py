"""Rules of claims and what they come to, in a document: each number a claim, with the sources behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Literal
from weakref import WeakKeyDictionary

from glabella._version import __version__
from glabella.brief.claims import shares_key
from glabella.brief.references import listed
from glabella.brief.results import PooledAnalysis, Results
from glabella.brief.words import words_of
from glabella.decision.rule_words import in_words
from glabella.decision.said import Said, plain
from glabella.dossier import ClaimPart, PopularClaim
from glabella.shown import Inline, Ledger, Name, Shown, Source

#: What is said of a claim's rule.
What = Literal["rule", "found", "change"]
#: What makes the numbers of each.
_MADE_BY: dict[What, str] = {
    "rule": "glabella.decision.rule_words.in_words",
    "found": "glabella.decision.verdicts.judge",
    "change": "glabella.decision.flips.flips_of",
}


def rule_said(results: Results, judged: PopularClaim | ClaimPart) -> Said:
    """Say a claim's rule in plain words; it must have one."""
    assert judged.rule is not None
    important = {key: one.body.important for key, one in results.known.estimates.items()}
    return in_words(judged.rule, names_of(results), important)


#: What keys are called, once for each dossier.
_NAMES: WeakKeyDictionary[Results, Mapping[str, str]] = WeakKeyDictionary()


def names_of(results: Results) -> Mapping[str, str]:
    """Give what the keys in rules are called: analyses, arms and sources."""
    if results not in _NAMES:
        _NAMES[results] = _named(results)
    return _NAMES[results]


def _named(results: Results) -> Mapping[str, str]:
    evidence = results.evidence
    dossier, words = evidence.dossier, words_of(evidence)
    found = {one.key: one.short or one.text or one.key for one in listed(evidence.references)}
    for key, analysis in dossier.analyses.items():
        label = f"{dossier.outcomes[analysis.outcome].label} ({analysis.label})"
        found |= {
            key: label,
            f"{key}.treated": f"{label}, with {words.treatment}",
            f"{key}.control": f"{label}, without {words.treatment}",
            f"percent_of_headline.{key}": f"people counted for {label}, of a hundred in the headline",
        }
    return found | {
        "condition": words.condition,
        "treated": f"people given {words.treatment}",
        "control": "people given the control",
        "n": "people",
    }


def told(
    results: Results, book: Ledger, words: Said, judged: PopularClaim | ClaimPart, name: str, what: What
) -> tuple[Inline, ...]:
    """Put claims and names where words have placeholders.

    Parameters
    ----------
    results : Results
        Of the dossier.
    book : Ledger
        Keeps the claims.
    words : Said
        A rule, why it comes to its verdict, or what would change that.
    judged : PopularClaim or ClaimPart
        Whose rule it is.
    name : str
        Begins the id of each claim.
    what : {"rule", "found", "change"}
        Which of these. The numbers of a rule are what it asks, which the dossier declares.
    """
    about = book.under(
        f"{name}{what}.",
        population="what this dossier holds",
        time_span="any",
        certainty="not rated",
        version=__version__,
        function=_MADE_BY[what],
        inputs=(("claims.yaml", results.evidence.digests["claims.yaml"]),)
        if what == "rule"
        else tuple(dict.fromkeys(_inputs(results, judged))),
        sources=tuple(_sources(results, judged).values()),
    )
    figures = {figure.name: figure for figure in words.figures}
    places = {name: place for place, name in enumerate(figures)}
    pieces: list[Inline] = []
    for before, field, _, _ in Formatter().parse(words.text):
        if before:
            # Square brackets are links in Markdown.
            pieces.append(before.replace("[", "(").replace("]", ")"))
        if field is None:
            continue
        figure = figures[field]
        if isinstance(figure.value, str):
            pieces.append(Name(figure.value))
            continue
        decimals = len(plain(figure.value).partition(".")[2])
        pieces.append(Shown(about(str(places[field]), figure.label, figure.value, decimals=decimals), "number"))
    return tuple(pieces)


def _analyses(results: Results, judged: PopularClaim | ClaimPart) -> Iterator[PooledAnalysis]:
    """Give the analyses that a rule names and that could be pooled."""
    assert judged.rule is not None
    for atom in judged.rule.atoms:
        named = (
            atom.estimate.key if atom.estimate
            else atom.certainty.analysis if atom.certainty
            else atom.share.outcome if atom.share
            else shares_key(atom.stated) if atom.stated
            else ""
        )  # fmt: skip
        one = results.pool(named) if named in results.evidence.dossier.analyses else None
        if one is not None:
            yield one


def _inputs(results: Results, judged: PopularClaim | ClaimPart) -> Iterator[tuple[str, str]]:
    yield "claims.yaml", results.evidence.digests["claims.yaml"]
    for one in _analyses(results, judged):
        yield from results.fields_of(one)["inputs"]
    assert judged.rule is not None
    if any(atom.count for atom in judged.rule.atoms):
        for study in results.evidence.studies:
            yield f"studies/{study}.yaml", results.evidence.digests[f"studies/{study}.yaml"]


def _sources(results: Results, judged: PopularClaim | ClaimPart) -> Mapping[str, Source]:
    found: dict[str, Source] = {}
    for one in _analyses(results, judged):
        for source in results.fields_of(one)["sources"]:
            found.setdefault(source.reference, source)
    for reason in judged.why:
        for key in reason.sources:
            found.setdefault(key, Source(key, reason.status))
    return found
