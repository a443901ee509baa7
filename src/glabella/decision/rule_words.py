"""A rule of a claim in plain words, so that anybody who has the numbers can come to the verdict by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from glabella.decision.rating import range_figures, range_words
from glabella.decision.said import Said, joined, said, within
from glabella.dossier.rules import (
    CertaintyRule,
    CountRule,
    EstimateRule,
    FactsRule,
    Filter,
    LicenceRule,
    ModeratorRule,
    OrderRule,
    RareHarmRule,
    Rule,
    ShareRule,
    StatedRule,
)

#: Trials for each coefficient, below which a moderator is not judged.
TRIALS_FOR_A_SLOPE = 10
#: Independent reports that stand in for a dated record of a licence.
REPORTS_OF_A_LICENCE = 2

Names = Mapping[str, str]


def in_words(rule: Rule, names: Names | None = None, important: Mapping[str, float] | None = None) -> Said:
    """Say a rule in plain words, so that anybody can come to the verdict by hand.

    Parameters
    ----------
    rule : Rule
        As the dossier declares it.
    names : mapping of str to str, optional
        What keys are called; a key without a name is said as it is, without its underscores.
    important : mapping of str to float, optional
        Smallest differences that matter, by analysis.

    Returns
    -------
    Said
        The words. Numbers and names stand beside them.

    Examples
    --------
    >>> rule = Rule.model_validate({"count": {"of": "trials", "at_least": 2}})
    >>> str(in_words(rule))
    'supported if trials are at least 2, else contradicted; untested if they are not counted'
    """
    names, important = names or {}, important or {}
    if rule.tested is not None:
        filtered = within("untested unless there is a study with {}", filter_words(rule.tested.where, names))
        return joined((filtered, in_words(rule.tested.then, names, important)), "; then ")
    if rule.cap is not None:
        held = " or ".join(rule.cap.of)
        part = in_words(rule.cap.rule, names, important)
        when = in_words(rule.cap.when, names, important)
        return joined(
            (part, within(f"but inconclusive instead of {held} while this is supported: [{{}}]", when)), "; "
        )
    if rule.parts:
        parts = [_listed(place, part, names, important) for place, part in enumerate(rule.parts)]
        if rule.kind == "denied":
            return within(
                "the opposite, supported and contradicted changing places, of: [{}]",
                in_words(rule.parts[0], names, important),
            )
        return within(f"{_OPERATORS[rule.kind]}: {{}}", joined(parts, " "))
    return _WORDS[rule.kind](getattr(rule, rule.kind), names, important)


_OPERATORS = {
    "all": "supported if all of these are, contradicted if one is, untested if all are, else inconclusive",
    "any": "supported if one of these is, contradicted if all are, untested if all are, else inconclusive",
    "first": "the first of these that is not untested decides",
}


def _listed(place: int, part: Rule, names: Names, important: Mapping[str, float]) -> Said:
    words, named = in_words(part, names, important), "" if part.parts else getattr(part, part.kind).named
    letter = said(chr(ord("a") + place))
    head = joined((letter, said("{part}", part=_name(named, names))), ", ") if named else letter
    return within("[{}]", joined((head, words), ": "))


def _name(key: str, names: Names) -> tuple[str, str]:
    return "name", names.get(key, key.replace("_", " "))


def filter_words(where: Filter, names: Names) -> Said:
    """Say which studies a filter asks for."""
    parts = []
    for key, wanted in where.items():
        if isinstance(wanted, (int, float)):
            asked = next((end for end in ("_below", "_at_least") if key.endswith(end)), "")
            words = {"_below": "below {x}", "_at_least": "of at least {x}", "": "of {x}"}[asked]
            parts.append(said(f"{{k}} {words}", k=_name(key.removesuffix(asked), names), x=("asked", wanted)))
            continue
        listed = (wanted,) if isinstance(wanted, str) else wanted
        values = joined((said("{v}", v=_name(one, names)) for one in listed), ", ", " and ")
        parts.append(joined((said("{k}", k=_name(key, names)), values), " "))
    return joined(parts, ", ", " and ")


def _estimate_words(atom: EstimateRule, names: Names, important: Mapping[str, float]) -> Said:
    size = important.get(atom.key)
    span = said(
        {
            "important_benefit": "at or above the smallest difference that matters",
            "any_benefit": "at or above zero",
            "not_worse": "above the smallest difference that matters for the worse",
            "little_or_none": "between the smallest differences that matter for the worse and for the better",
            "any_harm": "at or below zero",
            "important_harm": "at or below the smallest difference that matters for the worse",
        }[atom.target]
    )
    if size is not None:
        span = joined((span, said(f"({range_words(atom.target)})", **range_figures(atom.target, size))), " ")
    subject = said("supported if the estimate of {analysis}", analysis=_name(atom.key, names))
    head = joined((subject, span), " and its whole interval lie ")
    tail = said(
        f"contradicted if both lie outside on one side; each only with a certainty of at least {atom.need}; "
        "untested if there is no estimate, else inconclusive"
    )
    return joined((head, tail), "; ")


def _share_words(atom: ShareRule, names: Names, _: Mapping[str, float]) -> Said:
    asked = next(x for x in (atom.above, atom.below, atom.equals) if x is not None)
    where, tail = ("above", "at or below it") if atom.above is not None else ("below", "at or above it")
    if atom.equals is not None:
        where, tail = "within {off} of", "all farther"
    return said(
        f"supported if the whole interval of the share with {{outcome}} in {{arm}} lies {where} {{asked}}, "
        f"contradicted if {tail}; untested without counts, else inconclusive",
        outcome=_name(atom.outcome, names), arm=_name(atom.arm, names), asked=("asked", asked),
        **({"off": ("tolerance", atom.tolerance)} if atom.equals is not None else {}),
    )  # fmt: skip


def _stated_words(atom: StatedRule, names: Names, _: Mapping[str, float]) -> Said:
    number = "{low} to {high}" if atom.between else "{value}"
    figures: dict[str, tuple[str, float | str]] = (
        {"low": ("said, from", atom.between[0]), "high": ("said, to", atom.between[1])} if atom.between
        else {"value": ("said", atom.value or 0.0)}
    )  # fmt: skip
    return said(
        f"supported if {number} lies within the interval of {{quantity}}, contradicted if wholly outside; untested "
        "if that is not computed, else inconclusive",
        quantity=_name(atom.quantity, names), **figures,
    )  # fmt: skip


def _rare_harm_words(atom: RareHarmRule, names: Names, _: Mapping[str, float]) -> Said:
    return said(
        "supported if the exact upper limit of {event} in {population} lies below {per} of {all}, contradicted if "
        "the lower one lies above; untested if not reported, else inconclusive",
        event=_name(atom.event, names), population=_name(atom.population, names),
        per=("asked, of a thousand", 1000 * atom.per), all=("of so many", 1000),
    )  # fmt: skip


def _facts_words(atom: FactsRule, names: Names, _: Mapping[str, float]) -> Said:
    if not (atom.supports or atom.against or atom.unclear):
        return said("untested, as no sentence bears on it")
    sides = (
        ("sources for it: {}", atom.supports), ("sources against it: {}", atom.against),
        ("sources that cannot tell: {}", atom.unclear),
    )  # fmt: skip
    lists = [
        within(text, joined((said("{s}", s=("name", names.get(one, one))) for one in listed), ", ", " and "))
        for text, listed in sides
        if listed
    ]
    best = "inconclusive instead of either, as these are weak; " if atom.weak else ""
    return joined(
        (*lists, said(
            "supported if only sources for it were seen, contradicted if only sources against it were; "
            f"{best}inconclusive if both were, one cannot tell, or they are only reported; else untested"
        )),
        "; ",
    )  # fmt: skip


def _count_words(atom: CountRule, names: Names, _: Mapping[str, float]) -> Said:
    subject = said("{of}", of=_name(atom.of, names))
    if atom.where:
        subject = joined((subject, filter_words(atom.where, names)), " with ")
    if atom.at_least_share is not None:
        among = (
            joined((said("of all"), filter_words(atom.among, names)), " with ") if atom.among else said("of all")
        )
        asked = said("are at least {share} of {hundred}", share=("share asked, of a hundred",
                     100 * atom.at_least_share), hundred=("the whole", 100))  # fmt: skip
        return within(
            "supported if {}, else contradicted; untested if nothing is counted",
            joined((subject, among, asked), " "),
        )
    word, number = (
        ("at least", atom.at_least) if atom.at_least is not None
        else ("at most", atom.at_most) if atom.at_most is not None else ("exactly", atom.equals)
    )  # fmt: skip
    assert number is not None
    return within(
        "supported if {}, else contradicted; untested if they are not counted",
        joined((subject, said(f"are {word} {{asked}}", asked=("asked", number))), " "),
    )


def _order_words(atom: OrderRule, names: Names, _: Mapping[str, float]) -> Said:
    figures: dict[str, tuple[str, float | str]] = {"first": _name(atom.first, names)}
    if atom.between is not None:
        figures |= {"low": ("earliest", atom.between[0]), "high": ("latest", atom.between[1])}
        words = "supported if the limits of {first} lie within {low} to {high}, contradicted if wholly outside"
    else:
        figures["second"] = _name(atom.second or "", names)
        words = (
            f"supported if the limits of {{first}} lie wholly {atom.relation} than those of {{second}}, "
            "contradicted if wholly the other way"
        )
    return said(
        f"{words}, from {{trials}} or more trials; untested if a time is missing, else inconclusive",
        **figures, trials=("trials asked", atom.trials_at_least),
    )  # fmt: skip


def _licence_words(atom: LicenceRule, names: Names, _: Mapping[str, float]) -> Said:
    return said(
        "supported if a dated record, or else {reports} independent reports, say that {authority} approved {use}; "
        "contradicted if they say that it did not; else untested",
        reports=("reports asked", REPORTS_OF_A_LICENCE), authority=_name(atom.authority, names),
        use=_name(atom.use, names),
    )  # fmt: skip


def _moderator_words(atom: ModeratorRule, names: Names, _: Mapping[str, float]) -> Said:
    way, other = ("larger", "smaller") if atom.direction == "positive" else ("smaller", "larger")
    return said(
        f"supported if the effect of {{analysis}} is {way} with more of {{by}} and the interval of the change "
        f"excludes zero, contradicted if it is {other}; untested unless declared beforehand with at least "
        "{trials} trials for each coefficient, or seen within trials; else inconclusive",
        analysis=_name(atom.analysis, names),
        by=_name(atom.by, names),
        trials=("trials asked", TRIALS_FOR_A_SLOPE),
    )  # fmt: skip


def _certainty_words(atom: CertaintyRule, names: Names, _: Mapping[str, float]) -> Said:
    limit = f"at least {atom.at_least}" if atom.at_least is not None else f"at most {atom.at_most}"
    return said(
        f"supported if the certainty of {{analysis}} is {limit}, else contradicted; "
        "untested if there is no estimate",
        analysis=_name(atom.analysis, names),
    )


_WORDS: dict[str, Callable[[Any, Names, Mapping[str, float]], Said]] = {
    "estimate": _estimate_words,
    "share": _share_words,
    "stated": _stated_words,
    "rare_harm": _rare_harm_words,
    "facts": _facts_words,
    "count": _count_words,
    "order": _order_words,
    "licence": _licence_words,
    "moderator": _moderator_words,
    "certainty": _certainty_words,
}
