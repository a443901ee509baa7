"""How the treatment compares with others: trials that set them side by side, then an indirect comparison.

The indirect comparison rests on the assumption that the network's trials and the dossier's are alike. How sure it
is and how far it moves therefore stands before any of its numbers; none of them stands without the one in which the
controls of both are alike, where that can be had, and the one with the joined trials' own spread comes first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from glabella.brief.joined import Alternative, Joined, JoinedWay, choice_of, joined
from glabella.brief.measure import NAMES, axis, favours, holds, is_ratio, null_of, null_word
from glabella.brief.quoting import capital, quote, say, say_all
from glabella.brief.results import Results
from glabella.brief.words import words_of
from glabella.dossier import Comparison, Evidence, Statement, Study
from glabella.shown import (
    Axis,
    Block,
    Claim,
    Column,
    Details,
    Drawn,
    Figure,
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
    Strong,
    Table,
)

if TYPE_CHECKING:
    from glabella.brief.compared import Compared

_RANDOMISED = {"yes": "randomised", "no": "not randomised", "unclear": "not clearly randomised"}
_BLINDING = {
    "double": "double-blind",
    "single": "single-blind",
    "open": "open-label",
    "unknown": "blinding not known",
}
#: How a difference is worded at each certainty; where it is very low, none is.
_VERBS = {"moderate": "probably works better than", "low": "may work better than"}


def report(results: Results, book: Ledger) -> Section | None:
    """Compare with other treatments: directly where trials did, and through a network where the dossier has one."""
    evidence = results.evidence
    found, direct = joined(results, book), direct_trials(evidence)
    if found is None and not direct:
        return None
    # What trials compared directly leads; where none did, what can be said indirectly.
    content = [_answer(found, "lead") if found and not direct else _lead(evidence, book, direct)]
    content += [Heading("Trials that set them side by side"), *_direct(evidence, book, direct, found)]
    if found is not None:
        content += _indirect(found, words_of(evidence).control, answered=not direct)
        content += _alternatives(found)
        content += _alike(book, found.compared)
        content.append(_other_choices(found))
    return Section("compare", "How does it compare with other treatments?", tuple(content))


# --- trials that set them side by side ----------------------------------------------------------------------


def treatments_of(evidence: Evidence) -> frozenset[str]:
    """Give the products that are the dossier's treatment, by their keys."""
    others = ("control", "comparator")
    return frozenset(key for key, one in evidence.products.products.items() if one.kind not in others)


def direct_trials(evidence: Evidence) -> tuple[tuple[Study, Comparison], ...]:
    """Give the comparisons of the treatment with a drug, each with its study."""
    own = treatments_of(evidence)
    return tuple(
        (study, one)
        for study in evidence.studies.values()
        for one in study.comparisons.values()
        if one.control == "drug"
        and study.arms[one.arm].treatment in own
        and study.arms[one.versus].treatment not in own
    )


def direct_statements(evidence: Evidence) -> dict[int, Statement]:
    """Give the dossier's sentences on combinations that speak of such a trial, by their place among all."""
    reports = {key for study, _ in direct_trials(evidence) for key in study.reports}
    said = enumerate(evidence.products.combination)
    return {place: one for place, one in said if reports.intersection(one.sources)}


def _lead(evidence: Evidence, book: Ledger, trials: tuple[tuple[Study, Comparison], ...]) -> Block:
    """Say first what trials compared directly; what is indirect comes after."""
    name, said = words_of(evidence).treatment, direct_statements(evidence)
    for place, one in said.items():
        return Paragraph(say(book, one, f"with{place}"), "lead")
    randomised = any(study.design.randomised == "yes" for study, _ in trials)
    how = "At least one of them is randomised." if randomised else "None of them is clearly randomised."
    return Paragraph(f"The trials below compared {name} with another treatment. {how}", "lead")


