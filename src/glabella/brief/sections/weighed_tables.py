"""What weighed options rest on: what is known of each, ranks, net benefit, benefit against harm, other ranges."""

from __future__ import annotations

import math

from glabella.brief.typed import digits
from glabella.brief.weighed import (
    INTERVAL,
    decimals,
    ends,
    entrants,
    first_share,
    hundred,
    nothing_ranked,
    ordinal,
    rank_share,
    share,
    used_range,
)
from glabella.decision.preferences import (
    PEOPLE,
    SEED,
    draw_outcomes,
    net_benefit,
    plane,
    range_sensitivity,
    smaa,
)
from glabella.decision.weighing import PRIORS, Ranking, Weighed
from glabella.shown import (
    Axis,
    Block,
    Claim,
    Column,
    Details,
    Drawn,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Source,
    Table,
)

#: How harms borne for one benefit are said, in the order of the plane's slopes.
_SLOPES = ("a quarter", "half", "one", "two", "four")
_SPREADS = {
    "mean": "of means, to decide for many people",
    "next": "of a next trial, setting or person, to decide for one",
}
_OF_DRAWS = "of a hundred draws"


def known(weighed: Weighed, book: Ledger) -> Section:
    """Show what is known of every criterion under every option, and between which ends it is valued."""
    problem = weighed.problem
    names = tuple(Column(Name(weighed.label(option)), "number") for option in range(len(weighed.options)))
    columns = (
        *(Column("criterion"), Column("better"), *names),
        *(Column("valued from", "number"), Column("to", "number"), Column("draws outside", "number")),
    )
    rows = tuple(_known(weighed, book, place) for place in range(len(weighed.criteria)))
    within = book(
        "level", "draws within each interval, of a hundred", 95, function=draw_outcomes, sources=(), decimals=0
    )
    note: list[Inline] = [
        *("Mean, and the limits of ", within, f" {_OF_DRAWS}. Chances are of a hundred people. "),
        f"The spread is that {_SPREADS[problem.spread]}.",
    ]
    if problem.prior is not None:
        number = PRIORS[problem.prior]
        label = f"added to events, and to people without one: the {problem.prior} prior"
        added = book("prior", label, number, function=draw_outcomes, sources=(), decimals=digits(number))
        note += [
            *(f" Where events were counted, the prior is {problem.prior}: ", added),
            " is added to events, and to people without one.",
        ]
    return Section("known", "What is known", (Table("", columns, rows, note=tuple(note)),))


def ranks(weighed: Weighed, book: Ledger) -> Section | None:
    """Show how often each option has each rank, whose weights put it first, and how sure that is."""
    ranking = weighed.ranking
    if ranking is None:
        return None
    content: list[Block] = []
    places = range(len(weighed.entering))
    if not nothing_ranked(ranking):
        columns = (Column("option"), *(Column(Name(ordinal(rank)), "number") for rank in places))
        rows = tuple(
            Row((name, *(rank_share(weighed, book, ranking, a, rank) for rank in places)))
            for a, name in enumerate(entrants(weighed))
        )
        content.append(Table(f"How often each option has each rank, {_OF_DRAWS}", columns, rows))
    under = book.under(function=smaa)
    content.append(_central(weighed, under, ranking))
    content.append(
        Details("Each option against each other, and how undecided it is", _pairs(weighed, under, ranking))
    )
    title = "With what was said" if ranking.said else "If every weight were as likely as any other"
    return Section("ranks", title, tuple(content))


def first(weighed: Weighed, book: Ledger) -> Section | None:
    """Show how often each option is first among people who put each criterion first."""
    ranking = weighed.ranking
    if ranking is None or nothing_ranked(ranking):
        return None
    columns = (Column("put first"), *(Column(name, "number") for name in entrants(weighed)))
    rows = tuple(
        Row(
            (
                Name(weighed.criterion(place).label),
                *(first_share(weighed, book, ranking, place, a) for a in range(len(weighed.entering))),
            )
        )
        for place in range(len(weighed.criteria))
    )
    table = Table(f"How often each option is first, {_OF_DRAWS}", columns, rows)
    return Section("first", "People who put one thing first", (table,))


