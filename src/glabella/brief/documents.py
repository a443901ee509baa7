"""Documents: which sections each has, in which order. To add a section is its file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeVar

from glabella._reading import Block as Read
from glabella.brief.for_person import ForPerson
from glabella.brief.header import about, footer, header
from glabella.brief.readings import headline_reading
from glabella.brief.references import listed
from glabella.brief.results import Results
from glabella.brief.sections import (
    absolute,
    article,
    benefit,
    bias,
    bottom_line,
    chosen,
    claims_met,
    combinations,
    conflicts,
    consult_chances,
    consult_course,
    consult_first,
    consult_made,
    consult_options,
    differ,
    effect,
    effects_table,
    explanations,
    extract_next,
    given,
    harms,
    how_sure,
    identifiability,
    indirect,
    links,
    methods,
    next_steps,
    options,
    popular_claims,
    prediction,
    question,
    reports,
    reproductions,
    retreatment,
    robustness,
    search,
    studies,
    take_home,
    tell,
    time_course,
    timing,
    treatment,
    unknown,
    warnings,
    weighed,
    weighed_information,
    weighed_tables,
)
from glabella.brief.sections.chosen import OtherChoices
from glabella.brief.sure import reasons
from glabella.brief.weighed import ledger
from glabella.decision.articles import Checked
from glabella.decision.weighing import weigh
from glabella.dossier import ProblemFile
from glabella.shown import (
    Block,
    Columns,
    Document,
    Drawable,
    Figure,
    Inline,
    Ledger,
    Name,
    Paragraph,
    Reference,
    Section,
    Strong,
    blocks_of,
    dated,
    plain,
    sources_of,
)

Kind = Literal["brief", "report"]
#: Begins to draw a plot.
Begin = Callable[[Drawable], None]
#: Gives a section of a document, or None where the dossier lacks its subject.
Make = Callable[[Results, Ledger], Section | None]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Beside:
    """Sections that stand side by side where there is room, each part a column; ``widths`` are shares."""

    parts: tuple[tuple[Make, ...], ...]
    widths: tuple[float, ...]


#: What both documents begin with: the report proves it, so that every number of the brief stands there too.
OPENING: tuple[Make | Beside, ...] = (
    bottom_line.brief,
    how_sure.brief,
    benefit.brief,
    Beside(((timing.brief,), (harms.brief,)), (1.6, 1)),
    Beside(((warnings.brief,), (given.brief,), (next_steps.brief,)), (1, 1, 1)),
)
SECTIONS: dict[Kind, tuple[Make | Beside, ...]] = {
    "brief": (
        *OPENING,
        Beside(((options.brief, unknown.brief), (claims_met.brief,)), (1.25, 1)),
        tell.brief,
    ),
    "report": (
        *OPENING,
        options.brief,
        tell.brief,
        question.report,
        effect.report,
        how_sure.report,
        absolute.report,
        robustness.report,
        bias.report,
        harms.report,
        effects_table.report,
        reports.report,
        treatment.report,
        links.report,
        time_course.report,
        prediction.report,
        explanations.report,
        retreatment.report,
        identifiability.report,
        indirect.report,
        differ.report,
        combinations.report,
        unknown.report,
        extract_next.report,
        popular_claims.report,
        reproductions.report,
        conflicts.report,
        studies.report,
        search.report,
        methods.report,
    ),
}


def document(results: Results, kind: Kind, *, beside: str | None = None, begin: Begin | None = None) -> Document:
    """Make a document.

    Parameters
    ----------
    results : Results
        Of a dossier.
    kind : {"brief", "report"}
        Which document.
    beside : str, optional
        File name of the report that lies beside a brief, for its links.
    begin : callable, optional
        Told of every plot as soon as its section is made, such as ``Studio.begin``, which draws it meanwhile.

    Returns
    -------
    Document
        With the references that it cites.
    """
    evidence, book = results.evidence, Ledger()
    top = header(results, book)
    sections: list[Section | Columns] = []
    for each in SECTIONS[kind]:
        if isinstance(each, Beside):
            parts = tuple(tuple(_made(results, book, part, begin)) for part in each.parts)
            kept = [(part, width) for part, width in zip(parts, each.widths, strict=True) if part]
            if len(kept) > 1:
                sections.append(Columns(tuple(part for part, _ in kept), tuple(width for _, width in kept)))
            else:
                sections += [section for part, _ in kept for section in part]
        else:
            sections += _made(results, book, (each,), begin)
    return _whole(results, book, kind, evidence.dossier.title, top, tuple(sections), beside=beside)


NO_FRAMES = "the dossier has no frames.yaml, so no claim can be recognised in an article"
#: What a checked article has.
ARTICLE = (article.answer, article.text, article.sentences, article.unrecognised, article.reasons)


def article_document(results: Results, name: str, blocks: Iterable[Read]) -> Document:
    """Make a document of an article: what it claims, and what the evidence says of it.

    Parameters
    ----------
    results : Results
        Of a dossier with frames.
    name : str
        Of the article's file.
    blocks : iterable of Block
        Of the article, as read.

    Returns
    -------
    Document

    Raises
    ------
    ValueError
        If the dossier has no frames to recognise claims by.
    """
    from glabella.decision.articles import check

    if results.evidence.frames is None:
        raise ValueError(NO_FRAMES)
    return checked_document(results, name, check(blocks, results.evidence.frames))


def checked_document(results: Results, name: str, checked: Checked) -> Document:
    """Make the same document of an article whose claims were recognised already.

    Parameters
    ----------
    results : Results
        Of the dossier by whose frames they were.
    name : str
        Of the article's file.
    checked : Checked

    Returns
    -------
    Document
    """
    evidence, book = results.evidence, Ledger()
    top = (Paragraph(("What the article says of the question: ", Strong(evidence.dossier.question.title))),)
    sections: list[Section | Columns] = []
    for section in _made(results, book, tuple(partial(make, checked=checked) for make in ARTICLE)):
        before = sections[-1] if sections else None
        if isinstance(before, Section) and before.id == "article":
            # What is said of the sentences stands beside them.
            sections[-1] = Columns(((before,), (section,)), (1, 1))
        else:
            sections.append(section)
    return _whole(results, book, "check", name, top, tuple(sections))


#: What other choices have.
CHOSEN = (chosen.changed, chosen.trials, chosen.certainty)


def chosen_document(of: OtherChoices) -> Document:
    """Make a document of other choices than a dossier declares: what they come to, and what they change.

    Parameters
    ----------
    of : OtherChoices
        What is computed of the dossier as it is, and with them.

    Returns
    -------
    Document
        Every claim of the choices has an id that begins with ``chosen.``; the others are the dossier's own.
    """
    book = Ledger()
    title = of.declared.evidence.dossier.title
    return _whole(of.declared, book, "report", title, (), tuple(_made(of, book, CHOSEN)))


#: What weighed options have.
WEIGHED = (
    weighed.answer,
    weighed.rails,
    weighed.said,
    weighed_tables.known,
    weighed_tables.ranks,
    weighed_tables.first,
    weighed_tables.net,
    weighed_information.information,
    weighed_tables.against,
    weighed_tables.ranges,
    weighed_tables.how,
)


def weighed_document(file: ProblemFile) -> Document:
    """Make a document of a problem of benefit and harm: whose values would choose what, and what it rests on.

    Parameters
    ----------
    file : ProblemFile
        As read by :func:`glabella.dossier.load_problem`.

    Returns
    -------
    Document

    Raises
    ------
    ValueError
        If hardly any weights agree with what was said.
    """
    problem, found = file.problem, weigh(file.problem)
    book = ledger(file)
    top = (Paragraph(Name(problem.asked)),) if problem.asked else ()
    sections = tuple(_made(found, book, WEIGHED))
    cited, claims = _cited(book, sections), tuple(book.claims.values())
    references = tuple(
        Reference(key, one.text, one.address) for key, one in problem.references.items() if key in cited
    )
    return Document("weighed", file.name, problem.title, problem.date, top, sections, footer(), references, claims)


#: What a consultation has for a person, in order.
CONSULTATION = (
    consult_first.crisis,
    consult_course.course,
    consult_first.first,
    consult_first.rules,
    consult_first.doses,
    consult_options.options,
    consult_options.matters,
    consult_chances.chances,
    consult_chances.harms,
    consult_course.distance,
    consult_course.moments,
    consult_course.plan,
    consult_options.decide,
    consult_first.answers,
    consult_made.made,
)
#: What the page to take home has; those in one line stand side by side.
HOME: tuple[tuple[Callable[[ForPerson, Ledger], Section | None], ...], ...] = (
    (take_home.about,),
    (take_home.against,),
    (take_home.chances,),
    (take_home.harms,),
    (take_home.expect, take_home.sure, take_home.ask),
    (take_home.call,),
)


def consultation_document(of: ForPerson) -> Document:
    """Make the sheet of a consultation for a person.

    Parameters
    ----------
    of : ForPerson
        As held by :func:`glabella.brief.for_person`.

    Returns
    -------
    Document
    """
    book = Ledger()
    words = "For a clinician and a patient to read together. It takes no decision, and nothing is stored."
    top = (Paragraph(words),)
    sections = tuple(_made(of, book, CONSULTATION))
    return _whole(of.results, book, "consultation", of.consultation.title, top, sections, said=_visited(of))


def home_document(of: ForPerson) -> Document:
    """Make the page that a person takes home.

    Parameters
    ----------
    of : ForPerson
        As held by :func:`glabella.brief.for_person`.

    Returns
    -------
    Document

    Raises
    ------
    ValueError
        If the dossier has no words for it.
    """
    home = of.consultation.take_home
    if home is None:
        raise ValueError("consultation.yaml has no take_home, so there are no words for a page to take home")
    book = Ledger()
    sections: list[Section | Columns] = []
    for makes in HOME:
        made = tuple(_made(of, book, makes))
        beside = Columns(tuple((each,) for each in made), (1.5, 1.4, 0.9)[: len(made)])
        sections += (beside,) if len(made) > 1 else made
    return _whole(of.results, book, "home", home.title, (), tuple(sections), said=_visited(of))


def _visited(of: ForPerson) -> Inline:
    """Say of which day a page is."""
    return ("visit of ", Name(dated(str(of.on))), " · ", about(of.results))


def _cited(book: Ledger, blocks: tuple[Block, ...]) -> set[str]:
    """Give the keys of every source behind what is written or drawn."""
    drawn = (source.reference for claim in book.claims.values() for source in claim.sources)
    return {*sources_of(blocks), *drawn}


def _whole(
    results: Results,
    book: Ledger,
    kind: Literal["brief", "report", "check", "consultation", "home"],
    title: str,
    top: tuple[Block, ...],
    sections: tuple[Section | Columns, ...],
    *,
    beside: str | None = None,
    said: Inline = "",
) -> Document:
    """Put a document together, with the references that it cites."""
    dossier, claims = results.evidence.dossier, tuple(book.claims.values())
    cited = _cited(book, (*top, *sections))
    return Document(
        kind=kind,
        id=dossier.id,
        title=title,
        edition=dossier.updated,
        header=top,
        sections=sections,
        footer=footer(),
        references=tuple(one for one in listed(results.evidence.references) if one.key in cited),
        claims=claims,
        beside=beside,
        about=said or about(results),
    )


def _made(
    of: _T,
    book: Ledger,
    makes: tuple[Callable[[_T, Ledger], Section | None], ...],
    begin: Begin | None = None,
) -> Iterator[Section]:
    """Make sections, each with the claims that were made for it."""
    for make in makes:
        before = len(book.claims)
        section = make(of, book)
        if section is not None:
            if begin is not None:
                for block in blocks_of((section,)):
                    if isinstance(block, Figure) and not isinstance(block.picture, str | None):
                        begin(block.picture)
            yield replace(section, claims=tuple(book.claims.values())[before:])


def in_brief(results: Results) -> list[tuple[str, str]]:
    """Say in a few lines what a document leads with."""
    book = Ledger()
    head = headline_reading(results, book)
    line = bottom_line.brief(results, book).content[0]
    people = f"{results.headline.people:,.0f} people"
    shown = head.points or head.estimate
    rows = [
        ("question", results.evidence.dossier.question.title),
        ("bottom line", plain(line.content) if isinstance(line, Paragraph) else ""),
        ("pooled", f"{head.measure} {head.estimate.text}, {people}"),
        *((("in points", shown.text),) if head.points else ()),
        ("certainty", f"{results.headline.certainty}: {plain(reasons(results, book, results.headline))}"),
    ]
    return [(name, words) for name, words in rows if words]