def _direct(
    evidence: Evidence, book: Ledger, trials: tuple[tuple[Study, Comparison], ...], found: Joined | None
) -> list[Block]:
    if found is not None and not trials:
        return [Paragraph(f"No trial of this dossier sets {found.compared.name} beside another treatment.")]
    said = direct_statements(evidence)
    covered = {key for one in said.values() for key in one.sources}
    # The first of them leads the section.
    blocks: list[Block] = [Paragraph(say(book, one, f"with{place}")) for place, one in list(said.items())[1:]]
    randomised_first = sorted(trials, key=lambda each: each[0].design.randomised != "yes")
    blocks.append(Items(tuple(_trial(evidence, book, *each, covered) for each in randomised_first)))
    if found is not None:
        inside = {effect.study for way in found.compared.ways for effect in way.effects}
        if not inside.intersection(study.id for study, _ in trials):
            blocks.append(Paragraph("None of these trials enters the indirect comparison below.", "note"))
    return blocks


def _trial(evidence: Evidence, book: Ledger, study: Study, one: Comparison, covered: set[str]) -> Inline:
    """Name a trial and its design; what it found, too, unless a sentence on it stands above."""
    design = f"{_RANDOMISED[study.design.randomised]}, {_BLINDING[study.design.blinding]}"
    pieces: list[Inline] = [Name(study.label), ": against ", Name(study.arms[one.versus].label), f"; {design}."]
    pieces += _people(book, study, one)
    pieces += _seen(evidence, book, study, one)
    if not covered.intersection(study.reports):
        # By the names that the claims of a study have everywhere.
        said = say_all(book, (*study.population, *study.findings), f"study.{study.id}.")
        pieces += [piece for each in said for piece in (" ", each)]
    return tuple(pieces)


def _people(book: Ledger, study: Study, one: Comparison) -> list[Inline]:
    """Give how many people each side had, where that was seen."""
    sides = [study.arms[key] for key in (one.arm, one.versus)]
    numbers = [arm.n_randomised for arm in sides]
    if not all(number is not None and number.value is not None and number.usable for number in numbers):
        return []
    first, second = (
        quote(book, number, f"direct.{study.id}.{place}", f"people: {study.label}, {arm.label}")
        for place, (arm, number) in enumerate(zip(sides, numbers, strict=True))
        if number is not None
    )
    return [" ", Shown(first), " v ", Shown(second), " people."]


def _seen(evidence: Evidence, book: Ledger, study: Study, one: Comparison) -> list[Inline]:
    """Give how many of each side had an event, where both were seen."""
    said: list[Inline] = []
    for place, result in enumerate(study.results):
        sides = [result.arms.get(key) for key in (one.arm, one.versus)]
        shares = [side.percent for side in sides if side is not None and side.percent is not None]
        if len(shares) < 2 or not all(share.value is not None and share.usable for share in shares):
            continue
        what = result.definition or evidence.dossier.outcomes[result.outcome].label
        week = evidence.words.at(result.time)
        label = f"{what}: {study.label}"
        first, second = (
            quote(book, share, f"direct.{study.id}.seen{place}.{side}", label, time_span=week)
            for side, share in enumerate(shares)
        )
        said += [f" {capital(what)}, ", Name(week), ": ", Shown(first), " v ", Shown(second), "."]
    return said


# --- the indirect comparison --------------------------------------------------------------------------------


def _answer(found: Joined, look: Literal["lead", ""] = "") -> Block:
    """Say who works better, or that nobody can tell, with how sure that is and how far the estimates reach."""
    compared, word = found.compared, found.compared.certainty
    undecided = holds(found.range, compared.comparators.measure)
    # The one that every way to compare them favours, if there is one, comes first.
    above = not undecided and (found.range.low or 0.0) > null_of(compared.comparators.measure)
    turned = not undecided and above != found.higher
    one, other = (compared.first, compared.name) if turned else (compared.name, compared.first)
    if undecided:
        said = f"We cannot tell whether {one} works better than {other}: over all the ways to compare them"
    elif word in _VERBS:
        said = f"{capital(one)} {_VERBS[word]} {other}: over all the ways to compare them"
    else:
        said = (
            f"We cannot tell whether {one} works better than {other}, although every way to compare them says so:"
        )
    return Paragraph(
        (
            f"{said} the {_measured(found)} reaches from ",
            Shown(found.range, "limits"),
            f", where {null_word(compared.comparators.measure)} means no difference. Certainty: ",
            Icon("certainty", word),
            ".",
        ),
        look,
    )


