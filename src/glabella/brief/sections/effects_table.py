"""The effects table: good effects over bad ones, every option beside the same control, in the regulators' shape.

Each row compares over one span of weeks; an option that was not counted over it has an empty cell, with the reason.
Rare and grave harms stand beside the table and are never part of a sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glabella._version import __version__
from glabella.brief.measure import NAMES, OF_PEOPLE, decimals_for, null_of, of_people, people_decimals
from glabella.brief.pooled import pooled_claims
from glabella.brief.quoting import capital, joined, say_all
from glabella.brief.readings import (
    Reading,
    counted,
    headline_reading,
    people_with,
    people_without,
    readings,
    risk_of,
    sources_of_number,
)
from glabella.brief.results import PooledAnalysis, Results
from glabella.brief.sections.benefit import chances
from glabella.brief.sections.harms import BESIDE, book_of, both_sides, people_for, share_of, sides_of
from glabella.brief.sure import clauses
from glabella.brief.words import words_of
from glabella.decision import people_to_rule_out
from glabella.decision.analyses import rating_in_network
from glabella.decision.rating import DOMAIN_WORDS, Rating
from glabella.shown import (
    Block,
    Cell,
    Column,
    Heading,
    Icon,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Small,
    Source,
    Table,
)
from glabella.synthesis import control_counts, indirect_comparison, risk_with, wilson

if TYPE_CHECKING:
    from glabella.brief.compared import Compared
    from glabella.dossier import ArmPair, Study
    from glabella.synthesis import Network

_COUNTED = frozenset({"OR", "RR", "RD"})
#: A grave harm is sought down to this share.
_GRAVE = 0.001
_NOTE = (
    "Each row compares its options over its own weeks, which stand in it. Effects beside each other are not added "
    "up: what each is worth is for whoever decides. Sources stand beside the numbers."
)


def report(results: Results, book: Ledger) -> Section:
    """Set every option's good effects over its bad ones, then the guard rails."""
    book = book.under("table.")
    content: list[Block] = [
        Paragraph(
            "Good effects over bad ones, each option beside the same control, over the same weeks within a row. "
            "The tables of benefit and of adverse events above are its short form.",
            "lead",
        ),
        _table(results, "Favourable effects", _favourable(results, book)),
        _table(results, "Unfavourable effects", _unfavourable(results, book), _NOTE),
        *_guards(results, book),
    ]
    return Section("effects-table", "Effects table", tuple(content))


def _table(results: Results, caption: str, rows: list[Row], note: str = "") -> Table:
    control = words_of(results.evidence).control
    return Table(
        caption,
        (
            Column("effect, and when", "wide"),
            Column("option"),
            Column("with it (interval)", "number"),
            Column(f"with {control}", "number"),
            Column("certainty, and why"),
        ),
        tuple(rows),
        note=note,
    )


def _effect(label: str, when: str, about: str = "") -> Inline:
    return (Name(capital(label)), " ", Small((Name(when), *((Name(f"; {about}"),) if about else ()))))


def _empty(reason: Inline) -> tuple[Cell, Cell, Cell]:
    return "", "", (reason, ".")


def _sure(results: Results, book: Ledger, one: PooledAnalysis) -> Inline:
    """Give the word, and what cost most; the rest stands with the analysis."""
    why = joined(clauses(results, book, one)[:1], "; ")
    return (Icon("certainty", one.certainty), *((": ", why) if why else ()))


# --- favourable ---------------------------------------------------------------------------------------------


