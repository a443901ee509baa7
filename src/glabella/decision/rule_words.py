"""A rule of a claim in plain words, so that anybody who has the numbers can come to the verdict by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
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
    Stated,
    StatedRule,
)

#: Trials for each coefficient, below which a moderator is not judged.
TRIALS_FOR_A_SLOPE = 10
#: Independent reports that stand in for a dated record of a licence.
REPORTS_OF_A_LICENCE = 2

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Known:
    """What words need beside a rule."""

    names: Names
    important: Mapping[str, float]
    ratios: Collection[str]


def in_words(
    rule: Rule,
    names: Names | None = None,
    important: Mapping[str, float] | None = None,
    ratios: Collection[str] = (),
) -> Said:
    """Say a rule in plain words, so that anybody can come to the verdict by hand.

    Parameters
    ----------
    rule : Rule
        As the dossier declares it.
    names : mapping of str to str, optional
        What keys are called; a key without a name is said as it is, without its underscores.
    important : mapping of str to float, optional
        Smallest differences that matter, by analysis; of a ratio on the log scale.
    ratios : collection of str
        Analyses whose effects are ratios, which are said as people read them.

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
    return _in_words(rule, _Known(names or {}, important or {}, ratios))


def _in_words(rule: Rule, known: _Known) -> Said:
    names = known.names
    if rule.tested is not None:
        filtered = within("untested unless there is a study with {}", filter_words(rule.tested.where, names))
        return joined((filtered, _in_words(rule.tested.then, known)), "; then ")
    if rule.cap is not None:
        held = " or ".join(rule.cap.of)
        part = _in_words(rule.cap.rule, known)
        when = _in_words(rule.cap.when, known)
        return joined(
            (part, within(f"but inconclusive instead of {held} while this is supported: [{{}}]", when)), "; "
        )
    if rule.parts:
        parts = [_listed(place, part, known) for place, part in enumerate(rule.parts)]
        if rule.kind == "denied":
            return within(
                "the opposite, supported and contradicted changing places, of: [{}]",
                _in_words(rule.parts[0], known),
            )
        return within(f"{_OPERATORS[rule.kind]}: {{}}", joined(parts, " "))
    return _WORDS[rule.kind](getattr(rule, rule.kind), known)


_OPERATORS = {
    "all": "supported if all of these are, contradicted if one is, untested if all are, else inconclusive",
    "any": "supported if one of these is, contradicted if all are, untested if all are, else inconclusive",
    "first": "the first of these that is not untested decides",
}


def _listed(place: int, part: Rule, known: _Known) -> Said:
    words, named = _in_words(part, known), "" if part.parts else getattr(part, part.kind).named
    letter = said(chr(ord("a") + place))
    head = joined((letter, said("{part}", part=_name(named, known.names))), ", ") if named else letter
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


#: Of each statement: where the interval lies if it holds, and if it does not.
_LIES: dict[Stated, tuple[str, str]] = {
    "important_benefit": ("at or above the smallest difference that matters", "below it"),
    "any_benefit": ("at or above {none}", "below it"),
    "not_worse": ("above the smallest difference that matters for the worse", "below it"),
    "little_or_none": (
        "between the smallest differences that matter for the worse and for the better", "outside on one side",
    ),
    "any_harm": ("at or below {none}", "above it"),
    "important_harm": ("at or below the smallest difference that matters for the worse", "above it"),
}  # fmt: skip


def _estimate_words(atom: EstimateRule, known: _Known) -> Said:
    size, ratio = known.important.get(atom.key), atom.key in known.ratios
    none = "one" if ratio else "zero"
    inside, outside = _LIES[atom.target]
    span = said(inside.format(none=none))
    if size is not None and (figures := range_figures(atom.target, size)):
        if ratio:
            figures = {key: (label, math.exp(float(number))) for key, (label, number) in figures.items()}
        span = joined((span, said(f"({range_words(atom.target)})", **figures)), " ")
    if atom.harm is None:
        subject = said("supported if the whole interval of {analysis}", analysis=_name(atom.key, known.names))
    else:
        subject = said(
            "supported if the whole interval of how much smaller the share with {harm} is than on {control}",
            harm=_name(atom.harm, known.names), control=_name(atom.against or "", known.names),
        )  # fmt: skip
    head = joined((subject, span), f", above {none} being good, lies ")
    tail = said(
        f"contradicted if {outside}, each only with at least {atom.need} certainty that it does; untested without "
        "an estimate, else inconclusive"
    )
    return joined((head, tail), ", ")


def _share_words(atom: ShareRule, known: _Known) -> Said:
    asked = next(x for x in (atom.above, atom.below, atom.equals) if x is not None)
    where, tail = ("above", "at or below it") if atom.above is not None else ("below", "at or above it")
    if atom.equals is not None:
        where, tail = "within {off} of", "all farther"
    return said(
        "supported if the whole exact interval of the share counted with {outcome} among {arm} lies "
        f"{where} {{asked}}, contradicted if {tail}; untested without counts, else inconclusive",
        outcome=_name(atom.outcome, known.names), arm=_name(atom.arm, known.names), asked=("asked", asked),
        **({"off": ("tolerance", atom.tolerance)} if atom.equals is not None else {}),
    )  # fmt: skip


