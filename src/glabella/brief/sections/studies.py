"""The studies: randomised trials side by side, then each study by itself, with where it stands."""

from __future__ import annotations

from glabella.brief.counting import count
from glabella.brief.quoting import quote, say, say_all
from glabella.brief.results import Results
from glabella.brief.sections.trials import side_by_side
from glabella.brief.signals import DOMAINS
from glabella.brief.words import Words, words_of
from glabella.decision.choices import BLINDING
from glabella.dossier import Signal, Study
from glabella.shown import Block, Cite, Details, Inline, Items, Ledger, Name, Paragraph, Section, Shown

_DESIGNS = {
    "parallel": "parallel groups",
    "crossover": "crossover",
    "single_arm": "one group",
    "observational": "observational",
}
_RANDOMISED = {"yes": "randomised", "no": "not randomised", "unclear": "not known whether randomised"}


def report(results: Results, book: Ledger) -> Section | None:
    """Count the studies, set the randomised trials side by side, then give each study in a fold."""
    studies = tuple(results.evidence.studies.values())
    files = [f"studies/{study.id}.yaml" for study in studies]
    sources = [study.reports[0] for study in studies]
    under, words = book.under("study."), words_of(results.evidence)
    total = count(results, under, "total", "studies", len(studies), files=files, sources=sources)
    randomised = sum(study.design.randomised == "yes" for study in studies)
    by_chance = count(results, under, "randomised", "randomised studies", randomised, files=files, sources=sources)
    lead = ("Studies in this dossier: ", total, "; randomised: ", by_chance, ".")
    trials = tuple(study for study in studies if study.design.randomised == "yes")
    content: list[Block] = [Paragraph(lead, "lead")]
    if trials:
        content += side_by_side(results, under, trials)
    if said := say_all(under, results.evidence.dossier.interests, "interests"):
        content.append(Items(said))
    content += [_study(under, study, words) for study in studies]
    return Section("studies", "The studies", tuple(content))


def _study(book: Ledger, study: Study, words: Words) -> Details:
    content: list[Block] = [Paragraph(_design(book, study, words))]
    said = [*say_all(book, study.design.details, f"{study.id}.design")]
    said += say_all(book, (*study.population, *study.findings), f"{study.id}.")
    if study.co_treatment_detail:
        said.append(("Other treatment: ", say(book, study.co_treatment_detail, f"{study.id}.other")))
    if study.funding:
        said.append(("Funding: ", say(book, study.funding, f"{study.id}.funding")))
    if study.interests:
        said.append(("Interests: ", say(book, study.interests, f"{study.id}.interests")))
    said += [_signal(book, signal, f"{study.id}.fact{place}") for place, signal in enumerate(study.signals)]
    if study.blinding_check.status != "missing":
        said.append(("Whether people guessed: ", say(book, study.blinding_check, f"{study.id}.guessed")))
    if said:
        content.append(Items(tuple(said)))
    return Details((Name(study.label), f": {_RANDOMISED[study.design.randomised]}"), tuple(content))


def _signal(book: Ledger, signal: Signal, name: str) -> Inline:
    """Tell a signal of bias in full, and why it is serious where it is."""
    why = (" Serious, by this dossier: ", Name(signal.serious), ".") if signal.serious else ()
    return (f"Signal of bias, {DOMAINS[signal.domain]}: ", say(book, signal.fact, name), why)


def _design(book: Ledger, study: Study, words: Words) -> Inline:
    design = study.design
    kinds = [_DESIGNS[design.type], _RANDOMISED[design.randomised], BLINDING[design.blinding]]
    said: list[Inline] = ["Design: ", ", ".join(kinds), "."]
    if study.n_randomised.value is not None:
        people = quote(
            book, study.n_randomised, f"{study.id}.people", f"people: {study.label}", population=study.label
        )
        said += [" People: ", Shown(people, "number"), "."]
    # What the study itself says of it stands below.
    if study.co_treatment != "unknown" and study.co_treatment_detail is None:
        said.append(f" Other treatment: {words.others(study.co_treatment)}.")
    if study.risk_of_bias.judgement:
        said += [
            " Risk of bias: ",
            study.risk_of_bias.judgement.replace("_", " "),
            " (",
            Name(study.risk_of_bias.tool),
            ").",
        ]
    if study.registration:
        said += [" Registered as ", Name(study.registration), "."]
    return (*said, " Reports:", Cite(study.reports), ".")
