"""``consultation.yaml``: what a consultation about the treatment needs to know, says and shows.

What is asked of a person, who must not have the treatment, how often the event comes without it, which options
there are, how far a person is from those who were studied, what people may want most, and when to judge. All of it
is data of a dossier: the program knows no illness and no drug.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from glabella.dossier._faults import MisfitError
from glabella.dossier._number import Count, Number, Percent, Positive, Text, _Model, misfits_of_count
from glabella.dossier._schema import Id, Statement

#: How an answer is given: a number, one of some choices, several of them, yes or no, a score on a scale with its
#: date, or doses with product, units and date.
AskKind = Literal["number", "choice", "several", "yes_no", "score", "doses"]


class Limit(_Model):
    """A range of a number or of a score; a doses answer is compared by the days since the last dose."""

    at_least: float | None = None
    below: float | None = None
    scale: Id | None = Field(None, description="of a score: the scale whose points are meant")

    @model_validator(mode="after")
    def _limits_something(self) -> Limit:
        if self.at_least is None and self.below is None:
            raise ValueError("neither at_least nor below, expected one or both")
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise ValueError(f"at_least {self.at_least:g} is not below {self.below:g}")
        return self


def _in_words(said: Any) -> Any:
    """Give a yes or no as its word: YAML reads both without quotes as true and false."""
    return ("yes" if said else "no") if isinstance(said, bool) else said


def _list_or_limit(said: Any) -> str:
    return "limit" if isinstance(said, dict | Limit) else "choices"


#: What an answer must be: one of some (``yes`` and ``no`` for a yes_no; of several, that any is among them), or
#: within limits. ``none`` of several means that nothing was chosen, of doses that none was given.
Wanted = Annotated[
    Annotated[tuple[Annotated[Text, BeforeValidator(_in_words)], ...], Field(min_length=1), Tag("choices")]
    | Annotated[Limit, Tag("limit")],
    Discriminator(_list_or_limit),
]
#: By ask; all of them must hold. Empty: everybody.
When = dict[Id, Wanted]


class Fresh(_Model):
    """How old a score may be to count as that of a visit."""

    days: Positive
    why: Statement


class Ask(_Model):
    """Something that is asked of a person; not known is an answer to everything."""

    label: Text = Field(description="what is asked for, in a few words")
    plain: Text | None = Field(None, description="the same for the page for home, clear by itself")
    ask: Text = Field(description="the question that the page tells the reader to put where it is not known")
    kind: AskKind
    of: When = Field(
        {}, description="of whom it is asked; empty: everybody. Of others a yes_no is no, several or doses are none"
    )
    unit: Text | None = Field(None, description="of a number")
    low: float | None = Field(None, description="least number that can be")
    high: float | None = Field(None, description="largest number that can be")
    choices: dict[Id, Text] = Field({}, description="of a choice or of several: what people read, by name")
    scales: tuple[Id, ...] = Field((), description="of a score: keys of scales in dossier.yaml")
    fresh: Fresh | None = Field(None, description="of a score: how old it may be; an older one is asked again")

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Ask:
        found = []
        if (self.kind in ("choice", "several")) != bool(self.choices):
            found.append(("choices", f"kind is {self.kind} with {len(self.choices)} choices, expected choices "
                                     "for choice and several, and for no other"))  # fmt: skip
        if (self.kind == "score") != bool(self.scales):
            found.append(("scales", f"kind is {self.kind} with {len(self.scales)} scales, expected one or more "
                                    "for score, and none otherwise"))  # fmt: skip
        if self.kind == "number" and (self.low is None or self.high is None or self.low >= self.high):
            found.append(("low", "a number needs low and high, the lower one first"))
        if self.fresh is not None and self.kind != "score":
            found.append(("fresh", f"kind is {self.kind}, expected fresh for a score, and for no other"))
        if self.of and self.kind not in ("yes_no", "several", "doses"):
            found.append(("of", f"kind is {self.kind}, of which no answer follows for others; expected yes_no, "
                                "several or doses"))  # fmt: skip
        MisfitError.refuse(found)
        return self


class Today(_Model):
    """What is done the same day, before anything else, and when to see each other again then."""

    text: Statement
    plain: Statement | None = Field(
        None, description="what stands first on the page for home; nothing when left out"
    )
    days: Positive = Field(description="until when to see each other again, where no review of the plan is sooner")
    why: Statement = Field(description="why so soon")


class Rule(_Model):
    """Who must not have it, who needs care, and what to ask first."""

    when: When = Field(min_length=1)
    then: Literal["stop", "caution", "ask first"]
    text: Statement
    plain: Statement | None = Field(None, description="the same for the page for home; its text when left out")
    withhold: bool = Field(False, description="whether no chance of the treatment is computed for such a person")
    ask: tuple[Id, ...] = Field(
        (), description="asks that matter where it holds, also where the treatment is out of the question"
    )
    only: Statement | None = Field(
        None, description="before what it must not be given, as the end of a line that begins with only: after …"
    )
    only_plain: Statement | None = Field(
        None, description="the same for the page for home; not said where the treatment is out of the question"
    )
    yields: bool = Field(
        False,
        description="whether it is not told where another rule stops the treatment: of a stop that passes, or of "
        "what is asked first before the treatment alone",
    )
    today: Today | None = Field(None, description="where it cannot wait: it then stands before anything else")
    riskier: bool = Field(
        False, description="whether harm is likelier in such people than in those it was counted in"
    )
    whom: Statement | None = Field(
        None, description="whom such a person calls with which trouble; on both pages, before what all are told"
    )


class Clash(_Model):
    """Answers that do not go together: one of them must be put right, or understood, before anything follows."""

    when: When = Field(min_length=2)
    text: Statement = Field(description="what to clear, and how")


class Spacing(_Model):
    """How far apart doses of a product must be, and how much of it at most; units of no other product count.

    Times are in days or in months of the calendar, as the product's own source has them.
    """

    least_days: Positive | None = Field(None, description="between two sessions")
    least_months: Positive | None = Field(None, description="the same in months of the calendar")
    most_units: Positive | None = None
    within_days: Positive | None = Field(None, description="over how long most_units is counted")
    within_months: Positive | None = Field(None, description="the same in months of the calendar")
    text: Statement = Field(description="in words, with its source")

    @model_validator(mode="after")
    def _sum_has_a_span(self) -> Spacing:
        found = []
        if self.least_days is not None and self.least_months is not None:
            found.append(("least_days", "both least_days and least_months, expected one of them"))
        spans = (self.within_days is not None) + (self.within_months is not None)
        if spans != (self.most_units is not None):
            found.append(("most_units", "most_units needs one of within_days and within_months, and they need it"))
        for name in ("least_months", "within_months"):
            months = getattr(self, name)
            if months is not None and months.usable and months.value % 1:
                found.append((name, f"found {months.value:g}, expected whole months"))
        MisfitError.refuse(found)
        return self


class OtherEvent(_Model):
    """What came about in people of a baseline, where it is not quite the event of the chances."""

    event: Text = Field(description="in words: are well again")
    others: Text = Field(description="of the others: are not")


class Baseline(_Model):
    """How often the event comes without an option, in whom: counts, or a share with its limits where printed."""

    label: Text
    plain: Text | None = Field(None, description="what the page for home calls it; its label when left out")
    control: Id = Field(description="what these people had, a name that options share: their effect is against it")
    when: When = Field({}, description="whom it is like; empty: anybody. Of several that fit, the first is used")
    time: Text = Field(description="after how long")
    plain_time: Text | None = Field(None, description="the same for the page for home")
    events: Count | None = None
    n: Count | None = None
    percent: Percent | None = Field(None, description="of a hundred, with low and high where the source has them")
    why: Statement = Field(description="who they were, in words")
    other_event: OtherEvent | None = Field(None, description="what came about, where it is another event")

    @model_validator(mode="after")
    def _is_counted_or_printed(self) -> Baseline:
        found = list(misfits_of_count("events", self.events, "n", self.n))
        if (self.events is None) != (self.n is None):
            found.append(("events", "events and n need each other"))
        if (self.events is None) == (self.percent is None):
            found.append(("percent", "expected events and n, or percent, and not both"))
        MisfitError.refuse(found)
        return self


class OfAnalyses(_Model):
    """An effect of this dossier's own trials; beside the first stand others that reasonable people would use."""

    analysis: Id
    readings: tuple[Id, ...] = Field((), description="analyses shown beside it: the largest trial first")
    plain: dict[Id, Text] = Field({}, description="by analysis, how the page for home says it")


