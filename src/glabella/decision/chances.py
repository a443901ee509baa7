"""Of how many people the event is expected, without an option and with it, for people like this one.

An effect's *next* trial is put on the chance without the option in people like this person; both are uncertain, and
no answer that is missing makes that less. Where the trials allow no single number, the number is refused with its
reasons, and what stands is how often the event comes without, and what it would be as others read the trials.

Everything here is for people like this person in these respects. No effect is made personal.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.decision.course import reached
from glabella.decision.eligibility import Eligibility, eligibility
from glabella.decision.nearness import Distance, distances, lowered
from glabella.decision.rating import LEVELS, Level
from glabella.decision.uncertain import Uncertain, exactly, limits, share_counted, share_printed
from glabella.dossier import Answers, Baseline, Consultation, ConsultOption, OfBaseline, Score, When
from glabella.dossier.conditions import holds, open_asks, standing
from glabella.synthesis import risk_with

Floats = NDArray[np.float64]
Measure = Literal["OR", "RR", "RD", "SMD", "MD"]
Which = Literal["higher", "lower"]
#: What an effect is of: a next trial like these; what these trials found themselves, which is less wide.
Of = Literal["next trial", "these trials"]
#: From which width of its interval on a chance is no single number.
WIDEST = 0.5
#: Why no single number is given. ``one trial``: no next trial can be told; ``open``: an answer that is missing;
#: ``low``: the score is as low as in those who are well, and no trial was of such people.
Why = Literal["very low", "wide", "stop", "nobody", "one trial", "open", "low"]
#: ``number``: a chance with its interval. ``if``: the same, if answers that are missing are as they mostly were in
#: the trials. ``readings``: no single number. ``withheld``: nothing is computed for such a person. ``no number``:
#: none is known.
State = Literal["number", "if", "readings", "withheld", "no number"]


@dataclass(frozen=True, eq=False)
class EffectOn:
    """An effect on how often the event comes.

    Attributes
    ----------
    id, label : str
        Of the analysis or of the treatment in a network.
    measure : {"OR", "RR", "RD", "SMD", "MD"}
        What it is; ratios as logarithms.
    size : Uncertain
        How large it is.
    of : {"next trial", "these trials"}
        What that is of.
    trials : int
        Behind it; of a network those that have the treatment.
    people : float or None
        In them; None where a network does not tell.
    events : {"higher", "lower"}
        Of scores: whether high or low ones count as the event.
    sd : float or None
        Of points: their standard deviation.
    own : float or None
        How often the event came in its own trials' controls; None where that was not counted.
    less : str
        The bias that was taken off, by its key; empty for none.
    """

    id: str
    label: str
    measure: Measure
    size: Uncertain
    of: Of
    trials: int
    people: float | None
    events: Which = "higher"
    sd: float | None = None
    own: float | None = None
    less: str = ""

    def less_than_zero(self) -> float:
        """Give the probability that the event is less often with it."""
        turned = self.measure in ("SMD", "MD") and self.events == "lower"
        return 1 - self.size.below(0.0) if turned else self.size.below(0.0)


@dataclass(frozen=True, slots=True)
class EffectsOf:
    """What is known of an option's effect.

    Attributes
    ----------
    main : EffectOn
        The one that would be shown alone.
    readings : tuple of EffectOn
        Others that reasonable people would use, in the order in which they are shown.
    certainty : str
        How far to trust the first.
    """

    main: EffectOn
    readings: tuple[EffectOn, ...]
    certainty: Level


@dataclass(frozen=True, slots=True)
class Share:
    """A part of people, between limits.

    Attributes
    ----------
    low, high : float
        Limits of the 95 % interval; of several that may be meant, the lowest and the highest.
    middles : (float, float)
        The value; of several that may be meant, the lowest and the highest.
    """

    low: float
    high: float
    middles: tuple[float, float]

    @property
    def middle(self) -> float | None:
        """The value; None where it is one of several."""
        return self.middles[0] if self.middles[0] == self.middles[1] else None

    @property
    def width(self) -> float:
        """How far the limits are apart."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Without:
    """How often the event comes without an option, in people like a person.

    Attributes
    ----------
    control : str
        What these people had.
    ids : tuple of str
        The baselines that may be meant, by their keys; one where the answers settle it.
    fits : bool
        Whether any of them is known to be of people like this one; if not, all of its control are used.
    share : Share
        How often.
    printed : bool
        Whether all have counts or a printed interval; one without is taken as known, which is too narrow.
    each : tuple of Uncertain
        The same, one a baseline.
    """

    control: str
    ids: tuple[str, ...]
    fits: bool
    share: Share
    printed: bool
    each: tuple[Uncertain, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """How often the event comes with an option, as one reads the trials.

    Attributes
    ----------
    effect : EffectOn
        What was put on the chance without.
    share : Share
        How often with it.
    extra : Share
        With it, less without it; below zero where it is less often.
    worse : float
        Probability that the option does worse than its control.
    enough : (float, float) or None
        Probability that it does better by as much as the gate asks, lowest and highest where several baselines may
        be meant; None without a gate.
    normal : (float, float) or None
        Of a standardised difference: the values if scores were normal, and not logistic.
    complement : bool
        Whether a ratio of risks was put on those without the event, since most have it already.
    """

    effect: EffectOn
    share: Share
    extra: Share
    worse: float
    enough: tuple[float, float] | None
    normal: tuple[float, float] | None
    complement: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no single number.

    Attributes
    ----------
    why : str
        In a word.
    of : tuple of str
        Keys of the rules, respects or asks that it is about; none where it is about the number itself.
    """

    why: Why
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chance:
    """What can be said of the event for one option.

    Attributes
    ----------
    id : str
        The option.
    option : ConsultOption
        As declared.
    state : str
        What may be shown.
    without : Without or None
        How often the event comes without; None where no number is known, or nothing is computed.
    main : Reading or None
        With the option. In the state ``readings`` it is one reading among the others, and no headline.
    readings : tuple of Reading
        As others read the trials.
    certainty : str or None
        For this person, never above that of the trials; None without an effect.
    refused : tuple of Refusal
        Why there is no single number.
    withheld : tuple of str
        Why nothing is computed: rules of the dossier, or what the option is not for; of what happens without
        anything, its baseline where that is of other people.
    open : tuple of str
        Asks whose answers could still turn what is shown.
    remarks : tuple of str
        What such a person must know of the option, by the keys of its remarks.
    unasked : tuple of str
        Asks without an answer on which it hangs whether it is offered, or what must be known of it.
    """

    id: str
    option: ConsultOption
    state: State
    without: Without | None
    main: Reading | None
    readings: tuple[Reading, ...]
    certainty: Level | None
    refused: tuple[Refusal, ...]
    withheld: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """The remarks that are told: how sure its number is, only where there is one."""
        known = self.without is not None
        return tuple(name for name in self.remarks if known or not self.option.remarks[name].lowers)

    @property
    def number(self) -> Share | None:
        """The one number that may be shown; None where none may.

        Of an option that is only what happens without anything, how often the event comes.
        """
        if self.state not in ("number", "if"):
            return None
        return self.main.share if self.main else self.without.share if self.without else None


@dataclass(frozen=True, slots=True)
class Consulted:
    """Everything of a consultation that is computed for a person.

    Attributes
    ----------
    eligibility : Eligibility
        What the rules come to.
    distances : tuple of Distance
        How far the person is from the trials, the worst first.
    chances : dict of str to Chance
        By option that such a person has, in the order of the dossier.
    out : dict of str to tuple of str
        Options that are not offered to such a person, with what of ``not_for`` says why.
    maybe : dict of str to tuple of str
        Options of which it is not known whether such a person has them, with the asks on which that depends.
    low : bool
        Whether a score is as low already as a change of the plan asks for, so that no fall can be judged.
    """

    eligibility: Eligibility
    distances: tuple[Distance, ...]
    chances: dict[str, Chance]
    out: dict[str, tuple[str, ...]] = field(default_factory=dict)
    maybe: dict[str, tuple[str, ...]] = field(default_factory=dict)
    low: bool = False

    @property
    def shares(self) -> tuple[float, ...]:
        """The values of all chances that may be shown, by which to choose of how many people to tell them."""
        return tuple(
            share.middles[0]
            for chance in self.chances.values()
            for share in (
                *([chance.without.share] if chance.without else []),
                *(each.share for each in (chance.main, *chance.readings) if each is not None),
            )
        )


def chance_with(
    measure: Measure,
    effect: ArrayLike,
    without: ArrayLike,
    *,
    events: Which = "higher",
    sd: float | None = None,
    scores: Literal["logistic", "normal"] = "logistic",
) -> Floats:
    """Give the chance of the event with an option, from an effect and the chance without it.

    Parameters
    ----------
    measure : {"OR", "RR", "RD", "SMD", "MD"}
        What the effect is; ratios as logarithms.
    effect, without : array_like
        Broadcast against each other.
    events : {"higher", "lower"}
        Of scores: whether high or low ones count as the event.
    sd : float, optional
        Of points: their standard deviation.
    scores : {"logistic", "normal"}
        How scores are spread, of a standardised difference; points are taken as normal.

    Returns
    -------
    ndarray
        Between 0 and 1.

    Notes
    -----
    Where an event is a fall by half of a first score, the limit of the event moves with that score; at a given
    chance without the option the first score drops out. How ill somebody is acts through that chance alone.

    References
    ----------
    Cochrane Handbook for Systematic Reviews of Interventions, 12.6.3 (logistic scores). Furukawa 2011, PMC3083419
    (normal scores).

    Examples
    --------
    >>> chance_with("OR", np.log(2), 0.375).round(3).item(), chance_with("MD", -2.5, 0.375, events="lower",
    ...     sd=10.6).round(3).item()
    (0.545, 0.467)
    """
    if measure != "MD" and not (measure == "SMD" and scores == "normal"):
        return risk_with(measure, effect, without, events=events)
    if measure == "MD" and not sd:
        raise ValueError("points need their standard deviation to be put on a chance")
    from scipy.special import ndtr, ndtri

    size = np.asarray(effect, dtype=float) / (sd if measure == "MD" and sd else 1.0)
    return np.asarray(ndtr(ndtri(np.asarray(without, dtype=float)) + (size if events == "higher" else -size)))


def without_option(baselines: Mapping[str, Baseline], control: str, answers: Answers, on: date | None) -> Without:
    """Give how often the event comes with a control in people like a person.

    Of the baselines of that control the first that fits is used; where an earlier one may fit, both are, and where
    none is known to fit, all are. So an answer that is missing never leaves fewer of them than any answer would.

    Parameters
    ----------
    baselines : mapping of str to Baseline
        Of the dossier.
    control : str
        What the people had.
    answers : mapping of str to Answer
        By ask.
    on : date or None
        The day of the visit.

    Raises
    ------
    ValueError
        If no baseline of that control has a number that can be used.
    """
    of = {key: each for key, each in baselines.items() if each.control == control and _usable(each)}
    if not of:
        raise ValueError(f"no baseline of {control!r} has a number that can be used")
    found: list[str] = []
    fits = False
    for key, each in of.items():
        said = holds(each.when, answers, on)
        if said is not False:
            found.append(key)
        if said:
            fits = True
            break
    if not fits:
        found = list(of)
    each_share = tuple(_share_of(of[key]) for key in found)
    return Without(
        control,
        tuple(found),
        fits,
        _together([(one.middle, *one.interval) for one in each_share]),
        all(_printed(of[key]) for key in found),
        each_share,
    )


def read(effect: EffectOn, without: Without, *, better: Which, gate: float | None = None) -> Reading:
    """Put an effect on the chance without the option, both with all that is not known of them.

    The value is the effect's middle on the middle of the chance without; the interval holds 95 % of all pairs of
    both, taken as independent.

    Parameters
    ----------
    effect : EffectOn
        A next trial's, or these trials'.
    without : Without
        For people like this one.
    better : {"higher", "lower"}
        Whether the event is good.
    gate : float, optional
        The least part of people that an option must help more, or harm less, to be one.
    """
    sign = 1.0 if better == "higher" else -1.0
    found = [_pair(effect, base, better) for base in without.each]
    extra = [
        (with_ - base.middle, *limits(more)) for base, (with_, _, more, _) in zip(without.each, found, strict=True)
    ]
    enough = None
    if gate is not None:
        shares = [float(np.mean(sign * more >= gate)) for _, _, more, _ in found]
        enough = min(shares), max(shares)
    normal = None
    if effect.measure == "SMD":
        values = [
            float(chance_with("SMD", effect.size.middle, base.middle, events=effect.events, scores="normal"))
            for base in without.each
        ]
        normal = min(values), max(values)
    rarer = effect.less_than_zero()
    return Reading(
        effect,
        _together([(with_, *limits(every)) for with_, every, _, _ in found]),
        _together(extra),
        rarer if better == "higher" else 1 - rarer,
        enough,
        normal,
        any(complement for *_, complement in found),
    )


def chance_of(
    key: str,
    consultation: Consultation,
    answers: Answers,
    on: date,
    *,
    effects: EffectsOf | None,
    rules: Eligibility,
    far: tuple[Distance, ...],
    low: bool = False,
) -> Chance:
    """Say what can be said of the event for one option and a person.

    A single number is refused where certainty is very low, its interval is wider than 50 points, the treatment is
    out of the question, or one trial alone cannot tell a next one. Nothing is computed where nobody in the trials
    was like the person in some respect, nor where the score is low already. Rules and distance are about the
    treatment of the dossier, and not about the other options, of which ``not_for`` says the same.

    Parameters
    ----------
    key : str
        The option.
    consultation : Consultation
        Of the dossier.
    answers : mapping of str to Answer
        By ask.
    on : date
        The day of the visit.
    effects : EffectsOf or None
        What is known of its effect; None where nothing is.
    rules : Eligibility
        What the dossier's rules come to.
    far : tuple of Distance
        How far the person is from the trials.
    low : bool
        Whether the score is as low already as a change of the plan asks for.
    """
    option = consultation.options[key]
    withheld = [name for name, each in option.not_for.items() if holds(each.when, answers, on)]
    asks = [ask for each in option.not_for.values() for ask in _still_to_ask(each.when, answers, on)]
    if option.this:
        withheld += [met.id for met in (*rules.stops, *rules.cautions, *rules.first) if met.rule.withhold]
        asks += [ask for met in rules.undecided if met.rule.withhold or met.rule.then == "stop" for ask in met.asks]
        asks += [each.ask for each in far if each.like == "not asked"]
    remarks = tuple(name for name, each in option.remarks.items() if holds(each.when, answers, on))
    nothing = Chance(key, option, "withheld", None, None, (), None, (), tuple(withheld), (), remarks)
    if low:
        # What else would withhold a number is of people who are ill.
        return replace(nothing, refused=(Refusal("low"),), withheld=tuple(withheld) if option.this else ())
    if isinstance(option.effect, OfBaseline):
        found = _of_baseline(key, option, consultation.baselines, answers, on, withheld, asks)
        return replace(found, remarks=remarks)
    nobody = tuple(each.id for each in far if each.like == "nobody") if option.this else ()
    if withheld or nobody:
        return replace(nothing, refused=(Refusal("nobody", nobody),) if nobody else ())
    if effects is None or option.control is None:
        return replace(nothing, state="no number")
    try:
        without = without_option(consultation.baselines, option.control, answers, on)
    except ValueError:
        return replace(nothing, state="no number")
    gate = consultation.gate.value if consultation.gate is not None else None
    each = [
        read(effect, without, better=consultation.better, gate=None if gate is None else gate / 100)
        for effect in (effects.main, *effects.readings)
    ]
    certainty = lowered(effects.certainty, far) if option.this else effects.certainty
    # What may hold makes nothing surer than what does.
    if any(each.lowers and holds(each.when, answers, on) is not False for each in option.remarks.values()):
        certainty = LEVELS[min(LEVELS.index(certainty) + 1, len(LEVELS) - 1)]
    refused = _refused(each[0], certainty, rules if option.this else None)
    asks = list(dict.fromkeys(asks))
    state: State = "readings" if refused else "if" if asks else "number"
    if asks:
        refused.append(Refusal("open", tuple(asks)))
    return Chance(
        key, option, state, without, each[0], tuple(each[1:]), certainty, tuple(refused), (), tuple(asks), remarks
    )


def consult(consultation: Consultation, answers: Answers, on: date, effects: Mapping[str, EffectsOf]) -> Consulted:
    """Compute all of a consultation for a person, so that pages only show it.

    An option is one for such a person where its ``when`` holds and nothing of its ``not_for`` puts it out.

    Parameters
    ----------
    consultation : Consultation
        Of the dossier.
    answers : mapping of str to Answer
        By ask; what is not there is not known.
    on : date
        The day of the visit.
    effects : mapping of str to EffectsOf
        By option; those without a number are not among them.

    Returns
    -------
    Consulted
    """
    asks, given = consultation.asks, answers
    answers = standing(asks, given, on)
    # In what is not asked of such a person, nobody is near or far.
    apart = {key: each for key, each in consultation.nearness.items()
             if given.get(each.ask) is not None or answers.get(each.ask) is None}  # fmt: skip
    rules, far = eligibility(consultation, answers, on), distances(apart, answers, on)
    low = consultation.plan is not None and any(
        isinstance(each, Score) and reached(consultation.plan, each) is not None for each in answers.values()
    )
    chances: dict[str, Chance] = {}
    out: dict[str, tuple[str, ...]] = {}
    maybe: dict[str, tuple[str, ...]] = {}
    for key, option in consultation.options.items():
        why = tuple(name for name, each in option.not_for.items() if each.out and holds(each.when, answers, on))
        if not holds(option.when, answers, on):
            if asked := open_asks(option.when, answers, on):
                maybe[key] = asked
        elif why:
            out[key] = why
        else:
            chance = chance_of(
                key, consultation, answers, on, effects=effects.get(key), rules=rules, far=far, low=low
            )
            chances[key] = replace(chance, unasked=_unasked(consultation, option, answers, on, rules))
    return Consulted(rules, far, chances, out, maybe, low)


# --- parts ------------------------------------------------------------------------------------------------


def _unasked(
    consultation: Consultation, option: ConsultOption, answers: Answers, on: date, rules: Eligibility
) -> tuple[str, ...]:
    """Give the asks on which it hangs whether an option is offered, and what must be known of it."""
    crisis = consultation.crisis
    whens = [] if crisis is None or rules.crisis is not None else [*crisis.when]
    whens += [each.when for each in option.not_for.values() if each.out]
    whens += [each.when for each in option.remarks.values()]
    open_ = [ask for when in whens for ask in _still_to_ask(when, answers, on)]
    scored = any(isinstance(each, Score) for each in answers.values())
    if consultation.plan is not None and not scored and not isinstance(option.effect, OfBaseline):
        # Nothing is added before it is known that the score is not low already.
        open_ += [key for key, ask in consultation.asks.items() if ask.kind == "score"]
    return tuple(dict.fromkeys(open_))


def _still_to_ask(when: When, answers: Answers, on: date) -> Iterator[str]:
    """Give the asks on which a condition hangs; a score that was answered, on another scale, is none of them."""
    return (ask for ask in open_asks(when, answers, on) if not isinstance(answers.get(ask), Score))


def _of_baseline(
    key: str,
    option: ConsultOption,
    baselines: Mapping[str, Baseline],
    answers: Answers,
    on: date,
    withheld: list[str],
    asks: list[str],
) -> Chance:
    """Give what happens without anything, to people like this one."""
    assert isinstance(option.effect, OfBaseline)
    name = option.effect.baseline
    base = baselines[name]
    fits = holds(base.when, answers, on)
    nothing = Chance(key, option, "withheld", None, None, (), None, (), tuple(withheld))
    if withheld or fits is False:
        return replace(nothing, withheld=tuple(withheld) or (name,))
    if not _usable(base):
        return replace(nothing, state="no number")
    share = _share_of(base)
    without = Without(
        base.control, (name,), bool(fits), _together([(share.middle, *share.interval)]), _printed(base), (share,)
    )
    asks = list(dict.fromkeys([*asks, *open_asks(base.when, answers, on)]))
    refused = (Refusal("open", tuple(asks)),) if asks else ()
    return replace(
        nothing, state="if" if asks else "number", without=without, refused=refused, open=tuple(asks)
    )  # fmt: skip


def _refused(main: Reading, certainty: Level, rules: Eligibility | None) -> list[Refusal]:
    found = []
    if certainty == LEVELS[-1]:
        found.append(Refusal("very low"))
    # Rounding must not make of a width that is met one that is passed.
    if main.share.width > WIDEST + 1e-9:
        found.append(Refusal("wide"))
    if main.effect.of != "next trial":
        found.append(Refusal("one trial"))
    if rules is not None and rules.stops:
        found.append(Refusal("stop", tuple(met.id for met in rules.stops)))
    return found


def _pair(effect: EffectOn, base: Uncertain, better: Which) -> tuple[float, Floats, Floats, bool]:
    """Give the value with an option, all pairs of both distributions with it, and what each has more."""
    size = effect.size
    # Of a good event that most have already a ratio of risks would soon reach everybody.
    complement = effect.measure == "RR" and better == "higher" and base.middle > 0.5 and effect.own is not None
    if complement and effect.own is not None and effect.own < 1:
        other = (1 - np.minimum(1.0, effect.own * np.exp([size.middle, *size.at]))) / (1 - effect.own)
        middle = 1 - min(1.0, float(other[0]) * (1 - base.middle))
        every = 1 - np.minimum(1.0, other[1:, None] * (1 - base.at))
    else:
        complement = False
        with_ = {"events": effect.events, "sd": effect.sd}
        middle = float(chance_with(effect.measure, size.middle, base.middle, **with_))  # type: ignore[arg-type]
        every = chance_with(effect.measure, size.at[:, None], base.at, **with_)  # type: ignore[arg-type]
    return middle, every.ravel(), (every - base.at).ravel(), complement


def _together(each: Sequence[tuple[float, float, float]]) -> Share:
    """Span several shares, each its value and limits, with limits never leaving out the value."""
    middles = [middle for middle, _, _ in each]
    return Share(
        min(min(low, middle) for middle, low, _ in each),
        max(max(high, middle) for middle, _, high in each),
        (min(middles), max(middles)),
    )


def _usable(base: Baseline) -> bool:
    if base.percent is not None:
        return base.percent.usable
    return (
        base.events is not None
        and base.events.usable
        and base.n is not None
        and base.n.usable
        and bool(base.n.value)
    )


def _printed(base: Baseline) -> bool:
    return base.percent is None or (base.percent.low is not None and base.percent.high is not None)


def _share_of(base: Baseline) -> Uncertain:
    if base.percent is not None and base.percent.value is not None:
        value, low, high = base.percent.value, base.percent.low, base.percent.high
        if low is None or high is None:
            return exactly(value / 100)
        return share_printed(value / 100, low / 100, high / 100)
    events, n = (math.nan if each is None or each.value is None else each.value for each in (base.events, base.n))
    return share_counted(events, n)
