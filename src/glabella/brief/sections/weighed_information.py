"""What knowing more is worth to who weighs options: which trial would settle it, and how large."""

from __future__ import annotations

from glabella.brief.quoting import joined
from glabella.brief.sections.weighed_tables import importance, net_people
from glabella.brief.weighed import share
from glabella.decision.preferences import SIZES, Trials, perfect_information, trial_information, trial_settles
from glabella.decision.weighing import WANTED, Information, Weighed
from glabella.shown import (
    Axis,
    Block,
    Claim,
    Column,
    Drawn,
    Inline,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Strong,
    Table,
)

#: What an interval is of a number that is off by nothing but the chance of the draws.
CHANCE = "twice the Monte Carlo error"
_OF = "in outcomes of importance one per 1,000 people"


def settles(weighed: Weighed, book: Ledger) -> Inline | None:
    """Say in a sentence which trial would settle it and how large, or that none would change the choice."""
    it = weighed.information
    if it is None:
        return None
    now = Strong(Name(weighed.label(weighed.entering[it.perfect.now])))
    by = "by the importance given, "
    if it.trials is None:
        return ("No trial would change the choice: ", by, now, " does most good in every draw.")
    cost: Inline = (_cost(book, it), " ", _of_people(book))
    if it.says == "hardly":
        seldom = _seldom(weighed, book, it)
        return (
            *("Hardly any trial would change the choice: ", by, now, " does most good in all but ", seldom),
            *(" of a hundred draws, and to know everything would be worth ", cost, "."),
        )
    above, under, groups = _above_all(weighed, it), _trials(book), _against(weighed, it)
    if it.settling is None:
        last = len(it.trials.sizes) - 1
        return (
            *("By the importance given, no trial of ", groups, " of a size that is tried would settle which "),
            *("does most good: with ", _people(under, it.trials, last), " people in each group the chance is "),
            *(_chance(under, it.trials, last), " in a hundred. Deciding now costs ", cost, above, "."),
        )
    place = it.trials.sizes.index(it.settling)
    total = under("total", "people in the trial", it.settling * len(it.arms), decimals=0, sources=())
    people, chance = _people(under, it.trials, place), _chance(under, it.trials, place)
    return (
        *("By the importance given, a trial of ", groups, " with ", people, " people in each group (", total),
        *(" in all) would settle which does most good with a chance of about ", chance, " in a hundred. It would "),
        *("be worth ", _worth(under, it.trials, place), " of the ", cost, " that deciding now costs", above, "."),
    )


def enough(weighed: Weighed, book: Ledger) -> Inline | None:
    """Say which trials would settle whether options do enough to be ranked, where that is in doubt."""
    control = weighed.control
    if not weighed.doubted or control is None:
        return None
    pieces: list[Inline] = []
    for option, trial in weighed.doubted.items():
        named = weighed.label(option)
        under = book.under(f"enough.{weighed.options[option]}.", function=trial_settles)
        n, more = (SIZES[-1], "more than ") if trial is None else (trial.n, "")
        label = f"people in each group of a trial of whether {named} does enough"
        pieces += ["; for " if pieces else "for ", Name(named), " ", more, under("people", label, n, decimals=0)]
    return (
        *("Who does enough would be settled with a chance of ", _wanted(book), " in a hundred by a trial against "),
        *(Name(weighed.label(control)), " with so many people in each group: ", *pieces, "."),
    )


def information(weighed: Weighed, book: Ledger) -> Section | None:
    """Show what it is worth to know each thing without doubt, and what trials of several sizes are worth."""
    it = weighed.information
    if it is None or it.trials is None:
        return None
    said: list[Inline] = [
        *("Deciding now costs ", _cost(book, it), " ", _of_people(book), ": so much would be gained if it were "),
        "known which option does most good. ",
        importance(weighed, book),
        " For other values it is another number.",
    ]
    if len(weighed.entering) < len(weighed.options):
        said.append(" What a trial would tell of options that are not ranked is not counted.")
    content: list[Block] = [Paragraph(tuple(said)), _partial(weighed, book, it)]
    content.append(_sizes(weighed, book, it, it.trials))
    return Section("information", "What knowing more is worth", tuple(content))