class OfNetwork(_Model):
    """An effect of the network in comparators.yaml, against the treatment named."""

    treatment: Text
    against: Text


class OfBaseline(_Model):
    """What happens without anything that was tested against something: a baseline by itself."""

    baseline: Id


def _of_what(said: Any) -> str | None:
    """Tell the kinds of effect apart by what they name."""
    named = said.keys() if isinstance(said, dict) else type(said).model_fields if isinstance(said, _Model) else ()
    return next((key for key in ("analysis", "baseline", "treatment", "against") if key in named), None)


#: Where the chance of an option comes from.
Effect = Annotated[
    Annotated[OfAnalyses, Tag("analysis")]
    | Annotated[OfBaseline, Tag("baseline")]
    | Annotated[OfNetwork, Tag("treatment")]
    | Annotated[OfNetwork, Tag("against")],
    Discriminator(
        _of_what,
        custom_error_type="effect",
        custom_error_message="expected analysis, or treatment and against, or baseline",
    ),
]


class NotFor(_Model):
    """People in whom an option's effect was not studied, as far as was seen, or who are not offered it."""

    when: When = Field(min_length=1)
    text: Statement
    out: bool = Field(False, description="whether it is not offered to them at all; the page says why")


class Remark(_Model):
    """What must be known of an option by some people."""

    when: When = Field(min_length=1)
    text: Statement
    plain: Statement | None = Field(None, description="the same for the page for home; left out, not said there")
    lowers: bool = Field(False, description="whether its effect is less sure in them, by one level of certainty")
    only: Statement | None = Field(
        None, description="on what its choice hangs, as the end of a line that begins with only: after …, with …"
    )


