"""Numbers of weighed options as claims: shares of draws, ends of ranges, and where they come from."""

from __future__ import annotations

import math

from glabella._version import __version__
from glabella.brief.typed import MOST_DIGITS
from glabella.decision.preferences import Reading, first_shares, range_sensitivity, smaa
from glabella.decision.weighing import Ranking, Weighed
from glabella.dossier import ProblemFile
from glabella.shown import Claim, Ledger, Name, Source

INTERVAL = "95 % interval"
#: Smaller shares of a hundred have a digit more, and two.
_ONE, _TENTH = 0.01, 0.001
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def ledger(file: ProblemFile) -> Ledger:
    """Give the ledger of a problem: its people and time, its file, and the sources of every cell and range."""
    problem = file.problem
    keys = [
        cell.source for option in problem.options.values() for cell in option.cells.values() if cell is not None
    ]
    keys += [criterion.range.source for criterion in problem.criteria.values()]
    return Ledger().under(
        population=problem.people,
        time_span=problem.time,
        certainty="not rated",
        version=__version__,
        inputs=((file.file, file.digest),),
        sources=tuple(Source(key, "derived") for key in dict.fromkeys(keys)),
    )


def share(book: Ledger, name: str, label: str, of_one: float) -> Claim:
    """Make a claim of a share, as so many of a hundred."""
    decimals = 0 if of_one == 0 or of_one >= _ONE else 1 if of_one >= _TENTH else 2
    return book(name, f"{label}, of a hundred", 100 * of_one, decimals=decimals)


def rank_share(weighed: Weighed, book: Ledger, ranking: Ranking, a: int, rank: int) -> Claim:
    """Say how often an option that entered has a rank."""
    option = weighed.entering[a]
    label = f"draws in which {weighed.label(option)} is {ordinal(rank)}"
    under = book.under("rank.", function=smaa)
    return share(
        under, f"{weighed.options[option]}.{rank + 1}", label, float(ranking.used.rank_acceptability[a, rank])
    )


def first_share(weighed: Weighed, book: Ledger, ranking: Ranking, criterion: int, a: int) -> Claim:
    """Say how often an option that entered is first among people who put a criterion first."""
    option = weighed.entering[a]
    label = (
        f"draws in which {weighed.label(option)} is first where {weighed.criterion(criterion).label} is put first"
    )
    name = f"{weighed.criteria[criterion]}.{weighed.options[option]}"
    return share(book.under("first.", function=first_shares), name, label, float(ranking.shares[criterion, a]))


def ends(weighed: Weighed, book: Ledger, place: int, low: float, high: float) -> tuple[Claim, Claim]:
    """Give the ends of a range of a criterion, the lower one first."""
    criterion = weighed.criterion(place)
    times = hundred(weighed, place)
    return (
        book("low", f"{criterion.label}: lower end", times * low, decimals=decimals(weighed, place)),
        book("high", f"{criterion.label}: upper end", times * high, decimals=decimals(weighed, place)),
    )


def used_range(weighed: Weighed, book: Ledger, place: int) -> tuple[Claim, Claim]:
    """Give the ends between which a criterion is valued, with who chose them."""
    given = weighed.criterion(place).range
    under = book.under(
        f"range.{weighed.criteria[place]}.",
        function=range_sensitivity,
        sources=(Source(given.source, "derived", given.at),),
    )
    return ends(weighed, under, place, given.low, given.high)


def hundred(weighed: Weighed, place: int) -> int:
    """Give what a criterion's numbers are multiplied by when shown: chances are of a hundred people."""
    return 100 if weighed.criterion(place).scale == "chance" else 1


def decimals(weighed: Weighed, place: int) -> int:
    """Give so many digits that a criterion's range has some hundred steps, or of chances some ten."""
    given = weighed.criterion(place).range
    wide = hundred(weighed, place) * (given.high - given.low)
    return min(MOST_DIGITS, max(0, (1 if hundred(weighed, place) > 1 else 2) - math.floor(math.log10(wide))))


def ordinal(rank: int) -> str:
    """Name a rank, the best of which is 0."""
    return _ORDINALS[rank] if rank < len(_ORDINALS) else f"number {rank + 1}"


def entrants(weighed: Weighed) -> tuple[Name, ...]:
    """Name the options that enter."""
    return tuple(Name(weighed.label(option)) for option in weighed.entering)


def nothing_ranked(ranking: Ranking) -> bool:
    """Tell whether the evidence is too unsure for any ranking."""
    return all(it.reading is Reading.EVIDENCE for it in ranking.first)
