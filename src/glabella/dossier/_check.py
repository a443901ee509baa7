"""What one file alone cannot show: ids that must exist, arms that must sum, text that hides a number."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from glabella.dossier._check_agreement import misfits_of_arm, misfits_of_difference
from glabella.dossier._check_direction import check_direction
from glabella.dossier._comparators import Comparators
from glabella.dossier._consultation import Ask, Consultation, ConsultOption, Crisis, Matter, TakeHome
from glabella.dossier._faults import Fault, Note, told
from glabella.dossier._frames import Frame
from glabella.dossier._load import Reading, read_folder
from glabella.dossier._mechanism import Parameter
from glabella.dossier._number import Alternative, Number, misfits_of_count
from glabella.dossier._parts import Parts, Place, models_of, path_of
from glabella.dossier._schema import (
    PLACEHOLDER,
    ConflictValue,
    Dossier,
    Exclusion,
    Look,
    Outcome,
    Result,
    RiskOfBias,
    Signal,
    Statement,
    Study,
)
from glabella.dossier._words import Words

#: Text fields that people read as the dossier's own words: a digit there would be a number with no source.
_SPOKEN = frozenset(
    {"text", "why", "because", "says", "topic", "not_convertible", "claim", "population", "intervention"}
)
#: Fields of one kind of part that are read so too.
_SPOKEN_OF: Mapping[type[BaseModel], frozenset[str]] = MappingProxyType(
    {
        Outcome: frozenset({"event", "unit"}),
        Words: frozenset(Words.model_fields) - {"sites"},
        Signal: frozenset({"short", "serious"}),
        Look: frozenset({"sources"}),
        Dossier: frozenset({"groups"}),
        Study: frozenset({"look_in"}),
        Ask: frozenset({"label", "ask", "choices"}),
        Consultation: frozenset({"title", "event"}),
        ConsultOption: frozenset({"label", "plain"}),
        Matter: frozenset({"label", "plain"}),
        TakeHome: frozenset(TakeHome.model_fields),
    }
)
#: Fields of one kind of part that are no words of ours: whom to call has a telephone number.
_NOT_SPOKEN_OF: Mapping[type[BaseModel], frozenset[str]] = MappingProxyType({Crisis: frozenset({"text"})})
_BELONGS = "or, where it belongs to a name or a definition, list that under names in dossier.yaml"
#: Choices that every headline is put through, besides those that a dossier declares.
OWN_CHOICES = ("trials", "method", "estimator", "test", "interval")
#: Names with digits that a dossier may declare: each is looked for in every text.
MOST_NAMES = 1_000
#: Of what is expected, so many are listed.
_LISTED = 30
_IDENTIFIER = re.compile(r"\bNCT\d+\b|\b10\.\d{4,}/\S+")
_DIGIT = re.compile(r"\d")
_YEAR_IN_LABEL = re.compile(r"\b(?:19|20)\d\d\b")


def check(folder: Path | str) -> list[Fault]:
    """List the faults of the dossier in ``folder``, of a file with very many the first; none when it is sound."""
    reading = read_folder(Path(folder))
    return list(told([*reading.faults, *check_reading(reading)]))


def notes(folder: Path | str) -> list[Note]:
    """List what is no fault of the dossier in ``folder`` but should be known: values from memory, lost sources."""
    from glabella.dossier._check_locators import note_locators
    from glabella.dossier._check_recalled import note_recalled

    reading = read_folder(Path(folder))
    return sorted({*note_recalled(reading, models_of(reading)), *note_locators(reading)})


def check_reading(reading: Reading) -> list[Fault]:
    """Check the parts of a reading against each other, as far as they could be read."""
    from glabella.dossier._check_claims import check_claims
    from glabella.dossier._check_comparators import check_comparators
    from glabella.dossier._check_consultation import check_consultation
    from glabella.dossier._check_frames import check_frames
    from glabella.dossier._check_locators import check_locators
    from glabella.dossier._check_measures import check_measures
    from glabella.dossier._check_mechanism import check_mechanism
    from glabella.dossier._check_number_words import check_number_words
    from glabella.dossier._check_recalled import check_recalled
    from glabella.dossier._check_rules import check_rules
    from glabella.dossier._check_summary import check_summary

    models = list(models_of(reading))
    faults = list(_check_references(reading, models))
    faults += _check_words(reading, models)
    faults += check_number_words(reading, models)
    for name, part in reading.parts.items():
        if isinstance(part, Study):
            faults += _check_study(reading, name, part)
    faults += _check_analyses(reading)
    faults += check_recalled(reading, models)
    faults += check_locators(reading, models)
    faults += check_claims(reading)
    faults += check_rules(reading)
    faults += check_measures(reading)
    faults += check_summary(reading)
    faults += check_frames(reading)
    faults += check_consultation(reading)
    faults += check_comparators(reading)
    faults += check_mechanism(reading)
    return list(told(faults))


def _cited(value: BaseModel) -> tuple[str, ...]:
    match value:
        case Number() | Parameter():
            return value.sources
        case Statement():
            return ((value.source,) if value.source else ()) + value.also
        case Alternative() | RiskOfBias() | ConflictValue() | Exclusion():
            return (value.source,) if value.source else ()
        case Study():
            return value.reports
        case Comparators():
            return (value.source, *value.also)
        case _:
            return ()


def _check_references(reading: Reading, models: Parts) -> Iterator[Fault]:
    references = reading.parts.get("references.json")
    if references is None:
        return
    used: set[str] = set()
    for name, place, value in models:
        for cited in _cited(value):
            used.add(cited)
            if cited not in references:
                message = f"reference {cited!r} is not in references.json, expected an id from there"
                yield Fault(name, reading.documents[name].line((*path_of(place), "source")), message)
    if any(fault.file != "references.json" for fault in reading.faults):
        return  # a file that could not be read may hold the missing citation
    document = reading.documents["references.json"]
    for index, entry in enumerate(document.data):
        key = entry.get("id") if isinstance(entry, dict) else None
        if key in references and key not in used:
            yield Fault("references.json", document.line((index,)), f"nothing cites reference {key!r}")


def _check_words(reading: Reading, models: Parts) -> Iterator[Fault]:
    dossier = reading.parts.get("dossier.yaml")
    if dossier is None:
        return
    names = sorted((name for name in dossier.names if _DIGIT.search(name)), key=len, reverse=True)
    if len(names) > MOST_NAMES:
        message = f"{len(names):,} names with digits, expected at most {MOST_NAMES:,}"
        yield Fault("dossier.yaml", reading.documents["dossier.yaml"].line(("names",)), message)
        return
    for file, place, field, text in said_in(models):
        if found := bare_number(text, names):
            mend = "name it {like_this} and give its source" if field == "text" else "say it without the number"
            message = f"{field} holds the bare number {found!r}; {mend}, {_BELONGS}"
            yield Fault(file, reading.documents[file].line((*path_of(place), field)), message)


def said_in(models: Parts) -> Iterator[tuple[str, Place, str, str]]:
    """Give every text that people read as the dossier's own words: its file, its place, its field."""
    for file, place, value in models:
        if isinstance(value, (Number, Frame)):
            continue  # a Number's note is its provenance, shown as such; a frame's words are an article's, not ours
        for field in _spoken_of(type(value)):
            yield from (
                (file, place, field, text) for text in _texts(getattr(value, field)) if isinstance(text, str)
            )