class ConsultOption(_Model):
    """One of the options, in equal detail with the others; what is not known is missing, and the page says so."""

    when: When = Field(
        {}, description="to whom it is one; empty: anybody. Where that is not known it is named, and not more"
    )

    label: Text
    plain: Text | None = Field(None, description="what the page for home calls it; its label when left out")
    plain_trouble: Statement | None = Field(
        None, description="what may go wrong with it, for the page for home; left out, not said there"
    )
    this: bool = Field(False, description="whether it is the treatment that the dossier is about")
    effect: Effect | None = Field(None, description="null: no number is known")
    control: Id | None = Field(None, description="what its effect is against: the control of baselines")
    time: Text | None = Field(None, description="after how long")
    plain_time: Text | None = Field(None, description="the same for the page for home")
    not_for: dict[Id, NotFor] = Field({}, description="people for whom no number is shown; any of them is enough")
    remarks: dict[Id, Remark] = Field({}, description="what some people must know of it")
    what: Statement
    approved: Statement
    visits: Statement
    trouble: Statement
    unknown: Statement
    harms: tuple[Id, ...] = Field((), description="rows of harm_counts in products.yaml")

    @model_validator(mode="after")
    def _effect_has_a_control(self) -> ConsultOption:
        found = []
        if isinstance(self.effect, OfAnalyses | OfNetwork) != (self.control is not None):
            found.append(("control", "an effect against something needs control, and nothing else has one"))
        MisfitError.refuse(found)
        return self


