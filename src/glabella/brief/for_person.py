"""A consultation for one person: what was answered and computed, and the claims that its pages share."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal

from glabella._version import __version__
from glabella.brief.icon_arrays import People, people, with_others
from glabella.brief.measure import OF_PEOPLE
from glabella.brief.results import Results, sources_of, sources_of_prior
from glabella.brief.sections.harms import book_of, counts_of, share_of
from glabella.brief.typed import digits
from glabella.brief.words import words_of
from glabella.decision.chances import Chance, Consulted, EffectOn, Reading, Share, Without, consult
from glabella.decision.course import Visit as Followed
from glabella.decision.course import course, judged_on, seen_again
from glabella.decision.eligibility import Eligibility, Met, eligibility
from glabella.decision.later_visit import at_later_visit
from glabella.decision.whose_values import ByMatter, whose_values
from glabella.dossier import (
    Answer,
    Answers,
    Ask,
    Baseline,
    Consultation,
    DoseGiven,
    Number,
    OfNetwork,
    Person,
    Review,
    Score,
    Statement,
    read_person,
)
from glabella.dossier.conditions import standing
from glabella.shown import Claim, Inline, Ledger, Name, Shown, Source, dated, digest

INTERVAL = "95 % interval"
#: Of how many people all on a page may be told.
OfPeople = Literal[100, 1_000]
#: Below this share of people all are told of a thousand.
_FEW = 0.01
FILE = "consultation.yaml"
#: Within so many days there may be none on which people are seen.
_WEEKEND = 2
#: Where Python keeps bytes of the command line that could not be decoded.
_UNDECODED = 0xDC00
#: Characters that turn the direction of writing, so that a number would read from its end.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, eq=False)
class ForPerson:
    """A consultation for a person.

    Attributes
    ----------
    results : Results
        Of the dossier.
    consultation : Consultation
        Of the same dossier.
    person : Person
        As read.
    crisis : str or None
        Whom to call in a crisis; None where the dossier knows of none.
    visit : date or None
        The later visit that it is for; None for the first.
    told_of : {100, 1000}
        Of how many people a reader wants everything told.
    """

    results: Results
    consultation: Consultation
    person: Person
    crisis: str | None = None
    visit: date | None = None
    told_of: OfPeople = 100

    @cached_property
    def found(self) -> Consulted:
        """Everything that is computed."""
        return consult(self.consultation, self.known, self.on, self.results.option_effects)

    @property
    def on(self) -> date:
        """The day that the pages are for."""
        return self.visit or self.person.date

    @cached_property
    def known(self) -> Answers:
        """What was answered and counts on that day."""
        if self.visit is None:
            return self.person.answers
        first = self.first_score
        scores = next(each.scores for each in self.person.visits if each.date == self.visit)
        # The scale of the first score goes before others.
        taken = sorted(scores, key=lambda each: first is None or each.scale != first.scale)
        dated_ = (Score(each.scale, each.value, self.visit) for each in taken)
        return at_later_visit(self.consultation, self.person.answers, self.person.date, dated_)

    @property
    def of(self) -> int:
        """Of how many people everything on the page is told."""
        return 1_000 if self.few else self.told_of

    @cached_property
    def few(self) -> bool:
        """Whether a share is below 1 %, so that all are told of a thousand."""
        shares = [*self.found.shares]
        for key in self.harms:
            pair = self.results.evidence.products.harm_counts[key]
            shares += [events / n for arm in (pair.arm, pair.versus) if (known := counts_of(arm))
                       for events, n, _ in (known,)]  # fmt: skip
        return any(0 < share < _FEW or 0 < 1 - share < _FEW for share in shares)

    @cached_property
    def ranked(self) -> ByMatter:
        """Whose values would choose what, as far as the numbers allow it."""
        return whose_values(self.consultation, self.found, self.counted)

    @cached_property
    def counted(self) -> dict[str, tuple[float, float] | None]:
        """Events and people with the treatment of each row of harm."""
        found = {}
        for key, pair in self.results.evidence.products.harm_counts.items():
            known = counts_of(pair.arm)
            found[key] = None if known is None else (known[0], known[1])
        return found

    @property
    def of_people(self) -> str:
        """The same in words."""
        return f"{OF_PEOPLE[self.of]} people"

    def happens(self, without: Without | None = None) -> tuple[str, str]:
        """Say what those do who have the event, and what the others do; of a baseline maybe another event."""
        home = self.consultation.take_home
        other = self.consultation.baselines[without.ids[0]].other_event if without is not None else None
        if other is not None:
            return other.event, other.others
        return self.consultation.event, home.without if home else "do not"

    @property
    def harms(self) -> tuple[str, ...]:
        """Rows of harm that any option names, each once."""
        home = self.consultation.take_home
        named = (*(row for option in self.consultation.options.values() for row in option.harms),
                 *(home.harms if home else ()))  # fmt: skip
        return tuple(dict.fromkeys(named))

    @cached_property
    def inputs(self) -> tuple[tuple[str, str], ...]:
        """Digests of what every claim here rests on: what was answered, and what the dossier declares."""
        answers = {key: _plain(answer) for key, answer in sorted(self.person.answers.items())}
        return (
            ("person", digest([str(self.person.date), answers, *self._later])),
            (FILE, self.results.evidence.digests[FILE]),
        )  # fmt: skip

    @property
    def _later(self) -> list[Any]:
        """Later visits up to the one that the pages are for, as plain values."""
        visits = [] if self.visit is None else [each for each in self.person.visits if each.date <= self.visit]
        return [[str(each.date), [[score.scale, str(score.value)] for score in each.scores]] for each in visits]

    @property
    def short(self) -> str:
        """What the dossier's treatment is called in few words."""
        return words_of(self.results.evidence).short

    # --- the person -------------------------------------------------------------------------------------

    def about(self, book: Ledger) -> Ledger:
        """Give a ledger for what the person answered."""
        return book.under(
            "person.",
            population="this person",
            time_span=dated(str(self.on)),
            certainty="as printed",
            function=read_person,
            version=__version__,
            inputs=self.inputs[:1],
            sources=(),
        )

    def answered(self, book: Ledger, key: str) -> Inline | None:
        """Say what was answered and stands; None where it is not known. A number is a claim without a source."""
        ask, answer = self.consultation.asks[key], self.answers.get(key)
        return None if answer is None else self._said(self.about(book), key, ask, answer)

    def at_first(self, book: Ledger, key: str) -> Inline | None:
        """Say what was answered at the first visit and does not count at a later one; None of the first."""
        ask, answer = self.consultation.asks[key], self.person.answers.get(key)
        if self.visit is None or answer is None or isinstance(answer, Score):
            return None
        return self._said(self.about(book).under("then.", time_span=dated(str(self.person.date))), key, ask, answer)

    @property
    def outdated(self) -> dict[str, Score]:
        """Scores that were answered and are too old to count, by ask."""
        return {key: each for key, each in self.known.items()
                if isinstance(each, Score) and self.answers.get(key) is None}  # fmt: skip

    def _said(self, book: Ledger, key: str, ask: Ask, answer: Answer) -> Inline:
        match answer:
            case bool():
                return "yes" if answer else "no"
            case str():
                return Name(ask.choices.get(answer, answer))
            case Score():
                return self.scored(book, key, answer)
            case tuple():
                if not answer:
                    return "none"
                if all(isinstance(each, str) for each in answer):
                    return Name("; ".join(ask.choices[str(each)] for each in answer))
                doses = [each for each in answer if isinstance(each, DoseGiven)]
                parts = [self._dose(book.under(f"{key}.{place}."), dose) for place, dose in enumerate(doses)]
                return tuple(piece for place, part in enumerate(parts) for piece in ("; " if place else "", part))
            case float() | int():
                return book(key, ask.label, answer, unit=ask.unit or "", decimals=digits(float(answer)))
        return "not known"

    def scored(self, book: Ledger, name: str, score: Score, *, whole: bool = False) -> tuple[Inline, ...]:
        """Say a score: its scale, points and when it was taken; ``whole`` adds its range and which is worse."""
        scale = self.results.evidence.dossier.scales[score.scale]
        claim = book(name, f"score on {scale.label}", score.value, unit="points", decimals=digits(score.value))
        today = whole and score.date == self.on
        when: Inline = (", ", Name(dated(str(score.date)))) if score.date and not today else ""
        if not whole or scale.range is None:
            return (Name(scale.label), " ", claim, when)
        top = scale.range[1]
        most = book(f"{name}.most", f"upper end of {scale.label}", top, unit="points", decimals=digits(top))
        worse = "more" if scale.better == "lower" else "less"
        return (Name(scale.label), " ", Shown(claim, "number"), " of ", most, ", ", worse, " is worse", when)

    def _dose(self, book: Ledger, dose: DoseGiven) -> Inline:
        products = self.results.evidence.products.products
        label = products[dose.product].label if dose.product else "product not known"
        units: Inline = ("units not known",)
        if dose.units is not None:
            units = (book("units", f"units of {label}", dose.units, decimals=digits(dose.units)), " units")
        return (Name(label), ", ", units, ", ", Name(dated(str(dose.date))) if dose.date else "date not known")

    @property
    def score(self) -> Score | None:
        """The first score that was answered and is not too old."""
        return _score_of(self.answers)

    @property
    def must_wait(self) -> bool:
        """Whether the last dose of any product was too recent for another."""
        return any(each.waited is False for each in self.found.eligibility.doses)

    @cached_property
    def seen_again(self) -> tuple[Review, date] | None:
        """When to see each other again, whatever is chosen: the soonest that the plan or a rule asks for."""
        plan, on = self.consultation.plan, self.on
        if plan is None:
            return None
        planned = seen_again(plan, self.answers, on)
        soon = [today for met in self._if_worse.today if (today := met.rule.today) is not None]
        found = [
            *(() if planned is None else (planned,)),
            *(((worse, on + timedelta(days=math.floor(days))),) if self.got_worse and (worse := plan.worse_review)
              and (days := worse.days.value) is not None else ()),
            *((Review(days=each.days, text=each.why), on + timedelta(days=math.floor(days)))
              for each in soon if (days := each.days.value) is not None),
        ]  # fmt: skip
        return min(found, key=lambda each: each[1], default=None)

    @property
    def _if_worse(self) -> Eligibility:
        """What the rules come to on the worse of answers that do not go together, or are not known in a crisis."""
        found, crisis = self.found.eligibility, self.consultation.crisis
        unclear = {ask for key in found.clashes for ask in self.consultation.clashes[key].when}
        if found.crisis is True:
            # Nor does not knowing the one make it later where the other tells of a crisis.
            unclear |= {ask for ask in self.consultation.crisis_asks if self.answers.get(ask) is None}
        worse = [ask for when in (crisis.when if crisis else ()) for ask, wanted in when.items()
                 if ask in unclear and wanted == ("yes",)]  # fmt: skip
        if not worse:
            return found
        return eligibility(self.consultation, {**self.known, **dict.fromkeys(worse, True)}, self.on)

    @property
    def or_by_phone(self) -> str:
        """Words after the day to see each other again: that one may speak by phone where it may be a day off."""
        again, on = self.seen_again, self.on
        return ", by phone too" if again is not None and (again[1] - on).days <= _WEEKEND else ""

    @property
    def whom(self) -> tuple[tuple[str, Statement], ...]:
        """Whom to call with which trouble, each with its name: first what is said of such a person alone."""
        plan, found = self.consultation.plan, self.found.eligibility
        said = [(f"whom.{met.id}", met.rule.whom) for met in found.met if met.rule.whom is not None]
        if plan is not None:
            # Who was given it before may still have trouble from that.
            given = self.consultation.doses is not None and self.answers.get(self.consultation.doses) != ()
            stopped = plan.whom_stopped if found.stops and not given else None
            said.append(("whom", plan.whom if stopped is None else stopped))
        return tuple(said)

    @property
    def told(self) -> tuple[Met, ...]:
        """Rules that hold and are told: of what is out of the question, not how to take care with it.

        What cannot wait, what keeps its chances from being told, and what a crisis is about are told in any case.
        What passes, or is asked before the treatment alone, would read beside a lasting stop as if it might still
        be given.
        """
        found = self.found.eligibility
        if not self.for_good:
            return found.met
        first = set(self.consultation.crisis_asks)
        return tuple(
            each for each in found.met
            if not each.rule.yields
            if each.rule.then != "caution" or each.rule.today or each.rule.withhold or first & each.rule.when.keys()
        )  # fmt: skip

    @property
    def for_good(self) -> bool:
        """Whether the treatment is out of the question by more than what passes."""
        return any(not stop.rule.yields for stop in self.found.eligibility.stops)

    @property
    def riskier(self) -> bool:
        """Whether harm is likelier in this person than in those in whom it was counted."""
        return any(met.rule.riskier for met in self.found.eligibility.met)

    @property
    def low(self) -> bool:
        """Whether the score is as low already as a change of the plan asks for, so that no fall can be judged."""
        return self.found.low

    @property
    def comes_first(self) -> tuple[tuple[str, Statement], ...]:
        """What must come before the treatment by its rules and remarks that hold, by the names of their claims."""
        found = self.found.eligibility
        this = next((each for each in self.found.chances.values() if each.option.this), None)
        rules = [(f"only.{met.id}", met.rule.only) for met in (*found.cautions, *found.first)]
        return _each_once((*rules, *(() if this is None else only_of(this))))

    @property
    def waits(self) -> bool:
        """Whether anything comes before the treatment, or may: then nothing is said of how it goes on today."""
        found = self.found.eligibility
        first = found.before_all or bool(found.first) or bool(self.comes_first)
        return first or self.to_ask or self.must_wait or self.low

    @property
    def still_to_ask(self) -> tuple[str, ...]:
        """The asks that are open: those of rules, and those that decide whether a number fits this person."""
        near = (each.ask for each in self.found.distances if each.like == "not asked")
        found = self.found.eligibility
        since = () if self.visit is None or self.consultation.doses is None else (self.consultation.doses,)
        return tuple(dict.fromkeys((*found.asked_first, *since, *found.asks, *near)))

    @property
    def open_first(self) -> tuple[str, ...]:
        """The asks without answer on which it depends whether there is a crisis, where that is not known."""
        if self.found.eligibility.crisis is not None:
            return ()
        return tuple(ask for ask in self.consultation.crisis_asks if self.known.get(ask) is None)

    @property
    def to_ask(self) -> bool:
        """Whether something must be asked before the treatment: of a rule, a crisis, earlier doses or the score."""
        found, doses = self.found.eligibility, self.consultation.doses
        scores = any(ask.kind == "score" for ask in self.consultation.asks.values())
        unasked = (doses is not None and self.answers.get(doses) is None) or (scores and self.score is None)
        # Since the first visit more may have been given.
        return bool(found.asks) or found.crisis is None or unasked or self.visit is not None

    def unclear(self, ask: str) -> str | None:
        """Say how an answer counts that does not go with another; None where it goes with all."""
        clashes = [self.consultation.clashes[key] for key in self.found.eligibility.clashes]
        if not any(ask in each.when for each in clashes):
            return None
        crisis = self.consultation.crisis
        worse = crisis is not None and any(when.get(ask) == ("yes",) for when in crisis.when)
        return "not clear; count as yes" if worse else "not clear; count on the worse answer"

    @property
    def judged_on(self) -> date | None:
        """The day on which to judge."""
        plan = self.consultation.plan
        return None if plan is None else judged_on(plan, self.on)

    @property
    def judged_if_today(self) -> date | None:
        """The same if it is given today; None where anything says, or still may say, that it must not be.

        Nor is there one without a score from which it could be judged, which is still to be asked.
        """
        found = self.found.eligibility
        open_ = found.stopped is not False or found.withheld is not False
        return None if open_ or self.waits else self.judged_on

    @cached_property
    def answers(self) -> Answers:
        """What counts on the day, and no or none to what is not asked of such a person."""
        return standing(self.consultation.asks, self.known, self.on)

    @cached_property
    def first_score(self) -> Score | None:
        """The score of the first visit from which a change is counted."""
        return _score_of(standing(self.consultation.asks, self.person.answers, self.person.date))

    @cached_property
    def followed(self) -> tuple[Followed, ...]:
        """Scores of later visits up to the one that the page is for."""
        plan, first = self.consultation.plan, self.first_score
        if self.visit is None or plan is None or first is None:
            return ()
        start = Score(first.scale, first.value, first.date or self.person.date)
        later = [Score(score.scale, score.value, each.date) for each in self.person.visits
                 if each.date <= self.visit for score in each.scores]  # fmt: skip
        return course(plan, start, later)

    @property
    def since(self) -> tuple[Followed, ...]:
        """The scores of the day that the page is for, beside the first."""
        return tuple(each for each in self.followed if each.score.date == self.visit)

    @property
    def got_worse(self) -> bool:
        """Whether a score of the day is worse than the first by what counts."""
        return any(each.worse for each in self.since)

    @property
    def got_better(self) -> bool:
        """Whether a score of the day has changed as much as counts."""
        return any(change.met is True for each in self.since for change in each.changes)

    # --- chances ----------------------------------------------------------------------------------------

    def without(self, book: Ledger, without: Without) -> People:
        """Give how often the event comes without an option; of several that may be meant, between which."""
        bases = [self.consultation.baselines[key] for key in without.ids]
        label = " or ".join(base.label for base in bases)
        sources = tuple(dict.fromkeys(source for base in bases for source in _sources_of(base)))
        under = book.under(
            "chance.",
            population=label,
            time_span=" or ".join(dict.fromkeys(base.time for base in bases)),
            certainty="as printed",
            function=consult,
            version=__version__,
            inputs=self.inputs,
            sources=sources,
        )
        said = f"{self.happens(without)[0]}, of {self.of_people}: {label}"
        return self._people(under, f"without.{without.control}", said, without.share, known=without.printed)

    def with_option(self, book: Ledger, chance: Chance, reading: Reading, place: int | str) -> People:
        """Give how often the event comes with an option, as one reads its trials.

        Where readings disagree each shows its limits alone: a point in one of them would be taken for the answer.
        """
        bases = chance.without.ids if chance.without else ()
        inputs, sources = self._behind(chance, reading.effect)
        based = (source for key in bases for source in _sources_of(self.consultation.baselines[key]))
        under = book.under(
            f"chance.{chance.id}.",
            population="people like this one in these respects: "
            + " or ".join(self.consultation.baselines[key].label for key in bases),
            time_span=chance.option.time or "not known",
            certainty=chance.certainty or "not rated",
            function=consult,
            version=__version__,
            inputs=(*self.inputs, *inputs),
            sources=tuple(dict.fromkeys((*sources, *based))),
        )
        less = ", less the usual bias" if reading.effect.less else ""
        event = f"{self.consultation.event}, of {self.of_people}"
        said = f"{event}, {chance.option.label}: {reading.effect.label}{less}"
        return self._people(under, f"{place}", said, reading.share, alone=chance.state == "readings")

    def worse(self, book: Ledger, chance: Chance, reading: Reading, place: int | str) -> Claim:
        """Give the chance that the option does worse than its control, of a hundred next settings."""
        inputs, sources = self._behind(chance, reading.effect)
        return book.under(f"chance.{chance.id}.")(
            f"{place}.worse",
            f"chance that {chance.option.label} does worse than its control, of a hundred: {reading.effect.label}",
            100 * reading.worse,
            population="a next setting" if reading.effect.of == "next trial" else "these trials",
            time_span=chance.option.time or "not known",
            certainty=chance.certainty or "not rated",
            function=consult,
            version=__version__,
            inputs=(*self.inputs, *inputs),
            sources=sources,
            decimals=0 if reading.worse >= _FEW or not reading.worse else 1,
        )

    def _people(
        self, book: Ledger, name: str, said: str, share: Share, *, known: bool = True, alone: bool = False
    ) -> People:
        """Make the claims of a share; ``alone`` leaves its limits without the value, where it has any."""
        value = None if alone and share.width > 0 else share.middle
        limits = (share.low, share.high) if share.width > 0 and (known or value is None) else None
        interval = INTERVAL if known else "the lowest and the highest that may be meant"
        return people(book, name, said, value, limits, self.of, interval)

    def _behind(self, chance: Chance, effect: EffectOn) -> tuple[tuple[tuple[str, str], ...], tuple[Source, ...]]:
        """Give the inputs and sources of an effect."""
        evidence = self.results.evidence
        if isinstance(chance.option.effect, OfNetwork):
            comparators = evidence.comparators
            assert comparators is not None  # as the check of a dossier sees to
            keys = (comparators.source, *comparators.also)
            return ((("comparators.yaml", evidence.digests["comparators.yaml"]),),
                    tuple(Source(key, "seen") for key in keys))  # fmt: skip
        one = self.results.pool(effect.id)
        if one is None:
            return (), ()
        inputs = self.results.inputs(tuple(study.id for study in one.studies), one.analysis)
        sources = sources_of(one.effects)
        if one.prior is not None or effect.less:
            inputs = (*inputs, ("priors.yaml", evidence.digests["priors.yaml"]))
        if one.prior is not None:
            sources = tuple(dict.fromkeys((*sources, *sources_of_prior(one.prior))))
        if effect.less and evidence.priors is not None:
            sources = tuple(dict.fromkeys((*sources, *sources_of_prior(evidence.priors.bias[effect.less]))))
        return inputs, sources

    # --- harms ------------------------------------------------------------------------------------------

    def harm(self, book: Ledger, row: str) -> tuple[People | None, People | None]:
        """Give people with a harm, with the treatment and without it; None on a side that was not counted."""
        pair = self.results.evidence.products.harm_counts[row]
        under = book_of(book, row, pair)
        sides = []
        for name, arm in (("with", pair.arm), ("without", pair.versus)):
            claim = share_of(under, name, f"{name} {self.short}", pair.label, arm, "products.yaml", self.of, 0)
            sides.append(None if claim is None else with_others(under, claim, self.of))
        return sides[0], sides[1]


