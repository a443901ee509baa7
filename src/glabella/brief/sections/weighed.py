"""Options weighed by values: what people would choose who put one thing first, and what stands outside the sum."""

from __future__ import annotations

from glabella.brief.sections.weighed_information import enough, settles
from glabella.brief.typed import digits
from glabella.brief.weighed import first_share, hundred, nothing_ranked, rank_share, share
from glabella.decision.preferences import Reading, Stated, draw_weights, minimum_benefit
from glabella.decision.weighing import Ranking, Weighed
from glabella.dossier import PreferenceSaid
from glabella.shown import Block, Cite, Inline, Items, Ledger, Name, Paragraph, Section, Source, Strong


def answer(weighed: Weighed, book: Ledger) -> Section:
    """Say what people would choose who put one criterion first, who does too little, and what would settle it."""
    ranking, content = weighed.ranking, list[Block]()
    if ranking is None:
        # Without a gate every option enters, and of two or more the control always does.
        control = Name(weighed.label(weighed.entering[0]))
        content.append(Paragraph(("Nothing is ranked: no option does enough beyond ", control, "."), "lead"))
    elif nothing_ranked(ranking):
        words = "The evidence, not people’s values, is the problem: nothing is ranked."
        content.append(Paragraph(words, "lead"))
    else:
        if ranking.own is not None:
            content.append(Paragraph(_own(weighed, book, ranking, ranking.own), "lead"))
        items = (_putting_first(weighed, book, ranking, place, it) for place, it in enumerate(ranking.first))
        content.append(Items(tuple(items)))
    if weighed.gate is not None:
        content.append(Paragraph(_enough(weighed, book)))
    trials = (enough(weighed, book), settles(weighed, book))
    content += [Paragraph(trial) for trial in trials if trial is not None]
    return Section("answer", "What people would choose", tuple(content), look="bottom")


def rails(weighed: Weighed, book: Ledger) -> Section | None:  # noqa: ARG001
    """Say what no sum may outweigh."""
    said = tuple(
        (each.text, Cite((each.source,))) if each.source else each.text for each in weighed.problem.guard_rails
    )
    return Section("guard-rails", "Outside every sum", (Items(said),), look="box") if said else None


def said(weighed: Weighed, book: Ledger) -> Section:
    """Repeat what was said of what matters."""
    statements, ranking = weighed.problem.statements, weighed.ranking
    if not statements:
        words = "Nothing was said of what matters: every weight is as likely as any other."
        return Section("said", "What matters", (Paragraph(words),))
    under = book.under("said.", function=draw_weights, sources=())
    items = tuple(_statement(weighed, under.under(f"{place}."), it) for place, it in enumerate(statements, 1))
    rest: list[Inline] = ["All weights that agree with this are alike likely."]
    if ranking is not None and ranking.kept < 1:
        kept = share(under, "kept", "weights drawn that agree with what was said", ranking.kept)
        rest += [" A ranking is drawn directly; of a hundred weights so drawn, ", kept, " agree with the rest."]
    return Section("said", "What matters", (Items(items), Paragraph(tuple(rest), "note")))


def _own(weighed: Weighed, book: Ledger, ranking: Ranking, it: Stated) -> Inline:
    """Say what holds of who made the statements."""
    option = Strong(Name(weighed.label(weighed.entering[it.option])))
    begin: dict[Reading, tuple[Inline, ...]] = {
        Reading.CHOOSE: ("Who values this so would choose ", option, ": it is first"),
        Reading.LEAN: ("Who values this so would lean to ", option, ": it is first"),
        Reading.UNSETTLED: ("What was said does not settle it: ", option, " is most often first,"),
        Reading.EVIDENCE: (
            "What was said cannot settle it while the evidence is so unsure: ",
            option,
            " is most often first,",
        ),
    }
    return (*begin[it.reading], " in ", rank_share(weighed, book, ranking, it.option, 0), " of a hundred draws.")


def _putting_first(weighed: Weighed, book: Ledger, ranking: Ranking, place: int, it: Stated) -> Inline:
    """Say what holds of people who put a criterion first."""
    what = Name(weighed.criterion(place).label)
    if it.reading is Reading.UNSETTLED:
        return ("Putting ", what, " first does not settle it.")
    does = " first would choose " if it.reading is Reading.CHOOSE else " first would lean to "
    option = Strong(Name(weighed.label(weighed.entering[it.option])))
    number = first_share(weighed, book, ranking, place, it.option)
    return ("People who put ", what, does, option, ": it is first in ", number, " of a hundred draws.")


def _enough(weighed: Weighed, book: Ledger) -> Inline:
    """Say which options do enough to be ranked, and which do not."""
    gate, asked, control = weighed.gate, weighed.problem.gate, weighed.control
    if gate is None or asked is None or control is None:
        return ""
    under = book.under("gate.", function=minimum_benefit)
    place = weighed.criteria.index(asked.criterion)
    criterion, number = weighed.criterion(place), hundred(weighed, place) * asked.least
    least = under(
        "least",
        f"least benefit in {criterion.label}",
        number,
        unit=criterion.unit or "of a hundred people",
        decimals=digits(number),
        sources=(Source(asked.source, "derived"),) if asked.source else (),
    )
    wanted = share(under, "chance", "how probable the least benefit must be", asked.chance)
    pieces: list[Inline] = [
        *("To be ranked, an option must do better than ", Name(weighed.label(control)), " in "),
        *(Name(criterion.label), " by at least ", least, " in ", wanted, " of a hundred draws ("),
        *(Name(asked.why), ")."),
    ]
    others = [option for option in range(len(weighed.options)) if option != control]
    for place, option in enumerate(others):
        label = weighed.label(option)
        found = share(
            under,
            f"of.{weighed.options[option]}",
            f"{label}: draws with that benefit or more",
            gate.chances[option],
        )
        enters: Inline = ", so it is ranked" if gate.enters[option] else (", so it is ", Strong("not ranked"))
        pieces += ["; for " if place else " That is so for ", Name(label), " in ", found, enters]
    return (*pieces, ".")


def _statement(weighed: Weighed, book: Ledger, it: PreferenceSaid) -> Inline:
    """Repeat a statement in words."""

    def label(key: str) -> Name:
        return Name(weighed.problem.criteria[key].label)

    if it.rank is not None:
        first, *others = (label(key) for key in it.rank)
        return ("In this order: ", first, *((", then ", other) for other in others), ".")
    if it.first is not None:
        return (label(it.first), " comes first.")
    if it.ratio is not None:
        low, high = it.ratio.low, it.ratio.high
        least = book("low", "least times that one matters as much", low, decimals=digits(low))
        times: tuple[Inline, ...] = ("at least ", least)
        if high is not None:
            times = (
                least,
                " to ",
                book("high", "most times that one matters as much", high, decimals=digits(high)),
            )
        return (label(it.ratio.of), " matters ", *times, " times as much as ", label(it.ratio.to), ".")
    if it.weight is not None:
        low_share = share(book, "low", "least weight", it.weight.low)
        high_share = share(book, "high", "most weight", it.weight.high)
        return (label(it.weight.of), " has ", low_share, " to ", high_share, " parts of a hundred of all weight.")
    return ""
