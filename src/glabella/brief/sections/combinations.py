"""Together with other treatment: what the dossier's trials can say of it, and what a network says of others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from glabella._version import __version__
from glabella.brief.measure import NAMES, decimals_for, is_ratio, null_of
from glabella.brief.quoting import capital, say
from glabella.brief.results import Results, sources_of, sources_of_prior
from glabella.brief.sections.indirect import direct_statements, treatments_of
from glabella.brief.words import words_of
from glabella.decision import certainty
from glabella.dossier import CoTreatment, Option, Statement, Study
from glabella.shown import (
    Block,
    Claim,
    ClaimFields,
    Column,
    Heading,
    Icon,
    Inline,
    Items,
    Ledger,
    Link,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Source,
    Strong,
    Table,
    digest,
)
from glabella.synthesis import Contrasts, contrasts

if TYPE_CHECKING:
    from glabella.brief.compared import Compared
    from glabella.dossier import Analysis
    from glabella.synthesis import CombinationEffect, IndirectComparison

#: Its name to link to.
SECTION = "combine"
#: Stands between components in names made for the component model, and in no name of a table.
_JOIN = "\x1f"
#: What else people took, in the order of the table.
_KINDS: tuple[CoTreatment, ...] = ("adjunct", "monotherapy", "mixed", "unknown")


def report(results: Results, book: Ledger) -> Section | None:
    """Say whether the treatment was tried together with others, and what came out."""
    if not _here(results):
        return None
    content: list[Block] = [_answer(results, book)]
    content += _added(results, book)
    if said := _statements(results):
        content.append(Items(tuple(say(book, one, f"with{at}") for at, one in said.items())))
    if results.compared is not None:
        content += _of_network(results, results.compared, book)
    return Section(SECTION, "Does it work better together with other treatment?", tuple(content))


def tested(results: Results, book: Ledger) -> Claim:
    """Count the randomised trials that could tell a combination from the treatment alone.

    They give the treatment to both groups and something else, or nothing, to one of them.
    """
    evidence, own = results.evidence, treatments_of(results.evidence)
    asked = [study for study in evidence.studies.values() if study.design.randomised == "yes" and study.comparisons]
    found = [
        study
        for study in asked
        if any(
            {study.arms[one.arm].treatment, study.arms[one.versus].treatment} <= own
            and one.control in ("drug", "none")
            for one in study.comparisons.values()
        )
    ]
    return book(
        "with.tested",
        f"randomised trials that gave {words_of(evidence).treatment} to both groups and something else to one",
        len(found),
        population=evidence.dossier.question.population,
        time_span="any",
        certainty="not rated",
        function="glabella.brief.count",
        version=__version__,
        inputs=results.inputs(tuple(study.id for study in asked)),
        sources=tuple(Source(study.reports[0], "seen") for study in asked),
        decimals=0,
    )


def verdict(count: Claim) -> str:
    """Whether any trial can say that the treatment is better in combination than alone."""
    return "tested" if count.value else "untested"


def computed(results: Results, book: Ledger) -> Inline | None:
    """Say what was computed of a claim that combinations work better; None without this section."""
    if not _here(results):
        return None
    count, name = tested(results, book), words_of(results.evidence).treatment
    word = verdict(count)
    return (
        "Computed here: ",
        Shown(count, "number"),
        f" randomised trials can tell a combination from {name} alone. That it is better in combination is ",
        Icon("verdict", word) if word == "untested" else Strong(word),
        "; see ",
        Link("how it combines", SECTION),
        ".",
    )


def _here(results: Results) -> bool:
    """Whether the dossier has anything to say here."""
    return bool(_statements(results)) or results.compared is not None


def _statements(results: Results) -> dict[int, Statement]:
    """Give the dossier's sentences by their place; those on trials against a drug stand with the comparisons."""
    elsewhere = direct_statements(results.evidence)
    return {at: one for at, one in enumerate(results.evidence.products.combination) if at not in elsewhere}