def _indirect(found: Joined, control: str, *, answered: bool) -> list[Block]:
    """Say how the comparison is made and how sure it is; then each way to join, the one with most trials first."""
    compared = found.compared
    name, node = compared.name, compared.control
    return [
        Heading(f"Indirect comparison, through {node}"),
        *(() if answered else (_answer(found),)),
        Paragraph(
            (
                f"The trials of {name} compared it with {control}. In ",
                Name(compared.comparators.label),
                f" other treatments were compared with each other and with {node}. ",
                f"Treating {control} as that {node} links the two. ",
                Strong(("Certainty: ", Icon("certainty", compared.certainty), ".")),
                f" Why: {'; '.join(compared.reasons)}.",
            )
        ),
        _fragile(found),
        *_joins(found),
        Items(tuple((Strong(f"{capital(one.way.label)}: "), f"{one.way.why}.") for one in _largest_first(found))),
    ]


def _joins(found: Joined) -> list[Table]:
    """Give each way to join: with its trials' own spread, with the control as in the network, and as it stands."""
    compared = found.compared
    node, ways = compared.control, _largest_first(found)
    tables = []
    for against, of in (
        (node, [(one.own_control, one.corrected_control, one.control) for one in ways]),
        (compared.first, [(one.own, one.corrected, one.first) for one in ways]),
    ):
        heads = (
            "with the joined trials’ own spread",
            f"{node} as in the network’s trials",
            "with the network’s spread",
        )
        kept = [place for place in range(3) if any(each[place] for each in of)]
        rows = tuple(
            Row((one.way.label, Shown(one.k, "number"), *(_or_not(each[place]) for place in kept)))
            for one, each in zip(ways, of, strict=True)
        )
        side = favours(compared.comparators.measure, compared.comparators.better, compared.name)
        caption = (f"{capital(_measured(found))} against {against}; {side}. Certainty of each: ",
                   Icon("certainty", compared.certainty), ".")  # fmt: skip
        columns = [Column("joined through"), Column("comparisons", "number")]
        columns += [Column(heads[place], "number") for place in kept]
        tables.append(Table(caption, tuple(columns), rows))
    tables[-1] = replace(tables[-1], note=(_narrower(found), *_corrected(found)))
    return tables


def _or_not(claim: Claim | None) -> Inline:
    return "not possible" if claim is None else Shown(claim, "bare")


def _corrected(found: Joined) -> tuple[Inline, ...]:
    """Say what the correction of the control's risk needs, where not every way has it."""
    have = [one.corrected is not None for one in found.ways]
    if all(have) or not any(have):
        return ()
    return (f" The risk on {found.compared.control} can be moved only where every joined trial counted the event.",)


def _fragile(found: Joined) -> Block:
    """Say how far the rank moves, and what the controls alone do to the estimate."""
    compared, ranks = found.compared, found.ranks
    moves: tuple[Inline, ...] = (
        (
            Strong("Its place is fragile. "),
            "Over all the ways to compare it, it ranks from ",
            Shown(ranks, "limits"),
        )
        if ranks.low != ranks.high
        else ("In all the ways to compare it, it ranks ", Shown(ranks, "number"))
    )
    bias: tuple[Inline, ...] = (
        (
            f" The odds of {found.outcome} on {compared.control} were ",
            Shown(found.bias, "bare"),
            f" times as high in the network’s trials as in those of {compared.name}: a difference between the "
            f"controls, not between the treatments, that by itself multiplies the {found.measure}.",
        )
        if found.bias
        else ()
    )
    return Paragraph(
        (
            *moves,
            " among ",
            Shown(found.options, "number"),
            " treatments in ",
            Shown(found.studies, "number"),
            " trials; rank one is the best.",
            *bias,
            f" Only {compared.control} ties {compared.name} to the network, so no direct "
            "evidence can confirm or refute the comparison.",
        )
    )