class Near(_Model):
    """People of a trial like this person in one respect."""

    when: Wanted
    people: Count = Field(description="of them in the trials that report it; missing where nobody reports it")
    text: Statement


class Nearness(_Model):
    """One respect in which a person may be far from those who were studied."""

    ask: Id
    label: Text
    of: Count = Field(description="people in the trials that report it")
    groups: tuple[Near, ...] = Field(min_length=1, description="the first that fits is used")
    otherwise: Statement = Field(description="of everybody else: nobody like that took part, as far as was seen")

    @model_validator(mode="after")
    def _has_no_more_than_all(self) -> Nearness:
        MisfitError.refuse(
            misfit for each in self.groups for misfit in misfits_of_count("people", each.people, "of", self.of)
        )
        return self


class Matter(_Model):
    """Something that people may want most, and by what it is measured for each option."""

    label: Text
    plain: Text | None = None
    better: Literal["higher", "lower"]
    family: Id = Field(description="of the outcome; two of one family are never weighed together")
    chance: bool = Field(False, description="measured by the chance of the event of the options")
    harms: dict[Id, Id] = Field({}, description="measured by rows of harm_counts, by option")
    least: float | None = Field(None, description="the worst that is worth telling apart, of a hundred")
    most: float | None = Field(None, description="the best that is worth telling apart, of a hundred")
    range_why: Statement | None = Field(None, description="where that range comes from")


class Moment(_Model):
    """A time after the treatment and what was seen then."""

    when: Text
    text: Statement


class Change(_Model):
    """A change that counts on a scale: by share of the first score, by points, or by a score reached."""

    scale: Id
    label: Text
    fall_percent: Percent | None = None
    fall_points: Positive | None = None
    at_most: Number | None = None
    from_points: Number | None = Field(None, description="least first score of which it is known; null: any")
    why: Statement

    @model_validator(mode="after")
    def _says_which(self) -> Change:
        if sum(each is not None for each in (self.fall_percent, self.fall_points, self.at_most)) != 1:
            raise ValueError("expected one of fall_percent, fall_points, at_most")
        return self


class HomeMoment(Moment):
    """A time after the treatment, for the page for home."""

    judges: bool = Field(False, description="whether it is of judging by a fall of the score")


class SeenCourse(_Model):
    """How a score moved in a trial's arm by a time: the mean fall and its spread, beside a person's own course."""

    scale: Id
    days: Positive
    label: Text
    mean_fall: Number
    sd: Positive | None = None
    n: Count


class Review(_Model):
    """When to see each other again, whatever is chosen."""

    when: When = Field({}, description="of whom; empty: anybody. The first that holds, or may, is used")
    days: Positive
    text: Statement


class Plan(_Model):
    """When to see each other again, when to judge, what counts, and what then."""

    reviews: tuple[Review, ...] = Field((), description="the soonest first")
    waiting: Statement | None = Field(None, description="what is done meanwhile where the treatment has to wait")
    low: Statement | None = Field(
        None, description="said where the score is one already that a change of at_most asks for"
    )
    stays_low: Statement | None = Field(
        None, description="what to do where such a score stays low, in place of better and unchanged"
    )
    judge_days: Positive
    judge: Statement
    changes: tuple[Change, ...] = Field(min_length=1)
    course: tuple[SeenCourse, ...] = ()
    better: Statement
    unchanged: Statement
    worse: Statement
    worse_review: Review | None = Field(
        None,
        description="when to see each other again where a later score is worse than the first, if that is sooner",
    )
    whom: Statement = Field(description="whom to call with which trouble; the crisis text stands beside it")
    whom_stopped: Statement | None = Field(
        None, description="the same where the treatment is out of the question; whom when left out"
    )