def _favourable(results: Results, book: Ledger) -> list[Row]:
    """Give what the question asks for: the headline first, then one analysis of each other outcome."""
    head = results.headline
    asked = {head.analysis.outcome, *results.evidence.dossier.question.outcomes}
    chosen = {head.analysis.outcome: head}
    for one in results.pooled.values():
        chosen.setdefault(one.analysis.outcome, one)
    shown = [chosen[key] for key in chosen if key in asked]
    rows = [row for one in shown for row in _own(results, book, one)]
    missing = [key for key in results.evidence.dossier.question.outcomes if key not in chosen]
    short = words_of(results.evidence).short
    for key in missing:
        label = results.evidence.dossier.outcomes[key].label
        rows.append(Row((_effect(label, "any time"), short, *_empty("empty: no trial gives an effect on it"))))
    compared = results.compared
    if compared is None:
        return rows
    of_network = compared.comparators.outcome
    rows += _of_network(results, book, compared)
    for key in (*(one.analysis.outcome for one in shown), *missing):
        if key != of_network:
            label = results.evidence.dossier.outcomes[key].label
            why = (
                "empty: the network holds ",
                Name(results.evidence.dossier.outcomes[of_network].label),
                " only",
            )
            rows.append(Row((_effect(label, "any time"), "every other option", *_empty(why))))
    return rows


def _own(results: Results, book: Ledger, one: PooledAnalysis) -> list[Row]:
    """Give the treatment's effect on one outcome: of so many people where they were counted, else a difference."""
    short, when = words_of(results.evidence).short, results.time_of(one.analysis)
    first = _effect(one.outcome.label, when, one.analysis.label)
    if one.fit.way == "not pooled":
        return [Row((first, short, *_empty("empty: the trials could not be pooled")))]
    if one.analysis.measure in _COUNTED:
        return [_own_counts(results, book, one, first)]
    plain_book = Ledger(book.claims)
    head = headline_reading(results, plain_book) if one.id == results.headline.id else None
    claim = head.drawn if head is not None else pooled_claims(results, plain_book, one).estimate
    measure = "difference" if head is not None and head.points is not None else NAMES[one.analysis.measure][0]
    rows = [Row((
        first, short, (Shown(claim), " ", Small(measure)), "what it is compared with", _sure(results, book, one)
    ))]  # fmt: skip
    return [*rows, *(_from_scores(results, plain_book, head, short, when) if head is not None else ())]


def _own_counts(results: Results, book: Ledger, one: PooledAnalysis, first: Inline) -> Row:
    short = words_of(results.evidence).short
    events, people = control_counts(one.effects)
    measure, fit = one.analysis.measure, one.fit
    if not people or (measure != "RD" and not 0 < events / people < 1):
        return Row((first, short, *_empty("empty: nobody or everybody had the event in the control")))
    risk = events / people
    values = risk_with(measure, [fit.estimate, fit.ci_low, fit.ci_high], risk)  # type: ignore[arg-type]
    middle, low, high = (float(each) for each in values)
    of = of_people((risk, middle))
    about = book.under(f"{one.id}.", **results.fields_of(one)).under(function=risk_with)
    what = f"{one.outcome.label}, of {OF_PEOPLE[of]} people"
    with_ = about("with", f"{what}, with {short}: {one.analysis.label}", of * middle, low=of * low, high=of * high,
                  interval=one.interval, decimals=people_decimals(risk, (of * low, of * high)))  # fmt: skip
    without = about("without", f"{what}, with the control: {one.analysis.label}", of * risk,
                    decimals=people_decimals(risk))  # fmt: skip
    return Row((first, short, (with_, " ", Small(f"of {OF_PEOPLE[of]}")), without, _sure(results, book, one)))


def _from_scores(results: Results, book: Ledger, head: Reading, short: str, when: str) -> list[Row]:
    """Give a score as people, at each chance without treatment."""
    rows = (head, *(row for _, row in readings(results, book) if row is not None))
    lows, of = chances(results, rows)
    found, made = counted(results), []
    for base in lows:
        if risk_of(results, head, base)[0] is None or found is None:
            continue
        with_ = people_with(results, book, head, base, of)
        without = people_without(results, book, base, of)
        if with_ is None:
            continue
        label = _effect(found[1].label, when, f"computed from scores, {base.label}")
        made.append(Row((label, short, (with_, " ", Small(f"of {OF_PEOPLE[of]}")), without,
                         (Icon("certainty", head.one.certainty), ": as of the score"))))  # fmt: skip
    return made