def _narrower(found: Joined) -> Inline:
    """Say why intervals are narrower than where the trials are pooled by themselves, where they are."""
    compared = [_width(found, one.own) > _width(found, one.first) for one in found.ways if one.own]
    if not any(compared):
        return ""
    which = "Intervals" if all(compared) else "Some intervals"
    return (
        f"{which} are narrower here than where the same trials are pooled by themselves, and estimates differ a "
        "little, because the network has "
        "one spread between trials (standard deviation ",
        Shown(found.tau, "number"),
        "), which its other trials mostly decide. The column that stands first gives the joined trials the spread "
        "that they have among themselves.",
    )


def _width(found: Joined, claim: Claim) -> float:
    """Give an interval's width, of a ratio as that of its ends' ratio."""
    low, high = claim.low or 0.0, claim.high or 0.0
    return high / low if is_ratio(found.compared.comparators.measure) else high - low


def _alternatives(found: Joined) -> list[Block]:
    """Give every alternative: drawn under the way with most comparisons, and the rest folded."""
    name = found.compared.name
    sizes = [one.k.value or 0.0 for one in found.ways[:2]]
    wide = sizes.index(max(sizes))
    others = found.others
    # Where the risk on the control could be moved, the number without that is not given for each alternative.
    mended = any(one.corrected for one in others)
    sign = -1.0 if found.higher else 1.0
    shown = sorted(
        ((one, one.corrected if mended else one.effects[wide]) for one in others),
        key=lambda pair: sign * (pair[1].value or 0.0 if pair[1] is not None else 0.0),
    )
    how = f", {found.compared.control} as in the network’s trials" if mended else ""
    columns = (
        Column("alternative"),
        Column("trials", "number"),
        Column(f"{name} against it{how}", "number"),
        Column("", "drawn"),
    )
    rows = tuple(
        Row(
            (
                (Name(one.label), Small(Name(one.long))) if one.long else Name(one.label),
                Shown(one.trials, "number"),
                _or_not(effect),
                Drawn(effect) if effect is not None else "",
            )
        )
        for one, effect in shown
    )
    joined = found.ways[0 if mended else wide].way.label
    caption = (
        f"{capital(name)} against each alternative, joined through {joined}: {found.measure}. Certainty of each: ",
        Icon("certainty", found.compared.certainty),
        ".",
    )
    axis = _axis(found, tuple(effect for _, effect in shown if effect is not None))
    return [Table(caption, columns, rows, axis), _graph(found), _ranked(found, wide)]


def _axis(found: Joined, claims: tuple[Claim, ...]) -> Axis:
    comparators, name = found.compared.comparators, found.compared.name
    drawn = axis(comparators.measure, comparators.better, name, claims)
    other = "favours the alternative"
    return replace(drawn, left=other) if found.higher else replace(drawn, right=other)


def _graph(found: Joined) -> Figure:
    from glabella.plot import network_graph

    compared = found.compared
    kinds = sorted(compared.comparators.treatments.values(), key=lambda one: one.kind)
    order = [compared.name, *dict.fromkeys(one.label for one in kinds)]
    tied = f"only {compared.control} ties {compared.name} to the others"
    return Figure(
        "network",
        network_graph(*compared.named(), order=order),
        alt=f"Network graph: every treatment, with a line between two that were compared in a trial; {tied}.",
        caption=f"Who was compared with whom; {tied}.",
    )