def _score_of(answers: Answers) -> Score | None:
    return next((each for each in answers.values() if isinstance(each, Score)), None)


def only_of(chance: Chance) -> tuple[tuple[str, Statement], ...]:
    """Give on what the choice of an option hangs by its remarks that hold, by the names of their claims."""
    return _each_once((f"only.{chance.id}.{name}", chance.option.remarks[name].only) for name in chance.remarks)


def _each_once(said: Iterable[tuple[str, Statement | None]]) -> tuple[tuple[str, Statement], ...]:
    """Leave out what is not said, and what was said before: two rules may ask for the same."""
    found: dict[str, tuple[str, Statement]] = {}
    for name, only in said:
        if only is not None:
            found.setdefault(only.text, (name, only))
    return tuple(found.values())


def for_person(
    results: Results,
    person: Person,
    crisis_text: str | None = None,
    visit: date | None = None,
    told_of: OfPeople = 100,
) -> ForPerson:
    """Hold a consultation for a person.

    Parameters
    ----------
    results : Results
        Of a dossier with a consultation.
    person : Person
        As read.
    crisis_text : str, optional
        Whom to call in a crisis, in place of the dossier's own text.
    visit : date, optional
        A later visit of the person's, to show the course up to it.
    told_of : {100, 1000}, optional
        Of how many people all is told; of a thousand in any case where a share is below 1 %.

    Raises
    ------
    ValueError
        If the dossier has no consultation, no crisis text is set where one is needed, or the person has no such
        visit.
    """
    consultation = results.evidence.consultation
    if consultation is None:
        raise ValueError("the dossier has no consultation.yaml, so nothing is asked of a person")
    crisis = crisis_of(consultation, crisis_text)
    days = [each.date for each in person.visits]
    if visit is not None and visit not in days:
        known = ", ".join(map(str, days)) or "none"
        raise ValueError(f"the person has no later visit on {visit}; expected one of: {known}")
    return ForPerson(results, consultation, person, crisis, visit, told_of)