def _texts(said: object) -> Collection[object]:
    """Give what stands in a field: one text, several, or several by name."""
    return said.values() if isinstance(said, Mapping) else said if isinstance(said, tuple) else (said,)


@cache
def _spoken_of(kind: type[BaseModel]) -> tuple[str, ...]:
    """Give the fields of a kind of part in which people read the dossier's own words."""
    spoken = (_SPOKEN | _SPOKEN_OF.get(kind, frozenset())) - _NOT_SPOKEN_OF.get(kind, frozenset())
    return tuple(sorted(spoken & kind.model_fields.keys()))


def bare_number(text: str, names: list[str]) -> str | None:
    """Find the first digit run in ``text`` outside placeholders, identifiers and declared names."""
    if not _DIGIT.search(text):
        return None
    rest = PLACEHOLDER.sub(" ", _IDENTIFIER.sub(" ", text))
    for name in names:
        rest = rest.replace(name, " ")
    rest = _YEAR_IN_LABEL.sub(" ", rest)
    match = re.search(r"\d[\d.,]*", rest)
    return match.group() if match else None


def _one_of(names: Iterable[str], expected: str = "expected one of") -> str:
    """Say which names are expected; a list without end helps nobody."""
    known = sorted(names)
    more = f" and {len(known) - _LISTED:,} more" if len(known) > _LISTED else ""
    return f"{expected} {known[:_LISTED]}{more}"