def net(weighed: Weighed, book: Ledger) -> Section | None:
    """Show net benefit per 1,000 people, and its parts."""
    it, control = weighed.net, weighed.control
    if it is None or control is None:
        return None
    under = _net_book(book)
    counted = _counted(weighed)
    others = [option for option in range(len(weighed.options)) if option != control]
    people = net_people(book)
    columns = (
        *(Column("option"), Column("", "drawn"), Column("net benefit", "number")),
        *(Column(("from ", Name(weighed.criterion(place).label)), "number") for place in counted),
        Column(f"does more good than harm, {_OF_DRAWS}", "number"),
    )
    wide = max(1.0, float(abs(it.low[others]).max()), float(abs(it.high[others]).max()))
    table = Table(
        ("Beyond ", Name(weighed.label(control)), ", per ", people, " people"),
        columns,
        tuple(_net(weighed, under, option, counted) for option in others),
        axis=Axis(-wide, wide, 0.0, left="more harm", right="more good"),
        note=importance(weighed, book),
    )
    return Section("net-benefit", "Net benefit", (table,))


def net_people(book: Ledger) -> Claim:
    """Say of how many people net benefit is."""
    return _net_book(book)("people", "people that net benefit is of", PEOPLE, sources=(), decimals=0)


def importance(weighed: Weighed, book: Ledger) -> Inline:
    """Say how much one of each outcome counts."""
    under, pieces = _net_book(book), list[Inline]()
    for n, place in enumerate(_counted(weighed)):
        key, label = weighed.criteria[place], weighed.criterion(place).label
        worth = weighed.problem.importance[key]
        claim = under(f"importance.{key}", f"importance of {label}", worth, sources=(), decimals=digits(worth))
        pieces += [", " if n else "", Name(label), " ", claim]
    return ("One more person with the outcome counts: ", *pieces, ".")


def against(weighed: Weighed, book: Ledger) -> Section | None:
    """Show how often the harm would be borne, by how many harms one more benefit is worth."""
    asked = weighed.problem.plane
    if asked is None:
        return None
    under = book.under("plane.", function=plane)
    corners = ("more benefit, no more harm", "more of both", "no more benefit, more harm", "no more of either")
    rows = []
    for option, it in weighed.planes.items():
        about = under.under(f"{weighed.options[option]}.")
        label = weighed.label(option)
        shares = zip(corners, (it.better, it.trade_more, it.worse, it.trade_less), strict=True)
        cells = [share(about, f"corner.{n}", f"{label}: {words}", of) for n, (words, of) in enumerate(shares, 1)]
        cells += [
            share(
                about,
                f"slope.{n}",
                f"{label}: better than the control, {words} harms being borne for a benefit",
                of,
            )
            for n, (words, of) in enumerate(zip(_SLOPES, it.acceptability.tolist(), strict=True), 1)
        ]
        rows.append(Row((Name(label), *cells)))
    benefit, harm = (Name(weighed.problem.criteria[key].label) for key in (asked.benefit, asked.harm))
    heads = (*corners, *(f"borne at {words}" for words in _SLOPES))
    table = Table(
        ("The benefit is ", benefit, ", the harm ", harm, f"; how often each holds, {_OF_DRAWS}"),
        (Column("option"), *(Column(head, "number") for head in heads)),
        tuple(rows),
        note="Borne at two: who would bear two more people with the harm for one more with the benefit would "
        "choose the option over the control in so many draws.",
    )
    return Section("plane", "Benefit against harm", (table,))