def _answer(results: Results, book: Ledger) -> Block:
    count, name = tested(results, book), words_of(results.evidence).treatment
    start: tuple[Inline, ...] = (
        Shown(count, "number"),
        f" randomised trials gave {name} to both groups and something else to one of them",
    )
    if verdict(count) == "tested":
        return Paragraph(
            (*start, ": a combination was ", Strong("tested"), " against the treatment alone."), "lead"
        )
    asked = ". Whether it works better together with something else than alone is "
    return Paragraph((*start, asked, Icon("verdict", "untested"), "."), "lead")


# --- the dossier's trials by what else people took ----------------------------------------------------------


def _added(results: Results, book: Ledger) -> list[Block]:
    """Pool the dossier's trials apart by what else people took."""
    evidence = results.evidence
    key = evidence.comparators.together if evidence.comparators else None
    if key is None:
        return []
    analysis = evidence.dossier.analyses[key]
    studies = [
        evidence.studies[name] for name in dict.fromkeys(name.partition("/")[0] for name in analysis.comparisons)
    ]
    rows = []
    words = words_of(evidence)
    for kind in _KINDS:
        these = [study for study in studies if study.co_treatment == kind]
        if these:
            rows.append(Row((words.others(kind), *_added_by(results, book, analysis, these, kind))))
    name = words.treatment
    caption = (
        f"The trials of {name} by what else people had, in both groups alike. They differ in much else, so the "
        "rows cannot be compared."
    )
    columns = (
        Column("other treatment"),
        Column("trials", "number"),
        Column("comparisons with an effect", "number"),
        Column(f"pooled {NAMES[analysis.measure][0]}", "number"),
    )
    note = (
        "One trial stands for itself, its comparisons taken as one effect. Two are pooled under the declared prior "
        "of how trials differ, with a credible interval; more by random effects."
    )
    return [Table(caption, columns, tuple(rows), note=note)]


def _added_by(
    results: Results, book: Ledger, analysis: Analysis, studies: list[Study], kind: CoTreatment
) -> tuple[Inline, Inline, Inline]:
    found = contrasts(results.evidence, analysis.choosing(Option.model_validate({"co_treatment": (kind,)})))
    names, words = tuple(study.id for study in studies), words_of(results.evidence)
    label = f"other treatment: {words.others(kind)}"
    about = book.under(
        f"with.added.{kind}.",
        population=results.evidence.dossier.question.population,
        time_span=results.time_of(analysis),
        version=__version__,
        inputs=(*results.inputs(names), ("analysis", digest(analysis.model_dump(mode="json")))),
        certainty="not rated",
        function="glabella.brief.count",
        sources=tuple(Source(study.reports[0], "seen") for study in studies),
        decimals=0,
    )
    return (
        Shown(about("trials", f"trials of {words.treatment}; {label}", len(studies)), "number"),
        Shown(about("k", f"comparisons with an effect; {label}", len(found.effects)), "number"),
        _pooled(results, about, found, analysis, label),
    )


def _pooled(results: Results, book: Ledger, found: Contrasts, analysis: Analysis, label: str) -> Inline:
    if not found.effects:
        return "not possible"
    try:
        fit, prior = results.pool_effects(found.effects, analysis)
    except ValueError:
        return "not possible"
    if fit.way == "not pooled":
        return f"not pooled: {'; '.join(fit.notes)}"
    ratio = is_ratio(analysis.measure)
    word, _ = certainty(fit, [results.evidence.studies[effect.study] for effect in found.effects], ratio=ratio)
    shown = math.exp if ratio else float
    value, low, high = (shown(end) for end in (fit.estimate, fit.ci_low, fit.ci_high))
    if prior is not None and fit.way == "two trials":
        book = book.under(inputs=(*book.common["inputs"], ("priors.yaml", results.evidence.digests["priors.yaml"])))
    claim = book(
        "pooled",
        f"pooled effect; {label}",
        value,
        low=low,
        high=high,
        interval=f"95 % {fit.interval} interval",
        certainty=word,
        function="glabella.synthesis.pool_trials",
        sources=(
            *sources_of(found.effects),
            *(sources_of_prior(prior) if prior and fit.way == "two trials" else ()),
        ),
        decimals=decimals_for(null_of(analysis.measure), value, low, high),
    )
    return Shown(claim, "bare")