def _check_study(reading: Reading, name: str, study: Study) -> Iterator[Fault]:
    document = reading.documents[name]

    def fault(message: str, *path: str | int) -> Fault:
        return Fault(name, document.line(path), message)

    if study.design.randomised == "yes" and len(study.arms) == 1:
        yield fault("one arm only; a randomised study has at least two", "arms")
    sizes = [arm.n_randomised.value for arm in study.arms.values()]
    total = study.n_randomised.value
    known = [size for size in sizes if size is not None]
    if total is not None and len(known) == len(sizes) > 1 and sum(known) != total:
        added = " + ".join(f"{size:g}" for size in known)
        yield fault(f"arms do not sum: {added} = {sum(known):g}, expected n_randomised {total:g}", "n_randomised")
    names = _Names(study, reading.parts.get("dossier.yaml"))
    pairs: dict[tuple[str, str], str] = {}
    for key, comparison in study.comparisons.items():
        for end in ("arm", "versus"):
            if (arm := getattr(comparison, end)) not in study.arms:
                yield fault(f"no arm {arm!r}; {names.arms}", "comparisons", key, end)
        if comparison.arm == comparison.versus:
            yield fault(f"compares {comparison.arm} with itself", "comparisons", key, "versus")
        pair = sorted((comparison.arm, comparison.versus))
        if (first := pairs.setdefault((pair[0], pair[1]), key)) != key:
            yield fault(f"compares the arms of {first} again", "comparisons", key)
    dossier = reading.parts.get("dossier.yaml")
    if dossier is not None:
        expected = _one_of(dossier.groups, "expected a key of groups in dossier.yaml:")
        for group in study.excluded.keys() - dossier.groups.keys():
            yield fault(f"no group {group!r}; {expected}", "excluded", group)
    products = reading.parts.get("products.yaml")
    expected = _one_of(products.products, "expected a key of products.yaml:") if products is not None else ""
    for key, arm in study.arms.items():
        for part in ("n_treated", "n_analysed", "n_completed"):
            for _, message in misfits_of_count(part, getattr(arm, part), "n_randomised", arm.n_randomised):
                yield fault(message, "arms", key, part)
        if products is not None and arm.treatment not in products.products:
            yield fault(f"no product {arm.treatment!r}; {expected}", "arms", key, "treatment")
    for index, result in enumerate(study.results):
        yield from _check_result(study, names, result, lambda m, *p, i=index: fault(m, "results", i, *p))