def _stated_words(atom: StatedRule, known: _Known) -> Said:
    number, whole = ("{low} to {high}", " or holds it whole") if atom.between else ("{value}", "")
    figures: dict[str, tuple[str, float | str]] = (
        {"low": ("said, from", atom.between[0]), "high": ("said, to", atom.between[1])} if atom.between
        else {"value": ("said", atom.value or 0.0)}
    )  # fmt: skip
    return said(
        f"supported if {number} lies within the interval of {{quantity}}{whole}, contradicted if wholly outside; "
        "untested if that is not known, else inconclusive",
        quantity=_name(atom.quantity, known.names), **figures,
    )  # fmt: skip


def _rare_harm_words(atom: RareHarmRule, known: _Known) -> Said:
    return said(
        "supported if the exact upper limit of {event} in {population} lies below {per} of {all}, contradicted if "
        "the lower one lies above; untested if not reported, else inconclusive",
        event=_name(atom.event, known.names), population=_name(atom.population, known.names),
        per=("asked, of a thousand", 1000 * atom.per), all=("of so many", 1000),
    )  # fmt: skip


def _facts_words(atom: FactsRule, known: _Known) -> Said:
    sides = {"for it": atom.supports, "against it": atom.against, "that cannot tell": atom.unclear}
    given = {
        side: joined((said("{s}", s=_name(one, known.names)) for one in listed), ", ", " or ")
        for side, listed in sides.items()
        if listed
    }
    if not given:
        return said("untested, as no sentence bears on it")
    decisive = {"for it": "supported", "against it": "contradicted"}
    if atom.weak or not decisive.keys() & given.keys():
        named = joined((within(f"a source {side} ({{}})", one) for side, one in given.items()), " or ")
        why = ", as too weak to decide" if atom.weak else ""
        return within(f"inconclusive if {{}} was seen or reported{why}; else untested", named)
    if len(given) == 1:
        ((side, one),) = given.items()
        return within(
            f"{decisive[side]} if a source {side} ({{}}) was seen, inconclusive if only reported, else untested",
            one,
        )
    # With sources of several sides a verdict asks that none of another side was seen.
    lists = [
        within(
            f"{decisive[side]} if only sources {side} ({{}}) were seen" if side in decisive
            else "inconclusive if one that cannot tell ({}) was", one,
        )
        for side, one in given.items()
    ]  # fmt: skip
    end = said("inconclusive if more than one kind was seen, or they are only reported; else untested")
    return joined((*lists, end), ", ", "; ")


def _count_words(atom: CountRule, known: _Known) -> Said:
    subject = said("{of}", of=_name(atom.of, known.names))
    if atom.where:
        subject = joined((subject, filter_words(atom.where, known.names)), " with ")
    if atom.at_least_share is not None:
        among = (
            joined((said("of all"), filter_words(atom.among, known.names)), " with ")
            if atom.among
            else said("of all")
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


def _order_words(atom: OrderRule, known: _Known) -> Said:
    figures: dict[str, tuple[str, float | str]] = {"first": _name(atom.first, known.names)}
    if atom.between is not None:
        figures |= {"low": ("earliest", atom.between[0]), "high": ("latest", atom.between[1])}
        words = "supported if the limits of {first} lie within {low} to {high}, contradicted if wholly outside"
    else:
        figures["second"] = _name(atom.second or "", known.names)
        words = (
            f"supported if the limits of {{first}} lie wholly {atom.relation} than those of {{second}}, "
            "contradicted if wholly the other way"
        )
    return said(
        f"{words}, from {{trials}} or more trials; untested if a time is missing, else inconclusive",
        **figures, trials=("trials asked", atom.trials_at_least),
    )  # fmt: skip


def _licence_words(atom: LicenceRule, known: _Known) -> Said:
    return said(
        "supported if a dated record, or else {reports} independent reports, say that {authority} approved it for "
        "{use}; contradicted if they say that it did not; else untested",
        reports=("reports asked", REPORTS_OF_A_LICENCE), authority=_name(atom.authority, known.names),
        use=_name(atom.use, known.names),
    )  # fmt: skip


def _moderator_words(atom: ModeratorRule, known: _Known) -> Said:
    way, other = ("larger", "smaller") if atom.direction == "positive" else ("smaller", "larger")
    return said(
        f"supported if the effect of {{analysis}} is {way} with more of {{by}} and the interval of the change "
        f"excludes zero, contradicted if it is {other}; untested unless declared beforehand with at least "
        "{trials} trials for each coefficient, or seen within trials; else inconclusive",
        analysis=_name(atom.analysis, known.names),
        by=_name(atom.by, known.names),
        trials=("trials asked", TRIALS_FOR_A_SLOPE),
    )  # fmt: skip


#: What the certainty is of.
_STATEMENTS: dict[Stated, str] = {
    "important_benefit": "of a benefit that matters", "any_benefit": "of any benefit",
    "not_worse": "of no worse effect",    "little_or_none": "of little or no difference", "any_harm": "of any harm",
    "important_harm": "of a harm that matters",
}  # fmt: skip


def _certainty_words(atom: CertaintyRule, known: _Known) -> Said:
    limit = f"at least {atom.at_least}" if atom.at_least is not None else f"at most {atom.at_most}"
    return said(
        f"supported if the certainty {_STATEMENTS[atom.target]} (or of its opposite, where the estimate lies) in "
        f"{{analysis}} is {limit}, else contradicted; untested if there is no estimate",
        analysis=_name(atom.analysis, known.names),
    )


_WORDS: dict[str, Callable[[Any, _Known], Said]] = {
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