# --- what the network says of combinations of others --------------------------------------------------------


def _of_network(results: Results, compared: Compared, book: Ledger) -> list[Block]:
    """Set the network's combinations beside the sums of their parts."""
    comparators, files = compared.comparators, ("comparators.yaml", compared.comparators.table.file)
    nothing = (
        f"No treatment of the network is a combination with {compared.name}, and what one would do is not computed."
    )
    if not any(each.components for each in comparators.treatments.values()):
        return [Paragraph(nothing)]
    shared: ClaimFields = {
        "population": comparators.population,
        "time_span": comparators.time_span,
        "certainty": compared.certainty,
        "version": __version__,
        "inputs": tuple((file, results.evidence.digests[file]) for file in files),
        "sources": (Source(comparators.source, comparators.origin.status, "data"),),
    }
    about = book.under("with.combination.", **shared)
    wholes, p = _wholes(compared)
    rows = []
    for place, (label, (number, own, sums)) in enumerate(wholes.items(), 1):
        one = about.under(f"{place}.")
        trials = one("trials", f"trials of {label}", number, function="glabella.synthesis.network", decimals=0)
        against = f"{label} against {compared.control}"
        ends = [
            one(
                model,
                against,
                compared.shown(each.estimate),
                low=compared.shown(each.ci_low),
                high=compared.shown(each.ci_high),
                interval="95 % confidence interval",
                function=f"glabella.synthesis.{model}",
            )
            for model, each in (("network", own), ("component_network", sums))
        ]
        rows.append(Row((Name(label), Shown(trials, "number"), *(Shown(end, "bare") for end in ends))))
    label = "p of the test that the effects of components add up"
    additivity = about("additivity", label, p, function="glabella.synthesis.component_network")
    columns = (
        Column("combination"),
        Column("trials", "number"),
        Column("as found", "number"),
        Column("if the parts add up", "number"),
    )
    return [
        Heading("Combinations of other treatments"),
        Paragraph(
            (
                f"{nothing} Whether combinations of the others do more than the sum of their parts was tested over "
                "all of them: p = ",
                Shown(additivity, "number"),
                ". With so few trials, it is neither shown nor ruled out that parts simply add up.",
            )
        ),
        Table(f"{capital(NAMES[comparators.measure][0])} against {compared.control}.", columns, tuple(rows)),
    ]


def _wholes(compared: Compared) -> tuple[dict[str, tuple[float, IndirectComparison, CombinationEffect]], float]:
    """Give of each combination its trials, what they found, and the sum of its parts; then P of the difference."""
    from glabella.synthesis import component_network, indirect_comparison, network

    comparators, columns = compared.comparators, compared.columns
    study, one, other, te, se = columns
    node = comparators.joined.node
    # Components are those that the dossier declares, not those that a name happens to spell.
    parts = {name: _JOIN.join(each.components) or name for name, each in comparators.treatments.items()}
    fit = network(*columns, reference=node)
    sums = component_network(
        study, [parts[name] for name in one], [parts[name] for name in other], te, se, inactive=node, sep=_JOIN
    )
    trials = dict(zip(fit.treatments, map(float, fit.structure.member.sum(axis=0)), strict=True))
    found = {}
    for name, each in comparators.treatments.items():
        if each.components:
            found[each.label] = trials[name], indirect_comparison(fit, name, node), sums.effect(parts[name], node)
    return found, float(sums.q_difference_p)