class _Names:
    """What the results of a study may name, put together once."""

    def __init__(self, study: Study, dossier: Dossier | None) -> None:
        self.dossier = dossier
        self.arms, self.comparisons = _one_of(study.arms), _one_of(study.comparisons)
        self.outcomes, self.scales = (_one_of(dossier.outcomes), _one_of(dossier.scales)) if dossier else ("", "")
        self.pairs: dict[tuple[str, str], list[str]] = {}
        for key, comparison in study.comparisons.items():
            self.pairs.setdefault((comparison.arm, comparison.versus), []).append(key)

    def among(self, arms: Collection[str]) -> Iterator[str]:
        """Give the comparisons between some of the arms."""
        few = len(arms) ** 2 < len(self.pairs)
        for one, other in product(arms, arms) if few else self.pairs:
            if one in arms and other in arms:
                yield from self.pairs.get((one, other), ())


def _check_result(study: Study, names: _Names, result: Result, fault: Any) -> Iterator[Fault]:
    if names.dossier is not None:
        if result.outcome not in names.dossier.outcomes:
            yield fault(f"no outcome {result.outcome!r}; {names.outcomes}", "outcome")
        if result.scale is not None and result.scale not in names.dossier.scales:
            yield fault(f"no scale {result.scale!r}; {names.scales}", "scale")
    if study.design.type == "crossover" and result.period is None:
        yield fault("crossover data without period; expected period: 1 or period: 2", "outcome")
    outcome = names.dossier.outcomes.get(result.outcome) if names.dossier is not None else None
    scale = names.dossier.scales.get(result.scale or "") if names.dossier is not None else None
    if outcome is not None and outcome.kind == "continuous" and result.scale is None:
        yield fault(f"scale is missing; scores of {result.outcome!r} are on one, {names.scales}", "outcome")
    # A response may be better the more of it there is, on a scale of which less is better: counts have no scale.
    scored = any(arm.mean or arm.change_mean or arm.percent_change for arm in result.arms.values())
    scored = scored or any(between.difference for between in result.between)
    declared = scale is not None and "better" in scale.model_fields_set
    if outcome and scale and declared and scored and scale.better != outcome.better:
        yield fault(f"on scale {result.scale!r} {scale.better} is better, but of outcome {result.outcome!r} "
                    f"{outcome.better}: differences would be pooled with the wrong sign", "scale")  # fmt: skip
    for index, between in enumerate(result.between):
        comparison = study.comparisons.get(between.comparison)
        for field, message in misfits_of_difference(between):
            yield fault(message, "between", index, field)
        if outcome is not None and comparison is not None:
            for path, message in check_direction(result, comparison, between, outcome.better):
                yield fault(message, "between", index, *path)
    for arm, shown in result.arms.items():
        if arm not in study.arms:
            yield fault(f"no arm {arm!r}; {names.arms}", "arms", arm)
            continue
        group = study.arms[arm]
        people = shown.n or group.n_analysed or group.n_randomised
        yield from (fault(message, "arms", arm, field) for field, message in misfits_of_arm(shown, people, scale))
        yield from (
            fault(message, "arms", arm, "n")
            for _, message in misfits_of_count("n", shown.n, "n_randomised", group.n_randomised)
        )
        if shown.n is None:
            of = "n_analysed" if group.n_analysed else "n_randomised"
            yield from (
                fault(message, "arms", arm, "events")
                for _, message in misfits_of_count("events", shown.events, of, getattr(group, of))
            )
    excused = {between.comparison for between in result.between if between.not_convertible}
    for index, between in enumerate(result.between):
        for key in (between.comparison, between.borrow_sd_from):
            if key is not None and key not in study.comparisons:
                yield fault(f"no comparison {key!r}; {names.comparisons}", "between", index)
    empty = {arm for arm, shown in result.arms.items() if shown.events is not None and shown.events.value == 0}
    for key in names.among(empty):
        if key not in excused:
            comparison = study.comparisons[key]
            message = (
                f"no events in {comparison.arm} nor in {comparison.versus}: no ratio is defined; "
                f"expected a between entry for {key} with not_convertible: the reason"
            )
            yield fault(message, "arms")


