"""How it was done: how effects are pooled and rated, and how to make it again."""

from __future__ import annotations

from glabella._version import __version__
from glabella.brief.results import Results
from glabella.shown import (
    Block,
    Heading,
    Items,
    Ledger,
    Name,
    Paragraph,
    Section,
)

#: How the variance between trials is estimated, and how the interval is made.
_METHODS = {
    "REML": "by random effects, the variance between trials estimated by restricted maximum likelihood",
    "DL": "by random effects, the variance between trials estimated after DerSimonian and Laird",
    "common": "as one common effect",
}
_TESTS = {
    "knha": "the interval after Hartung, Knapp, Sidik and Jonkman, its error never below the usual one",
    "t": "an interval from the t distribution",
    "z": "an interval from the normal distribution",
}
_PREDICTION = (
    "A prediction interval says where the true effect of a new trial is expected. In simulations with few trials, "
    "or with trials that differ little, it holds that effect less often than its name says; how often stands in "
    "the project's pages on coverage."
)
_FEW = (
    "How few there are is counted in trials; several comparisons of a trial each keep their row. One trial stands "
    "for itself. Two are shown both, and pooled under the "
    "prior of the spread between trials that the dossier declares; without one they are not pooled. From three on "
    "they are pooled as declared. With fewer than five a new trial’s interval comes from that prior, or there is "
    "none. Tests for small-study effects need ten."
)
_DIGITS = "A number has the digits that its interval allows."
_CERTAINTY = (
    "Certainty starts at high and falls one level for each reason: studies that were not randomised (two levels "
    "where none was); trials of another question; few trials; an interval that includes no difference; trials that "
    "disagree; risk of bias; people who could tell what they got. The reasons stand beside the word. It is a rule "
    "that anyone can check, not the judgement of a panel."
)
_UNJUDGED = "No study here has a published judgement of risk of bias."
_SIGNALS = (
    " What stands as signals of it is this dossier’s own reading of what was seen of each trial, by the domains of "
    "the Cochrane tool; it is no judgement by that tool. A signal is serious where the dossier says why."
)
_MEMORY = (
    "No number from memory is a result: none is pooled, drawn or scored. Where the dossier holds one, it says so, "
    "to be looked up."
)


def report(results: Results, _book: Ledger) -> Section | None:
    """Say how the document was made."""
    evidence = results.evidence
    content: list[Block] = [
        Paragraph(
            "Every number here comes from the files of one dossier. The same files and the same version of the "
            "program give the same document.",
            "lead",
        ),
        Heading("How effects are pooled"),
        Items((*_pooling(results), _FEW, _PREDICTION, _DIGITS, _MEMORY)),
        Heading("How certainty is rated"),
        Paragraph(_CERTAINTY),
    ]
    if all(study.risk_of_bias.judgement is None for study in evidence.studies.values()):
        signals = any(study.signals for study in evidence.studies.values())
        content.append(Paragraph(_UNJUDGED + (_SIGNALS if signals else "")))
    content += [
        Heading("To make it again"),
        Items(
            (
                (Name("glabella report"), " writes this document, made by version ", Name(__version__), "."),
                (Name("glabella report verify FILE"), " makes it again from the dossier and names what differs."),
                "“Every number” below says of each number which function made it, and from which files.",
            )
        ),
    ]
    return Section("methods", "Methods, and how to make it again", tuple(content))


def _pooling(results: Results) -> list[str]:
    """Say how the shown analyses pool, each way once, the headline's first."""
    dossier = results.evidence.dossier
    declared = [dossier.analyses[dossier.headline], *results.analyses.values()]
    ways = dict.fromkeys((analysis.method, analysis.test) for analysis in declared)
    first, *others = (f"{_METHODS[method]}, with {_TESTS[test]}" for method, test in ways)
    return [f"Effects are pooled {first}.", *(f"Some analyses pool {other}." for other in others)]