def crisis_of(consultation: Consultation, given: str | None, named: str = "--crisis-text") -> str | None:
    """Say whom to call in a crisis: as given, else as the dossier has it; None where it knows of no crisis.

    Faults call what was given as it is ``named``.

    Raises
    ------
    ValueError
        If it is not set where it is needed, or holds what no page can show.
    """
    if consultation.crisis is None:
        return None
    # Lines and tabs of a text that was read from a file are one line on the page.
    said = " ".join((given or "").split())
    where = named if said else "consultation.yaml, crisis.text"
    said = said or " ".join((consultation.crisis.text or "").split())
    if not said:
        raise ValueError(
            "the crisis text is not set, and no page is made without it: say whom to call in your country by "
            f"{named}, or in consultation.yaml as crisis.text"
        )
    if (found := not_to_be_shown(said)) is not None:
        raise ValueError(f"{where}: {found}")
    return said


def not_to_be_shown(text: str) -> str | None:
    r"""Say what of a text no page can show, and what is expected; None where all can be shown.

    >>> not_to_be_shown("call 112"), not_to_be_shown("call\x1b")
    (None, 'found the control character U+001B at character 5, expected text without one')
    """
    for place, character in enumerate(text, 1):
        kind, code = unicodedata.category(character), ord(character)
        if kind == "Cs":
            # What cannot be decoded comes from the command line as half of a pair.
            found = f"byte 0x{code - _UNDECODED:02x}" if 0 <= code - _UNDECODED <= 0xFF else f"U+{code:04X}"
            return f"{found} at character {place} is not UTF-8, expected text in UTF-8"
        if kind == "Cc" or character in _TURNING:
            return f"found the control character U+{code:04X} at character {place}, expected text without one"
    return None


def _sources_of(base: Baseline) -> tuple[Source, ...]:
    numbers: list[Number] = [each for each in (base.percent, base.events, base.n) if each is not None]
    return tuple(
        dict.fromkeys(Source(key, number.status, number.at) for number in numbers for key in number.sources)
    )  # fmt: skip


def _plain(answer: Any) -> Any:
    """Give an answer as plain values."""
    if isinstance(answer, tuple):
        return [_plain(each) for each in answer]
    if isinstance(answer, Score | DoseGiven):
        return {key: str(value) for key, value in asdict(answer).items()}
    return answer