def _check_analyses(reading: Reading) -> Iterator[Fault]:
    dossier = reading.parts.get("dossier.yaml")
    if dossier is None:
        return
    document = reading.documents["dossier.yaml"]
    studies = {part.id: part for part in reading.parts.values() if isinstance(part, Study)}
    all_read = not any(fault.file.startswith("studies") for fault in reading.faults)
    if dossier.headline not in dossier.analyses:
        message = f"no analysis {dossier.headline!r}; expected one of {sorted(dossier.analyses)}"
        yield Fault("dossier.yaml", document.line(("headline",)), message)
    for key in dossier.question.outcomes:
        if key not in dossier.outcomes:
            yield Fault("dossier.yaml", document.line(("question", "outcomes")), f"no outcome {key!r}")
    for key, outcome in dossier.outcomes.items():
        if outcome.points is not None and outcome.points.scale not in dossier.scales:
            message = f"no scale {outcome.points.scale!r}; {_one_of(dossier.scales)}"
            yield Fault("dossier.yaml", document.line(("outcomes", key, "points", "scale")), message)
    for key, analysis in dossier.analyses.items():
        if analysis.outcome not in dossier.outcomes:
            line = document.line(("analyses", key, "outcome"))
            yield Fault("dossier.yaml", line, f"no outcome {analysis.outcome!r} in outcomes")
        treated: dict[tuple[str, str], str] = {}
        for index, name in enumerate(analysis.comparisons):
            study, _, comparison = name.partition("/")
            if all_read and (study not in studies or comparison not in studies[study].comparisons):
                line = document.line(("analyses", key, "comparisons", index))
                yield Fault("dossier.yaml", line, f"no comparison {name!r}; expected STUDY/COMPARISON")
            elif name in analysis.comparisons[:index]:
                line = document.line(("analyses", key, "comparisons", index))
                yield Fault("dossier.yaml", line, f"comparison {name!r} twice: its people would be counted twice")
            elif study in studies and comparison in studies[study].comparisons:
                arm = studies[study].comparisons[comparison].arm
                # A control that comparisons share is shared out among them; an arm that is treated is not.
                if (first := treated.setdefault((study, arm), name)) != name:
                    line = document.line(("analyses", key, "comparisons", index))
                    message = f"{name!r} has the arm {arm} of {first!r}: its people would be counted twice"
                    yield Fault("dossier.yaml", line, message)
    yield from _check_choices(reading, dossier)
    for key, target in dossier.reproduce.items():
        if target.verdict != "not_possible" and target.analysis not in dossier.analyses:
            line = document.line(("reproduce", key, "analysis"))
            yield Fault("dossier.yaml", line, f"no analysis {target.analysis!r} in analyses")


def _check_choices(reading: Reading, dossier: Dossier) -> Iterator[Fault]:
    references = reading.parts.get("references.json")
    known = {name for analysis in dossier.analyses.values() for name in analysis.comparisons}
    sets: dict[str, str] = {}

    def fault(message: str, *path: str) -> Fault:
        return Fault("dossier.yaml", reading.documents["dossier.yaml"].line(("choices", *path)), message)

    for choice, options in dossier.choices.items():
        if choice in OWN_CHOICES:
            yield fault(f"choice {choice!r} is always made; expected another name", choice)
        if not options:
            yield fault(f"choice {choice!r} has no option; expected one or more", choice)
        for field in sorted({field for option in options.values() for field in option.model_fields_set}):
            if sets.setdefault(field, choice) != choice:
                yield fault(f"choice {choice!r} sets {field}, which choice {sets[field]!r} sets too", choice)
        for label, option in options.items():
            for text in (choice, label):
                if found := bare_number(text, list(dossier.names)):
                    yield fault(f"{text!r} holds the bare number {found!r}; say it in words", choice, label)
            for name in option.without:
                if name not in known:
                    yield fault(f"no analysis has comparison {name!r}", choice, label)
            for reference in option.not_from:
                if references is not None and reference not in references:
                    yield fault(f"reference {reference!r} is not in references.json", choice, label)