def _of_network(results: Results, book: Ledger, compared: Compared) -> list[Row]:
    """Give every treatment of the network beside the same control, and the dossier's own joined to it."""
    comparators = compared.comparators
    outcome = results.evidence.dossier.outcomes[comparators.outcome]
    first = _effect(outcome.label, comparators.time_span, comparators.label)
    if not compared.ways:
        return [Row((first, "every other option", *_empty("empty: no effect of this dossier can be joined")))]
    way, fit, node = compared.ways[0], compared.fits[0], comparators.joined.node
    total = comparators.control_response
    risk = None
    if total is not None and total.events.value and total.n.value and comparators.measure in _COUNTED:
        risk = total.events.value / total.n.value
    sources: tuple[Source, ...] = (Source(comparators.source, comparators.origin.status, "data"),)
    if total is not None:
        counts = (*sources_of_number(total.events), *sources_of_number(total.n))
        sources = tuple({source.reference: source for source in (*counts, *sources)}.values())
    files = ("comparators.yaml", comparators.table.file)
    digests = results.evidence.digests
    about = book.under(
        "network.", population=comparators.population,
        time_span=comparators.time_span, version=__version__, sources=sources,
        inputs=(*results.inputs(way.studies), *way.inputs, *((file, digests[file]) for file in files)),
    )  # fmt: skip
    base: Inline = "what it is compared with"
    if risk is not None:
        of = OF_PEOPLE[of_people((risk,))]
        count = about("without", f"{outcome.label}, of {of} people, with {compared.control}",
                      of_people((risk,)) * risk, certainty="not rated", function=risk_with,
                      decimals=people_decimals(risk))  # fmt: skip
        base = (count, " ", Small(compared.control))
    rows, beside = [], (Name(capital(outcome.label)), " ", Small("as in the row above"))
    for place, (key, treatment) in enumerate(comparators.treatments.items(), 1):
        if key == node:
            continue
        rating = rating_in_network(fit, key, node, outcome, comparators.measure, comparators.better, risk)
        claim = _against(compared, about.under(f"{place}.", certainty=rating.certainty or "not rated"),
                         key, treatment.label, outcome.label, risk, fit)  # fmt: skip
        rows.append(Row((beside, Name(treatment.label), claim, "the same", _lost(rating))))
    why = (Icon("certainty", compared.certainty), f": {compared.reasons[0]}")
    mended = compared.corrected.get(way.key)
    fits = (
        [("corrected", f"{compared.control} as in the network’s trials", compared.fitted(mended))] if mended else []
    )
    fits.append(("own", f"{compared.control} as in its own trials", fit))
    own: list[Row] = []
    for name, how, each in fits:
        claim = _against(
            compared,
            about.under(f"{name}.", certainty=compared.certainty, sources=(*way.sources, *sources)),
            compared.name, f"{compared.name}, {how}", outcome.label, risk, each,
        )  # fmt: skip
        label = (Name(compared.name), " ", Small(how))
        own.append(Row((beside if own else first, label, claim, "the same" if own else base, why)))
    return [*own, *rows]


def _against(
    compared: Compared, book: Ledger, key: str, label: str, outcome: str, risk: float | None, fit: Network
) -> Inline:
    """Give a treatment of the network against the control: of so many people, or as its effect."""
    measure = compared.comparators.measure
    found = indirect_comparison(fit, key, compared.comparators.joined.node)
    ends = (found.estimate, found.ci_low, found.ci_high)
    if risk is None:
        value, low, high = map(compared.shown, ends)
        claim = book("effect", f"{outcome}: {label} against {compared.control}", value, low=low, high=high,
                     interval="95 % confidence interval", function="glabella.synthesis.network",
                     decimals=decimals_for(null_of(measure), value, low, high))  # fmt: skip
        return (claim, " ", Small(NAMES[measure][0]))
    of = of_people((risk,))
    middle, low, high = (of * float(each) for each in risk_with(measure, list(ends), risk))  # type: ignore[arg-type]
    claim = book("with", f"{outcome}, of {OF_PEOPLE[of]} people, with {label}", middle, low=low, high=high,
                 interval="95 % confidence interval", function=risk_with,
                 decimals=people_decimals(risk, (low, high)))  # fmt: skip
    return (claim, " ", Small(f"of {OF_PEOPLE[of]}"))