def _ranked(found: Joined, wide: int) -> Block:
    """Give ranks, scores and the other way to join: for specialists."""
    compared, name, base = found.compared, found.compared.name, found.ways[0]
    designs = found.inconsistency
    ways = _largest_first(found)
    ranks = Table(
        f"Ranks of {name}; rank one is the best.",
        (
            Column("joined through"),
            Column("median rank (in most draws)", "number"),
            Column("ranked first, of a hundred draws", "number"),
            Column("P-score", "number"),
            Column(f"against {compared.first}, expected in a new trial", "number"),
        ),
        tuple(
            Row(
                (
                    one.way.label,
                    Shown(one.rank, "bare"),
                    Shown(one.best, "number"),
                    Shown(one.score, "number"),
                    Shown(one.prediction, "limits"),
                )
            )
            for one in ways
        ),
    )
    node = compared.comparators.joined.node
    second, mended = wide != 0, any(one.corrected for one in found.others)
    columns = [
        Column("alternative"),
        Column(f"itself against {compared.control}", "number"),
        *(
            (Column(f"{name} against it, {compared.control} as in the network’s trials", "number"),)
            if mended and second
            else ()
        ),
        *((Column(f"{name} against it", "number"),) if second else ()),
        Column("expected in a new trial", "number"),
    ]
    rows = tuple(
        Row(
            (
                Name(one.label),
                "the link" if one.key == node else Shown(one.control, "bare"),
                *((_or_not(one.corrected),) if mended and second else ()),
                *((Shown(one.effects[0], "bare"),) if second else ()),
                Shown(one.prediction, "limits"),
            )
        )
        for one in _best_first(found, 0)
    )
    each = Table(f"Each alternative, joined through {base.way.label}: {found.measure}.", tuple(columns), rows)
    words = Paragraph(
        (
            "The P-score is the mean certainty that a treatment is better than another, if all the trials are "
            "alike. The true effects of trials differ by a standard deviation of ",
            Shown(found.tau, "number"),
            ". ",
            *(
                ("Test of inconsistency between the network’s designs: p = ", Shown(designs, "number"), ". ")
                if designs.value is not None
                else ("The network has no loop of designs in which inconsistency could show. ",)
            ),
            "A treatment with few trials can rank first by luck.",
        )
    )
    return Details("Ranks, scores and new trials", (ranks, each, words))


def _alike(book: Ledger, compared: Compared) -> list[Block]:
    """Say where both sets of trials differ, and what the network's own authors say of it."""
    comparators = compared.comparators
    rows = tuple(
        Row(
            (
                each.topic,
                say(book, each.network, f"contrast{place}.network"),
                say(book, each.here, f"contrast{place}.here"),
                "yes" if each.serious else "less likely",
            )
        )
        for place, each in enumerate(comparators.transitivity)
    )
    columns = (
        Column("what"),
        Column("in the network", "wide"),
        Column(f"in the trials of {compared.name}", "wide"),
        Column("could turn the result"),
    )
    caption = f"Where the network’s trials and those of {compared.name} differ."
    return [
        Heading("Why the trials may not be comparable"),
        Table(caption, columns, rows),
        Items(say_all(book, (*comparators.judgement, comparators.origin), "judgement")),
    ]


def _other_choices(found: Joined) -> Block:
    """Give the comparison with the first alternative under each other choice."""
    compared = found.compared
    caption = f"{capital(compared.name)} against {compared.first}, one choice changed at a time; rank by P-score."
    rows = tuple(
        Row(
            (
                (choice_of(compared, one.shift), Small(Name(one.shift.option))),
                Shown(one.effect, "bare"),
                Drawn(one.effect),
                Shown(one.rank, "number"),
            )
        )
        for one in found.moved
    )
    columns = (
        Column("choice"),
        Column(f"against {compared.first}", "number"),
        Column("", "drawn"),
        Column("rank", "number"),
    )
    axis = _axis(found, tuple(one.effect for one in found.moved))
    lost = "; ".join(f"{choice_of(compared, each)}, {each.option}: {each.found.reason}" for each in found.lost)
    note = Name(f"Not possible: {lost}.") if lost else ""
    return Details("How far the comparison moves with each choice", (Table(caption, columns, rows, axis, note),))


def _largest_first(found: Joined) -> list[JoinedWay]:
    """Sort ways to join by their comparisons, the most first: what few trials say does not lead."""
    return sorted(found.ways, key=lambda one: -(one.k.value or 0.0))


def _best_first(found: Joined, way: int) -> list[Alternative]:
    """Sort alternatives by the treatment's effect against each, the largest advantage first."""
    sign = -1.0 if found.higher else 1.0
    return sorted(found.others, key=lambda one: sign * (one.effects[way].value or 0.0))


def _measured(found: Joined) -> str:
    """Give the measure with what it is of."""
    return f"{found.measure} {NAMES[found.compared.comparators.measure][1]} {found.outcome}"