class Crisis(_Model):
    """What comes first whatever else is asked."""

    text: Text | None = Field(None, description="whom to call in this country; null: --crisis-text must give it")
    when: tuple[When, ...] = Field((), description="any of them puts it first")
    always: Statement = Field(description="what is said to everybody: no answer reassures")
    task: Statement = Field(description="what the clinician does first where one of them holds")
    plain: Statement | None = Field(None, description="what stands first on the page for home then")
    label: Text = Field(
        "Need help now?", description="for what the text is to be called, as the page for home says before it"
    )
    safety: tuple[Statement, ...] = Field((), description="what more is agreed on and written down then")


class Stopped(_Model):
    """What the page for home says to a person for whom the treatment is out of the question."""

    next: Statement = Field(description="what to do instead, in a sentence or two")
    questions: tuple[Text, ...] = Field((), description="to ask us, in place of those about the treatment")


class TakeHome(_Model):
    """The page for home, in short words of every day."""

    title: Text
    about: tuple[Statement, ...] = Field(min_length=1, description="why we talked, what is not known")
    keep: Statement | None = Field(None, description="what goes on beside it; not said where it must not be given")
    better: Text = Field(description="what the good event is called: feel much better")
    without: Text = Field(description="how the others are called: do not")
    harms_title: Text
    control: Text = Field("nothing", description="what those without it had whose harms are drawn: a fake pill")
    harms: dict[Id, Text] = Field({}, description="rows of harm_counts that are drawn, and what they are called")
    common: Statement | None = Field(
        None, description="which harm is the commonest, in a sentence; stands before them"
    )
    rare: Statement
    sure: tuple[Statement, ...] = Field(min_length=1)
    expect: tuple[HomeMoment, ...] = ()
    questions: tuple[Text, ...] = Field((), description="to ask us")
    low: Statement | None = Field(None, description="said where the score is as low already as plan.low means it")
    waiting: Statement | None = Field(None, description="what is done meanwhile where it has to wait")
    stopped: Stopped | None = Field(None, description="what is said where it must not be given")
    may_differ: Text


class Making(_Model):
    """Who made the pages and on whose account: what people ask of an aid before they trust it."""

    by: Text = Field(description="who made them")
    funding: Text | None = Field(None, description="who paid; null: not stated, and the page says so")
    interests: Text | None = Field(None, description="what its makers gain or lose; null: as above")
    updates: Text = Field(description="when the pages are made anew, and when they should no longer be used")
    reading: Text | None = Field(None, description="how hard the page for home is to read, and by which measure")
    tried: Text = Field(description="who has tried the pages, and what came of it")