def ranges(weighed: Weighed, book: Ledger) -> Section | None:
    """Show what other ranges do to who is first."""
    ranking = weighed.ranking
    if ranking is None or nothing_ranked(ranking):
        return None
    under = book.under("ranges.", function=range_sensitivity)
    columns = (
        *(Column("range replaced"), Column("by", "number"), Column("to", "number")),
        *(Column(name, "number") for name in entrants(weighed)),
    )
    as_given, *single, all_replaced = ranking.ranges.tolist()
    rows = [Row(("none", "", "", *_firsts(weighed, under, "none", as_given)))]
    for place, shares in enumerate(single):
        key = weighed.criteria[place]
        low, high = sorted(ranking.hull[place].tolist())
        found = ends(weighed, under.under(f"{key}."), place, low, high)
        rows.append(Row((Name(weighed.criterion(place).label), *found, *_firsts(weighed, under, key, shares))))
    rows.append(Row(("all", "", "", *_firsts(weighed, under, "all", all_replaced))))
    table = Table(
        f"How often each option is first, {_OF_DRAWS}",
        columns,
        tuple(rows),
        note="A weight is of the whole step from the worse to the better end of a range. Each range is replaced by "
        "what the options’ intervals span together; where that moves ranks, they rest on the choice of ends.",
    )
    return Section("ranges", "Other ranges", (table,))


def how(weighed: Weighed, book: Ledger) -> Section:
    """Say how it was computed."""
    under = book.under(function=smaa, sources=())
    draws = under("draws", "draws", weighed.draws, decimals=0)
    error = under("error", "twice the standard error of a share of a half, in parts of a hundred",
                  100 / math.sqrt(weighed.draws), decimals=1)  # fmt: skip
    lines: tuple[Inline, ...] = (
        (
            *("Each of ", draws, " draws is one way in which outcomes may truly be, weighed by one way in which "),
            *("people may value them. By chance alone a share of the draws is off by up to ", error, " of a "),
            *("hundred. Draws begin at ", Name(str(SEED)), ", so that they are the same again."),
        ),
        "Outcomes are drawn apart from each other. Values rise in a straight line from the worse to the better end "
        "of a range, and go on beyond it.",
        "How sure: how often an option is first if the mean of the weights that put it first holds. Where that is "
        "below a half for all, more evidence is needed and no weighing helps, so nothing is ranked.",
        "Who would choose, who would lean: from how often an option is first and how sure that is. The limits are "
        "choices; they stand in the documentation.",
    )
    if weighed.net is None:
        lines += ("Which trial would settle it is told where the file says how much each outcome counts.",)
    return Section("how", "How it was computed", (Items(lines),))


# --- rows -----------------------------------------------------------------------------------------------------


def _known(weighed: Weighed, book: Ledger, place: int) -> Row:
    key, criterion, times = weighed.criteria[place], weighed.criterion(place), hundred(weighed, place)
    under = book.under("known.", function=draw_outcomes, decimals=decimals(weighed, place), interval=INTERVAL)
    cells = []
    for option, name in enumerate(weighed.options):
        cell = weighed.problem.options[name].cells[key]
        at = (option, place)
        cells.append(
            under(
                f"{name}.{key}",
                f"{criterion.label}: {weighed.label(option)}",
                times * weighed.mean[at],
                low=times * weighed.low[at],
                high=times * weighed.high[at],
                unit="of a hundred people" if criterion.scale == "chance" else criterion.unit or "",
                sources=() if cell is None else (Source(cell.source, "derived", cell.at),),
            )
        )
    label: Inline = Name(criterion.label)
    if criterion.unit is not None:
        label = (label, " (", Name(criterion.unit), ")")
    outside = share(
        book.under("outside.", function=draw_outcomes),
        key,
        f"{criterion.label}: draws outside the range",
        float(weighed.outside[place]),
    )
    bare = tuple(Shown(claim, "bare") for claim in cells)
    return Row((label, criterion.better, *bare, *used_range(weighed, book, place), outside))


