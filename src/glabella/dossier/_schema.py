"""The shape of a dossier: what each file may say, as frozen Pydantic models.

One rule runs through all of it: a number stands in a :class:`Number`, with its status and its source.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from glabella.dossier._faults import MisfitError
from glabella.dossier._number import (
    Chance,
    Correlation,
    Count,
    Limits,
    NotNegative,
    Number,
    Percent,
    Positive,
    ReferenceId,
    Status,
    Text,
    _Model,
    misfits_of_count,
    misfits_of_limits,
    misfits_of_pair,
)
from glabella.dossier._words import CoTreatment, Words
from glabella.dossier.rules import Control, Rule

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
Rater = Literal["clinician", "self"]
Blinding = Literal["double", "single", "open", "unknown"]


def _in_the_calendar(day: str) -> str:
    try:
        date.fromisoformat(day)
    except ValueError:
        raise ValueError(f"found {day!r}, expected a day of the calendar as YEAR-MONTH-DAY") from None
    return day


Date = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_in_the_calendar)]
#: Of one thing that is claimed: inconclusive was tested and cannot tell, untested was looked at by nobody.
PartVerdict = Literal["supported", "contradicted", "inconclusive", "untested"]
#: Of a claim that people meet; in parts: each of its parts has its own; not judged: no source was seen.
Verdict = Literal["supported", "contradicted", "inconclusive", "untested", "in parts", "not judged"]
#: What a reason says of its claim; unclear was tested and cannot tell, beside decides nothing.
Bearing = Literal["for", "against", "unclear", "beside"]
#: In what a trial may be biased; the first five are those of the Cochrane tool.
Domain = Literal["randomisation", "deviations", "missing_data", "measurement", "selective_reporting", "other"]
#: What of a trial somebody with its full text could write down.
Sought = Literal["scores", "response", "harms", "guesses", "risk_of_bias"]

#: Of the format; what an older one needs to become this one, :mod:`glabella.dossier._migrate` knows.
SCHEMA_VERSION = 2
#: What was left out was not seen.
UNKNOWN = Number(value=None, status="missing")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Statement(_Model):
    """A sentence with a source; its numbers stand in ``values`` and appear in the text as ``{name}``."""

    text: Text
    values: dict[str, Number] = Field({})
    status: Status
    source: ReferenceId | None = None
    also: tuple[ReferenceId, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _placeholders_match(self) -> Statement:
        named = set(PLACEHOLDER.findall(self.text))
        if unknown := named - self.values.keys():
            raise ValueError(f"text names {sorted(unknown)}, expected a key of values")
        if unused := self.values.keys() - named:
            raise ValueError(f"values {sorted(unused)} do not appear in the text as {{name}}")
        if self.status in ("seen", "reported") and self.source is None:
            raise ValueError(f"a statement with status {self.status} needs a source")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """The references behind the sentence and its numbers, each once, in order."""
        found = [*((self.source,) if self.source else ()), *self.also]
        found += [key for number in self.values.values() for key in number.sources]
        return tuple(dict.fromkeys(found))


# --- dossier.yaml -----------------------------------------------------------------------------------------


class Question(_Model):
    """The question as PICO."""

    title: Text
    population: Text
    intervention: Text
    comparators: tuple[Text, ...]
    outcomes: tuple[Id, ...]


class Points(_Model):
    """What turns a standardised difference into points of a scale that clinicians use."""

    scale: Id = Field(description="key of scales")
    sd: Positive = Field(description="points of that scale in one standard deviation")


class UsualRisk(_Model):
    """How often the event is met in usual care, without the treatment."""

    label: Text = Field(description="whose risk it is")
    events: Count
    n: Count

    @model_validator(mode="after")
    def _fits_together(self) -> UsualRisk:
        MisfitError.refuse(misfits_of_count("events", self.events, "n", self.n))
        return self


class Trusted(_Model):
    """What no number tells of how far results for an outcome can be trusted; declared, and rated by rule."""

    visible: bool = Field(description="whether people can tell by what they see or feel what they were given")
    subjective: bool = Field(description="whether the outcome is one of feeling or judgement")
    guess_test: Literal["none", "at_chance", "better_than_chance"] = Field(
        "none", description="how well people guessed what they were given, where it was asked"
    )
    bias: Id | None = Field(None, description="key of bias in priors.yaml: what knowing it usually adds")
    serious: tuple[Text, ...] = Field((), description="in what the trials are seriously indirect, in words")
    lesser: tuple[Text, ...] = Field((), description="in what they are somewhat indirect; two count as one serious")
    why: tuple[Statement, ...] = Field((), description="from what it is known, each with its source")


class Outcome(_Model):
    """An outcome of interest, with its direction and the smallest change that matters to people."""

    label: Text
    kind: Literal["continuous", "binary"]
    better: Literal["lower", "higher"] = Field(description="for a binary outcome: is the event good (higher)?")
    family: Id = Field(description="outcomes of one family must not be counted twice")
    unit: Text | None = Field(None, description="of a difference, such as points; of an event there is none")
    event: Text | None = Field(
        None, description="of a binary outcome: what so many of 100 people do, such as fall ill with it"
    )
    important: Positive | None = Field(
        None, description="smallest difference that matters, in the unit of points, or else of the measure"
    )
    points: Points | None = Field(None, description="of a continuous outcome that is pooled as standardised")
    usual_risk: UsualRisk | None = Field(None, description="of a binary outcome")
    minimal_important_difference: tuple[Statement, ...] = ()
    trusted: Trusted | None = Field(None, description="what is declared of how far its results can be trusted")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Outcome:
        wrong = ("event", "usual_risk") if self.kind == "continuous" else ("unit", "points")
        found = (name for name in wrong if getattr(self, name) is not None)
        MisfitError.refuse((name, f"the outcome is {self.kind}, expected no {name}") for name in found)
        return self


class Scale(_Model):
    """A rating scale, or the rule by which an event is one."""

    label: Text
    rater: Rater | None = Field(None, description="who fills it in")
    range: tuple[float, float] | None = None
    better: Literal["lower", "higher"] = "lower"
    whole: bool = Field(False, description="whether one person's score is always a whole number of points")

    @model_validator(mode="after")
    def _range_is_in_order(self) -> Scale:
        low, high = self.range or (None, None)
        MisfitError.refuse(misfits_of_limits("", None, low, high, "range"))
        return self


class Option(_Model):
    """What an analysis takes from the trials; as an option of a choice, only what it sets otherwise."""

    uses: tuple[Literal["score", "response"], ...] = Field(
        ("score",), description="what a standardised difference may come from, in order of preference"
    )
    raters: tuple[Rater, ...] = Field((), description="whose scales, in order of preference; empty: as the trial")
    when: Literal["named", "first", "last"] = Field(
        "named", description="the analysis's time, or each trial's first or last time that gives an effect"
    )
    without: tuple[Text, ...] = Field((), description="comparisons to leave out")
    co_treatment: tuple[CoTreatment, ...] = Field((), description="kinds to keep; empty: all")
    blinding: tuple[Blinding, ...] = Field((), description="kinds to keep; empty: all")
    controls: tuple[Control, ...] = Field((), description="kinds to keep; empty: all")
    not_from: tuple[ReferenceId, ...] = Field((), description="references whose numbers are not used")
    serious_signals: Literal["keep", "leave_out"] = Field(
        "keep", description="trials of which the dossier declares a signal of bias serious"
    )


class Analysis(Option):
    """A declared pooling: which comparisons, which outcome, when, and why."""

    label: Text
    outcome: Id
    measure: Literal["SMD", "MD", "OR", "RR", "RD"]
    time: float | None = Field(None, description="in the unit that words.visit names; null: each trial's main one")
    comparisons: tuple[Text, ...] = Field(description="study/comparison, in the order shown")
    method: Literal["REML", "DL", "common"] = "REML"
    test: Literal["z", "t", "knha"] = "knha"
    why: Text

    def choosing(self, *options: Option) -> Analysis:
        """Give the same analysis with what some options set."""
        return self.model_copy(update={
            name: getattr(option, name) for option in options for name in option.model_fields_set
        })  # fmt: skip


class Target(_Model):
    """A published pooled result to be recomputed."""

    label: Text
    analysis: Id
    printed: tuple[Number, ...] = Field(min_length=1, description="estimate, then limits where printed")
    verdict: Literal["exact", "approximate", "not_possible"]
    decimals: int = Field(ge=0, le=4)
    why: Text

    @model_validator(mode="after")
    def _printed_is_in_order(self) -> Target:
        if len(self.printed) == 3:
            estimate, low, high = (number.value for number in self.printed)
            MisfitError.refuse(misfits_of_limits("printed", estimate, low, high, "printed"))
        return self


class ConflictValue(_Model):
    """One side of a conflict."""

    says: Text
    values: tuple[Number, ...] = ()
    source: ReferenceId | None = None
    used: bool = False


class Conflict(_Model):
    """Sources that contradict each other; both sides stay, and the choice is argued."""

    id: Id
    topic: Text
    sides: tuple[ConflictValue, ...] = Field(min_length=1)
    because: Text = Field(description="which side is used and why; or why neither is")
    studies: tuple[Id, ...] = ()


class Look(_Model):
    """One occasion on which sources were looked for."""

    date: Date | None = None
    sources: tuple[Text, ...] = Field((), description="where was looked, and how much of it was read")
    strings: tuple[Text, ...] | None = Field(
        None, description="what was typed to find them; null: not written down"
    )


class Flow(_Model):
    """How many records came through each step; null where nobody counted."""

    found: int | None = Field(None, ge=0, description="records that the searches gave")
    screened: int | None = Field(None, ge=0, description="records whose title or abstract was looked at")
    sought: int | None = Field(None, ge=0, description="reports of which the full text was wanted")
    read_in_full: int | None = Field(None, ge=0, description="reports of trials that were read in full")
    excluded: int | None = Field(None, ge=0, description="records left out after they were read")


class Search(_Model):
    """When, where and how sources were looked for; unknown is null."""

    systematic: Literal["yes", "no", "unknown"] = Field(
        "unknown", description="yes: by a protocol, with strings and counts that somebody else could repeat"
    )
    date: Date | None = Field(None, description="of the last look")
    statement: Statement | None = Field(None, description="in a few words; the brief shows it beside the certainty")
    looks: tuple[Look, ...] = Field((), description="each occasion, the first first")
    not_read: tuple[Statement, ...] = Field((), description="what was wanted and could not be read in full")
    flow: Flow = Field(default_factory=Flow)


class Dossier(_Model):
    """``dossier.yaml``: the question and what is declared about answering it."""

    schema_version: Literal[2]
    id: Id
    title: Text
    updated: Date
    treatment: Text = Field(description="key in products.yaml")
    words: Words = Field(default_factory=Words, description="how things are called in sentences")
    question: Question
    search: Search = Field(default_factory=Search)
    outcomes: dict[Id, Outcome]
    scales: dict[Id, Scale] = Field({}, description="those that results are on; counts of an event need none")
    headline: Id = Field(description="the analysis shown first")
    analyses: dict[Id, Analysis]
    choices: dict[Text, dict[Text, Option]] = Field(
        {}, description="the headline's other defensible choices, each with its options by name, the usual first"
    )
    reproduce: dict[Id, Target] = Field({})
    conflicts: tuple[Conflict, ...] = ()
    groups: dict[Id, Text] = Field({}, description="people of whom each trial says whether it left them out, by id")
    interests: tuple[Statement, ...] = Field((), description="what is known of interests over all trials")
    names: tuple[Text, ...] = Field(
        (), description="names and definitions that carry digits, such as SF-36 or 65 years and older"
    )
    number_words: dict[Text, Text] = Field(
        {}, description="phrases with a number in words that is no result, such as half in half-life, each with why"
    )
    unknown: tuple[Statement, ...] = Field((), description="what nobody knows")

    def scale_label(self, scale: str | None) -> str:
        """Give a scale as people read it, and nothing for what is on none."""
        return "" if scale is None else self.scales[scale].label


# --- studies/*.yaml ---------------------------------------------------------------------------------------


class Design(_Model):
    """How the study was done."""

    type: Literal["parallel", "crossover", "single_arm", "observational"]
    randomised: Literal["yes", "no", "unclear"]
    blinding: Blinding
    details: tuple[Statement, ...] = ()
    visits: tuple[NotNegative, ...] = Field((), description="when people were seen, in the unit of words.visit")
    follow_up: NotNegative | None = Field(None, description="in the unit that words.visit names")


class Dose(_Model):
    """Units of the product named in the arm; units are never converted between products."""

    units: NotNegative
    who: Literal["all", "female", "male"] = "all"


class Arm(_Model):
    """One arm as randomised."""

    label: Text
    treatment: Id = Field(description="key in products.yaml")
    role: Literal["active", "control"]
    site: Text | None = None
    doses: tuple[Dose, ...] = ()
    n_randomised: Count = Field(default_factory=lambda: UNKNOWN)
    n_treated: Count | None = None
    n_analysed: Count | None = None
    n_completed: Count | None = None


class Comparison(_Model):
    """Two arms that may be contrasted, and what kind of control the second one is."""

    arm: Id
    versus: Id
    control: Control
    largest: bool = Field(False, description="shown beside the pooled result")


class ArmResult(_Model):
    """What one arm showed for one outcome."""

    n: Count | None = None
    events: Count | None = None
    percent: Percent | None = None
    mean: Number | None = None
    sd: Positive | None = None
    se: Positive | None = None
    ci: Limits | None = Field(None, description="of the mean, lower limit first")
    change_mean: Number | None = None
    change_sd: Positive | None = None
    baseline_mean: Number | None = None
    baseline_sd: Positive | None = None
    percent_change: Number | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> ArmResult:
        of = "mean" if self.mean else "change_mean"
        too_many = misfits_of_count("events", self.events, "n", self.n)
        MisfitError.refuse((*too_many, *misfits_of_pair(of, getattr(self, of), "ci", self.ci)))
        return self


class Between(_Model):
    """What the source prints about the difference between two arms."""

    comparison: Id
    f: NotNegative | None = None
    t: Number | None = None
    error_df: Positive | None = Field(None, description="error degrees of freedom of f or t")
    p: Chance | None = Field(None, description="two-sided; of a P printed as 0 only a bound is known")
    difference: Number | None = Field(None, description="arm minus versus, in scale points")
    # Rounding may print a standard error as 0, and both limits alike: no fault, but no effect comes from it.
    difference_se: NotNegative | None = None
    difference_ci: Limits | None = Field(None, description="lower limit first")
    d: Number | None = None
    favours: Literal["arm", "versus", "neither"] | None = Field(None, description="who did better")
    borrow_sd_from: Id | None = Field(None, description="comparison whose SD stands in for a missing one")
    not_convertible: Text | None = Field(None, description="why these statistics give no effect size")

    @model_validator(mode="after")
    def _difference_lies_in_its_interval(self) -> Between:
        MisfitError.refuse(misfits_of_pair("difference", self.difference, "difference_ci", self.difference_ci))
        return self


class Result(_Model):
    """One outcome, on one scale, at one time."""

    outcome: Id
    scale: Id | None = Field(None, description="key of scales; needed for scores, not for counts of an event")
    definition: Text | None = None
    time: float | None = Field(None, description="in the unit that words.visit names; null where there is only one")
    role: Literal["primary", "secondary", "other"] = "other"
    score: Literal["endpoint", "change"] | None = None
    period: Literal[1, 2] | None = Field(None, description="crossover only")
    correlation: Correlation | None = Field(None, description="baseline with endpoint, for the SD of change")
    arms: dict[Id, ArmResult] = Field({})
    between: tuple[Between, ...] = ()
    note: Text | None = None


class Harm(_Model):
    """An adverse event by arm."""

    event: Text
    arms: dict[Id, ArmResult] = Field({})
    statement: Statement | None = None


class RiskOfBias(_Model):
    """A published judgement; null when none was seen."""

    tool: Text
    judgement: Literal["low", "some_concerns", "high"] | None
    status: Status
    source: ReferenceId | None = None
    note: Text


class Signal(_Model):
    """A fact that could bias a trial, as this dossier reads it: no published judgement."""

    domain: Domain
    short: Text = Field(description="in a few words, for a cell of a table; may name values of the fact")
    fact: Statement = Field(description="what was seen; its numbers as everywhere")
    serious: Text | None = Field(None, description="why the dossier declares it serious; null: it does not")

    @model_validator(mode="after")
    def _rests_on_what_was_seen(self) -> Signal:
        marks = [self.fact.status, *(number.status for number in self.fact.values.values())]
        if wrong := [mark for mark in marks if mark in ("recalled", "missing")]:
            raise ValueError(f"a signal rests on facts with a source, expected no {wrong[0]} one")
        # What only another paper says is shown, and marked, but leaves no trial out.
        if self.serious is not None and "reported" in marks:
            raise ValueError(
                "a serious signal rests on what was seen or derived, not on what another source reports"
            )
        if unknown := set(PLACEHOLDER.findall(self.short)) - self.fact.values.keys():
            raise ValueError(f"short names {sorted(unknown)}, expected a key of the fact's values")
        return self

    @property
    def in_short(self) -> Statement:
        """The fact in a few words, with its sources."""
        values = {key: self.fact.values[key] for key in PLACEHOLDER.findall(self.short)}
        return self.fact.model_copy(update={"text": self.short, "values": values})


class Exclusion(_Model):
    """Whether a trial left a group of people out, as its own report or record says."""

    excluded: bool
    status: Literal["seen", "reported"]
    source: ReferenceId
    note: Text | None = None


_NOT_JUDGED = RiskOfBias(tool="any", judgement=None, status="missing", note="no published judgement was seen")
_NOT_GUESSED = Statement(text="No guess test was seen.", status="missing")


class Study(_Model):
    """``studies/*.yaml``: one study."""

    id: Id
    label: Text
    year: int | None = Field(ge=1900, le=2100, description="of the main report; null when not seen")
    role: Literal["main", "related", "observational"] = Field(
        "main", description="main: of the question; related: of another condition or people"
    )
    reports: tuple[ReferenceId, ...] = Field(min_length=1, description="its own papers and registry records")
    registration: Text | None = None
    design: Design
    population: tuple[Statement, ...] = ()
    female: Count | None = None
    male: Count | None = None
    co_treatment: CoTreatment = "unknown"
    co_treatment_detail: Statement | None = None
    n_randomised: Count = Field(default_factory=lambda: UNKNOWN)
    arms: dict[Id, Arm] = Field({})
    comparisons: dict[Id, Comparison] = Field({})
    results: tuple[Result, ...] = ()
    harms: tuple[Harm, ...] = ()
    risk_of_bias: RiskOfBias = Field(default_factory=lambda: _NOT_JUDGED)
    blinding_check: Statement = Field(
        default_factory=lambda: _NOT_GUESSED, description="whether people guessed what they were given"
    )
    signals: tuple[Signal, ...] = Field((), description="of risk of bias, as this dossier reads what was seen")
    excluded: dict[Id, Exclusion] = Field({}, description="by the groups of dossier.yaml; left out: not known")
    funding: Statement | None = Field(None, description="who paid or sponsored; null: not known")
    interests: Statement | None = Field(None, description="interests of those who did it; null: not known")
    look_in: dict[Sought, Text] = Field({}, description="where what is missing should stand, as far as known")
    findings: tuple[Statement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    asked: dict[Id, tuple[Text, ...]] = Field(
        {}, description="words that rules of claims ask for, by kind, such as population: [children]"
    )

    @property
    def serious(self) -> tuple[Signal, ...]:
        """The signals of bias that the dossier declares serious."""
        return tuple(signal for signal in self.signals if signal.serious is not None)


# --- products.yaml, claims.yaml, references.json ----------------------------------------------------------


class Product(_Model):
    """A marketed product; its units are its own."""

    label: Text
    brands: tuple[Text, ...] = ()
    kind: Literal["treatment", "control", "comparator"]
    statements: tuple[Statement, ...] = ()


class Products(_Model):
    """``products.yaml``: what the treatment is and how it works, as sourced statements."""

    products: dict[Id, Product]
    what_it_is: tuple[Statement, ...] = ()
    how_it_works: tuple[Statement, ...] = ()
    time_course: tuple[Statement, ...] = ()
    harms: tuple[Statement, ...] = ()
    harm_counts: dict[Id, ArmPair] = Field({})
    combination: tuple[Statement, ...] = ()


#: What a claim may ask to be computed besides.
Computed = Literal["combination"]


class ArmPair(_Model):
    """Events with and without the product in a population outside the studies."""

    label: Text
    population: Text
    time_span: Text
    arm: ArmResult
    versus: ArmResult


class Reason(Statement):
    """A sentence that carries a verdict, with what it says of the claim."""

    bears: Bearing = Field("beside", description="unclear: tested, and cannot tell; beside: decides nothing")


class ClaimPart(_Model):
    """A part of a claim, with a verdict of its own."""

    text: Text = Field(description="what this part says, such as: in children")
    verdict: PartVerdict
    why: tuple[Reason, ...] = Field(min_length=1)
    rule: Rule | None = Field(None, description="what decides it; the verdict must be what it comes to")
    computed: Computed | None = Field(None, description="what the report computes of it besides")


class PopularClaim(_Model):
    """A claim people meet, and the verdict of the evidence; one whose parts differ has one for each."""

    id: Id
    claim: Text
    verdict: Verdict
    why: tuple[Reason, ...] = ()
    parts: dict[Id, ClaimPart] = Field({}, description="where the verdict is in parts")
    rule: Rule | None = Field(None, description="what decides it; the verdict must be what it comes to")
    computed: Computed | None = Field(None, description="what the report computes of it besides")
    looked_for: Text | None = Field(None, description="of a claim that is not judged: what was not seen")

    @model_validator(mode="after")
    def _has_reasons_or_parts(self) -> PopularClaim:
        if (self.verdict == "not judged") != (self.looked_for is not None):
            raise ValueError("looked_for goes with the verdict not judged, and that one with looked_for")
        if self.verdict == "not judged":
            if self.why or self.rule is not None or self.parts:
                raise ValueError("the verdict is not judged, expected no why, rule or parts")
            return self
        if self.verdict == "in parts" and len(self.parts) < 2:
            raise ValueError("the verdict is in parts, expected two parts or more, each with its own")
        if self.parts and self.verdict != "in parts":
            raise ValueError(f"the verdict is {self.verdict}, but there are parts; expected in parts")
        if self.parts and self.rule is not None:
            raise ValueError("there are parts and a rule beside them; expected each part with its own")
        if not self.parts and not self.why:
            raise ValueError("why is missing; expected the reasons of the verdict")
        return self

    @property
    def judged(self) -> tuple[tuple[str, PopularClaim | ClaimPart], ...]:
        """What has a verdict of its own: the parts by name, or else the claim, whose name is empty.

        Nothing of a claim that is not judged.
        """
        if self.verdict == "not judged":
            return ()
        return tuple(self.parts.items()) if self.parts else (("", self),)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every reason, those of the parts after its own."""
        return self.why + tuple(reason for part in self.parts.values() for reason in part.why)


class Claims(_Model):
    """``claims.yaml``: popular claims, checked."""

    claims: tuple[PopularClaim, ...] = ()


class Reference(_Model):
    """An entry of ``references.json`` in CSL-JSON, plus what of it was read."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: ReferenceId
    type: Text
    title: Text
    note: Text = Field(description="what was seen of it")
    genre: Text = Field(description="reliability: primary abstract, registry mirror, secondary review …")
    DOI: str | None = None
    PMID: str | None = None
    PMCID: str | None = None
    number: str | None = Field(None, description="registration, such as NCT…")
    URL: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None

    @property
    def located(self) -> bool:
        """Whether it says where anybody can look it up."""
        return bool(self.DOI or self.PMID or self.PMCID or self.number or self.URL)


Products.model_rebuild()