class Consultation(_Model):
    """``consultation.yaml``."""

    title: Text = Field(description="the decision, as a question")
    first: tuple[Statement, ...] = Field(
        min_length=1, description="what comes first: its approval, that it replaces nothing, what people could see"
    )
    asks: dict[Id, Ask] = Field(min_length=1)
    age: Id | None = Field(None, description="the ask that holds the age in years; no answer is older than that")
    crisis: Crisis | None = Field(None, description="null: nothing here can become one")
    clashes: dict[Id, Clash] = Field({}, description="answers that do not go together, which are cleared first")
    rules: dict[Id, Rule] = Field({})
    doses: Id | None = Field(None, description="the ask that holds earlier doses")
    spacing: dict[Id, Spacing] = Field({}, description="by product; of one that is not there nothing is known")
    mixed: Statement | None = Field(None, description="what is said where another product was given before")
    baselines: dict[Id, Baseline] = Field(min_length=1)
    event: Text = Field(description="the good or bad event of the chances, in words: feel much better")
    better: Literal["higher", "lower"] = Field(description="whether the event is good")
    options: dict[Id, ConsultOption] = Field(min_length=2)
    nearness: dict[Id, Nearness] = Field({})
    matters: dict[Id, Matter] = Field({})
    gate: Percent | None = Field(None, description="extra events of a hundred below which an option is no choice")
    moments: tuple[Moment, ...] = ()
    plan: Plan | None = None
    take_home: TakeHome | None = None
    made: Making | None = Field(None, description="who made the pages, who paid, when they are made anew")

    @property
    def crisis_asks(self) -> tuple[str, ...]:
        """The asks on which a crisis hangs, each once."""
        return tuple(dict.fromkeys(ask for when in (self.crisis.when if self.crisis else ()) for ask in when))

    @model_validator(mode="after")
    def _names_what_is_there(self) -> Consultation:
        found: list[tuple[str, str]] = []
        whens = [
            *((f"asks.{key}.of", ask.of) for key, ask in self.asks.items()),
            *((f"rules.{key}.when", rule.when) for key, rule in self.rules.items()),
            *((f"baselines.{key}.when", each.when) for key, each in self.baselines.items()),
            *((f"options.{key}.{part}.{name}", each.when) for key, option in self.options.items()
              for part in ("not_for", "remarks") for name, each in getattr(option, part).items()),
            *((f"options.{key}.when", option.when) for key, option in self.options.items()),
            *((f"clashes.{key}.when", each.when) for key, each in self.clashes.items()),
            *((f"plan.reviews.{place}", each.when)
              for place, each in enumerate(self.plan.reviews if self.plan else ())),
            *((f"crisis.when.{place}", each) for place, each in enumerate(self.crisis.when if self.crisis else ())),
            *((f"nearness.{key}", {each.ask: group.when}) for key, each in self.nearness.items()
              for group in each.groups),
        ]  # fmt: skip
        for where, when in whens:
            found += [(where.partition(".")[0], f"{where}: {said}") for said in self._unfit(when)]
        for key, rule in self.rules.items():
            found += [("rules", f"rules.{key}.ask: no ask {ask!r}") for ask in rule.ask if ask not in self.asks]
        if self.age is not None and (
            (ask := self.asks.get(self.age)) is None or ask.kind != "number" or ask.unit != "years"
        ):
            found.append(("age", f"no ask {self.age!r} of kind number in years"))
        if self.doses is not None and getattr(self.asks.get(self.doses), "kind", "") != "doses":
            found.append(("doses", f"no ask {self.doses!r} of kind doses"))
        if self.spacing and self.doses is None:
            found.append(("spacing", "spacing needs doses: the ask that holds earlier ones"))
        controls = {each.control for each in self.baselines.values()}
        for key, each in self.options.items():
            if each.control is not None and each.control not in controls:
                found.append(("options", f"options.{key}.control: no baseline has the control {each.control!r}"))
            if isinstance(each.effect, OfBaseline) and each.effect.baseline not in self.baselines:
                found.append(("options", f"options.{key}.effect: no baseline {each.effect.baseline!r}"))
        if sum(each.this for each in self.options.values()) != 1:
            found.append(("options", "expected one option with this: true, the treatment of the dossier"))
        if any(each.this and each.when for each in self.options.values()):
            found.append(("options", "the treatment of the dossier has when; to whom it is none is said by rules"))
        for key, matter in self.matters.items():
            found += [("matters", f"matters.{key}.harms: no option {option!r}")
                      for option in matter.harms if option not in self.options]  # fmt: skip
        MisfitError.refuse(found)
        return self

    def _unfit(self, when: When) -> list[str]:
        """Say what of a condition no answer could ever be."""
        found = []
        for key, wanted in when.items():
            ask = self.asks.get(key)
            if ask is None:
                found.append(f"no ask {key!r}")
            elif isinstance(wanted, Limit):
                if ask.kind not in ("number", "score", "doses"):
                    found.append(f"{key} is a {ask.kind}, which has no limits")
                if (ask.kind == "score") != (wanted.scale is not None) or (
                    wanted.scale is not None and wanted.scale not in ask.scales
                ):
                    found.append(f"{key}: a limit of a score needs one of its scales, and no other has one")
            else:
                others = {"yes_no": ["yes", "no"], "several": [*ask.choices, "none"], "doses": ["none"]}
                allowed = others.get(ask.kind, list(ask.choices))
                found += [f"{key}: found {each!r}, expected one of {', '.join(allowed) or 'no choice'}"
                          for each in wanted if each not in allowed]  # fmt: skip
        return found