def _lost(rating: Rating) -> Inline:
    """Give the word, and the domains that cost it."""
    why = ", ".join(DOMAIN_WORDS[move.domain] for move in rating.costs)
    word = rating.certainty or "not rated"
    return (Icon("certainty", word), *((f": {why}",) if why else ()))


# --- unfavourable -------------------------------------------------------------------------------------------


def _unfavourable(results: Results, book: Ledger) -> list[Row]:
    """Give every harm that was counted on both sides; what was not is empty, never none."""
    evidence, short = results.evidence, words_of(results.evidence).short
    counts = evidence.products.harm_counts
    rows: list[Row] = []
    for key, pair in counts.items():
        rows.append(_harm(book, key, pair, short, people_for([pair])))
    for study in evidence.studies.values():
        if study.role in BESIDE:
            continue
        about = book.under(f"study.{study.id}.", time_span="as in the source")
        for place, key in both_sides(study):
            rows.append(_harm_of(about, study, place, key))
    if not rows:
        rows.append(Row((
            "Any harm", short, *_empty("empty: this dossier holds no counts of harm, which is not the same as none")
        )))  # fmt: skip
    if results.compared is not None:
        rows.append(Row((
            "Any harm", "every other option", *_empty("empty: no counts of harm of it stand in this dossier")
        )))  # fmt: skip
    return rows


def _harm(book: Ledger, key: str, pair: ArmPair, short: str, of: int) -> Row:
    first = _effect(pair.label, pair.time_span, pair.population)
    with_, without = sides_of(book_of(book, key, pair), pair, short, ".of", of)
    if with_ is None and without is None:
        return Row((first, short, *_empty("empty: not counted, which is not the same as none")))
    why = "not rated: counts of other people than those asked about, or of trials that are not in this dossier"
    told = (" ", Small(f"of {OF_PEOPLE[of]}"))
    return Row((first, short, (with_, *told) if with_ else "not counted", without or "not counted", why))


def _harm_of(book: Ledger, study: Study, place: int, key: str) -> Row:
    """Give a harm that one trial of the question counted in both arms."""
    comparison, harm = study.comparisons[key], study.harms[place]
    labels = [study.arms[arm].label for arm in (comparison.arm, comparison.versus)]
    with_, without = (
        share_of(
            book.under(f"{place}.{key}.", population=f"{study.label}, {label}", function=wilson),
            side, f"with {label}", harm.event, harm.arms[arm], f"studies/{study.id}.yaml",
        )
        for side, arm, label in zip(("with", "without"), (comparison.arm, comparison.versus), labels, strict=True)
    )  # fmt: skip
    told = (" ", Small(("of a hundred, ", Name(labels[1]))))
    return Row((
        _effect(harm.event, "as in the trial", study.label), Name(labels[0]), with_ or "not counted",
        (without, *told) if without else "not counted", "not rated: one trial by itself",
    ))  # fmt: skip


# --- guard rails --------------------------------------------------------------------------------------------


def _guards(results: Results, book: Ledger) -> list[Block]:
    """Give rare and grave harms, and how small a share the trials could have ruled out."""
    grave = say_all(Ledger(book.claims), results.evidence.summary.grave, "grave", marked=False)
    one, short = results.headline, words_of(results.evidence).short
    fields = results.fields_of(one)
    treated = round(sum(effect.n1 for effect in one.effects))
    about = book.under("grave.", **fields).under(certainty="not rated", decimals=0)
    n = about("n", f"people with {short}: {one.analysis.label}", treated)
    needed = about.under(function=people_to_rule_out)(
        "needed", "people without an event who rule out a harm of one of a thousand", people_to_rule_out(_GRAVE)
    )
    begin = "The trials that lead this document" if grave else (
        "This dossier names no rare and grave harm, which is not the same as none. The trials that lead it"
    )  # fmt: skip
    rule = Paragraph((
        f"{begin} gave {short} to ", n, " people. To rule out a harm that comes to one of a thousand takes ",
        needed, " people without it.",
    ))  # fmt: skip
    items: list[Block] = [Items(grave)] if grave else []
    return [Heading("Guard rails: rare and grave, part of no sum"), *items, rule]