def _central(weighed: Weighed, book: Ledger, ranking: Ranking) -> Table:
    """Show the mean of the weights that put each option first: who would prefer it."""
    it = ranking.used
    labels = tuple(Column(Name(weighed.criterion(place).label), "number") for place in range(len(weighed.criteria)))
    rows = []
    for a, option in enumerate(weighed.entering):
        label, about = weighed.label(option), book.under(f"central.{weighed.options[option]}.")
        if math.isnan(it.confidence_factors[a]):
            rows.append(Row((Name(label), "never first", *("" for _ in weighed.criteria))))
            continue
        weights = (
            share(about, key, f"{label}: mean weight of {weighed.criterion(place).label} where it is first", weight)
            for place, (key, weight) in enumerate(
                zip(weighed.criteria, it.central_weights[a].tolist(), strict=True)
            )
        )
        sure = share(about, "sure", f"{label}: first with these weights", float(it.confidence_factors[a]))
        rows.append(Row((Name(label), *weights, sure)))
    return Table(
        "Who would put it first: the mean of the weights that do, in parts of a hundred, and how sure that is",
        (Column("option"), *labels, Column(f"how sure, {_OF_DRAWS}", "number")),
        tuple(rows),
    )


def _pairs(weighed: Weighed, book: Ledger, ranking: Ranking) -> tuple[Block, ...]:
    """Show how often each option is worth more than each other, and how undecided the draws are."""
    it, names = ranking.used, entrants(weighed)
    rows = []
    for a, one in enumerate(weighed.entering):
        cells: list[Inline] = []
        for b, other in enumerate(weighed.entering):
            label = f"{weighed.label(one)} worth more than {weighed.label(other)}"
            key = f"pair.{weighed.options[one]}.{weighed.options[other]}"
            cells.append("" if a == b else share(book, key, label, float(it.pairwise[a, b])))
        rows.append(Row((names[a], *cells)))
    columns = (Column("worth more than"), *(Column(name, "number") for name in names))
    choice = book("entropy.first", "entropy of who is first", it.entropy, unit="bits", decimals=2)
    whole = book("entropy.ranking", "entropy of the whole ranking", it.ranking_entropy, unit="bits", decimals=2)
    said = ("Undecided on who is first: ", choice, "; on the whole ranking: ", whole, ".")
    return (Table(f"How often, {_OF_DRAWS}", columns, tuple(rows)), Paragraph(said, "note"))


def _net_book(book: Ledger) -> Ledger:
    return book.under("net.", function=net_benefit)


def _counted(weighed: Weighed) -> list[int]:
    return [place for place, key in enumerate(weighed.criteria) if weighed.problem.importance[key]]


def _net(weighed: Weighed, book: Ledger, option: int, counted: list[int]) -> Row:
    it, label = weighed.net, weighed.label(option)
    assert it is not None
    about = book.under(f"{weighed.options[option]}.", decimals=0)
    whole = about(
        "all",
        f"{label}: net benefit per 1,000 people",
        float(it.mean[option]),
        low=float(it.low[option]),
        high=float(it.high[option]),
        interval=INTERVAL,
    )
    parts = (
        about(f"from.{weighed.criteria[place]}", f"{label}: net benefit from {weighed.criterion(place).label}",
              float(it.parts[option, place]))
        for place in counted
    )  # fmt: skip
    above = share(about, "above", f"{label}: draws with more good than harm", float(it.above_zero[option]))
    return Row((Name(label), Drawn(whole), whole, *parts, above))


def _firsts(weighed: Weighed, book: Ledger, replaced: str, shares: list[float]) -> tuple[Claim, ...]:
    return tuple(
        share(book, f"{replaced}.first.{weighed.options[option]}",
              f"{weighed.label(option)} first, range replaced: {replaced}", of)
        for option, of in zip(weighed.entering, shares, strict=True)
    )  # fmt: skip