def _partial(weighed: Weighed, book: Ledger, it: Information) -> Table:
    """Show what each cell, each criterion and each option would be worth, known without doubt."""
    under = book.under("perfect.", function=perfect_information)
    columns = [(weighed.criteria[place], weighed.criterion(place).label) for place in it.counted]
    rows = [(weighed.options[place], weighed.label(place)) for place in weighed.entering]
    made = []
    for a, (option, named) in enumerate([*rows, ("all", "all options")]):
        cells = [
            _amount(under, f"{option}.{key}", f"to know without doubt: {label}, {named}", it.perfect.value[a, c])
            for c, (key, label) in enumerate([*columns, ("all", "all that counts")])
            if (option, key) != ("all", "all")
        ]
        if a == len(rows):
            cells.append(_cost(book, it))
        made.append(Row((Name(named), *cells), look="pooled" if a == len(rows) else ""))
    error = 2 * float(it.perfect.error.max())
    off = under("error", f"twice the largest Monte Carlo error in the table, {_OF}", error,
                decimals=2 if error < 1 else 1)  # fmt: skip
    heads = (*(Column(Name(label), "number") for _, label in columns), Column("all that counts", "number"))
    return Table(
        ("What it is worth to know without doubt, ", _of_people(book)),
        (Column("of"), *heads),
        tuple(made),
        note=(
            *("By the chance of the draws each is off by up to ", off, ". What they are worth alone need not "),
            "add up to what they are worth together.",
        ),
    )


def _sizes(weighed: Weighed, book: Ledger, it: Information, trials: Trials) -> Table:
    """Show what trials of several sizes are worth, and how probably each settles it."""
    under = _trials(book)
    rows = []
    for place in range(len(trials.sizes)):
        worth = _worth(under, trials, place)
        rows.append(Row((_people(under, trials, place), Drawn(worth), worth, _chance(under, trials, place))))
    level = under("level", "level of the trial's own interval, of a hundred", 95, decimals=0, sources=())
    note: list[Inline] = [
        "As many people in each group, everything that counts noted in each of them, nobody left out, and no bias: "
        "of real trials more people are needed. A trial settles it where by its own data alone a group does more "
        "good than each other, beyond the interval of the difference that holds in ",
        *(level, " of a hundred trials; the smallest that does so with a chance of ", _wanted(book)),
        " in a hundred is the one named.",
    ]
    if weighed.problem.spread == "next":
        note.append(
            " The spread is of a next setting: it holds of a trial in the setting in which one decides; one "
            "elsewhere tells less."
        )
    return Table(
        ("A trial of ", _against(weighed, it)),
        (
            *(Column("people in each group", "number"), Column("", "drawn")),
            *(Column(("worth, ", _of_people(book)), "number"), Column("settles it, of a hundred", "number")),
        ),
        tuple(rows),
        axis=Axis(0.0, max(it.perfect.all, float(trials.value.max())), 0.0, right="all that knowing is worth"),
        note=tuple(note),
    )


# --- parts of sentences ------------------------------------------------------------------------------------------


def _against(weighed: Weighed, it: Information) -> Inline:
    return joined([Name(weighed.label(weighed.entering[arm])) for arm in it.arms], " against ")


def _above_all(weighed: Weighed, it: Information) -> Inline:
    """Name the criterion that it is worth most to know, where there are several."""
    by = it.perfect.value[-1, :-1]
    if not by.max() or len(it.counted) < 2:
        return ""
    return ("; what counts above all is ", Name(weighed.criterion(it.counted[int(by.argmax())]).label))


def _of_people(book: Ledger) -> Inline:
    people = net_people(book)
    return ("outcomes of importance one per ", people, " people")


def _trials(book: Ledger) -> Ledger:
    return book.under("trial.", function=trial_information)


def _cost(book: Ledger, it: Information) -> Claim:
    label = "expected loss from deciding now: what it is worth to know everything"
    return _amount(book.under("perfect.", function=perfect_information), "all.all", label, it.perfect.all)


def _seldom(weighed: Weighed, book: Ledger, it: Information) -> Claim:
    label = f"draws in which another option does more good than {weighed.label(weighed.entering[it.perfect.now])}"
    under = book.under("perfect.", function=perfect_information)
    return share(under, "other", label, 1 - it.perfect.stays)


def _wanted(book: Ledger) -> Claim:
    under = book.under(function=trial_settles, sources=())
    return share(under, "settles.wanted", "chance with which a trial is said to settle it", WANTED)


def _people(under: Ledger, trials: Trials, place: int) -> Claim:
    n = trials.sizes[place]
    return under(f"{n}.people", "people in each group", n, sources=(), decimals=0)


def _worth(under: Ledger, trials: Trials, place: int) -> Claim:
    n, value = trials.sizes[place], float(trials.value[place])
    off = 2 * float(trials.error[place])
    return under(
        f"{n}.worth",
        f"worth of a trial of {n} people in each group, {_OF}",
        value,
        decimals=_digits(value),
        low=max(0.0, value - off),
        high=value + off,
        interval=CHANCE,
    )


def _chance(under: Ledger, trials: Trials, place: int) -> Claim:
    n = trials.sizes[place]
    label = f"chance that a trial of {n} people in each group settles it"
    return share(under, f"{n}.settles", label, float(trials.settles[place]))


def _amount(under: Ledger, name: str, label: str, value: float) -> Claim:
    return under(name, f"{label}, {_OF}", value, decimals=_digits(value))


def _digits(value: float) -> int:
    return 0 if not value or value >= 100 else 1 if value >= 1 else 2
