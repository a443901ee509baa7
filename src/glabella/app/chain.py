"""The way from a number to its sources: what it was pooled from, how each effect was made, and what was read."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from glabella._reading import Path_
from glabella.brief import Results
from glabella.brief.difference import CALLED
from glabella.brief.measure import OF_PEOPLE
from glabella.brief.pooled import TrialClaims, pooled_claims, read_as, trial_claims
from glabella.brief.quoting import capital, joined
from glabella.brief.readings import baselines, people_without
from glabella.brief.references import listed
from glabella.brief.render.numbers import how, value_of
from glabella.brief.results import PooledAnalysis
from glabella.brief.sections.effect import trials_of
from glabella.decision.choices import METHODS, TESTS
from glabella.dossier import Number, numbers_of
from glabella.shown import (
    Block,
    Cite,
    Claim,
    Column,
    Details,
    Document,
    Inline,
    Items,
    Ledger,
    Link,
    Name,
    Paragraph,
    Reference,
    Row,
    Section,
    Shown,
    Small,
    Strong,
    Table,
    claims_of,
    digest,
    sources_of,
)

#: How a number came into the dossier.
_STATUS = {
    "seen": "seen in its own source",
    "reported": "reported by another source",
    "derived": "worked out from what sources say",
}
#: What of a claim's people and time says nothing.
_UNSAID = ("", "any", "as in the source")
#: What is said of one comparison of an analysis.
_OF_TRIAL = ("effect", "weight", "n1", "n2")
#: What makes a chance with treatment of one without it, and an effect.
_ON_A_BASELINE = "glabella.synthesis.risk_with"
#: Most numbers that are named as made of another.
_MOST = 12


@dataclass(frozen=True, eq=False)
class Ground:
    """What numbers stand on: what was computed, every claim made of it, and where each stands.

    Attributes
    ----------
    results : Results
        Of a dossier, as it is or with other choices.
    claims : mapping of str to Claim
        Those that have a page.
    places : mapping of str to tuple of (str, str)
        Name and title of every section in which a claim stands, by its id.
    prefix : str
        Before the ids of claims about its analyses.
    declared : Results or None
        Of the dossier as it is, where ``results`` are of other choices; its chances without treatment are told.
    """

    results: Results
    claims: Mapping[str, Claim]
    places: Mapping[str, tuple[tuple[str, str], ...]]
    prefix: str = ""
    declared: Results | None = None

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every source of the dossier."""
        return listed(self.results.evidence.references)

    @cached_property
    def analyses(self) -> dict[str, PooledAnalysis]:
        """Every analysis that has effects, by its digest."""
        declared = self.results.evidence.dossier.analyses
        found = {key: self.results.shown(key) for key in declared}
        return {digest(declared[key].model_dump(mode="json")): one for key, one in found.items() if one is not None}

    @cached_property
    def comparisons(self) -> dict[str, tuple[PooledAnalysis, int]]:
        """The analysis and the place in it of every comparison, by the beginning of its claims' ids."""
        return {
            f"{self.prefix}{one.id}.{effect.study}.{effect.comparison}.": (one, place)
            for one in self.analyses.values()
            for place, effect in enumerate(one.effects)
        }

    @cached_property
    def typed(self) -> dict[str, list[tuple[str, Path_, Number]]]:
        """Where a number that is quoted was typed, by its digest."""
        found: dict[str, list[tuple[str, Path_, Number]]] = {}
        for file, path, number in numbers_of(self.results.evidence):
            found.setdefault(digest(number.model_dump(mode="json")), []).append((file, path, number))
        return found

    @property
    def book(self) -> Ledger:
        """A ledger in which its analyses' claims have the ids that they have elsewhere."""
        return Ledger().under(self.prefix)

    def comparison(self, claim: Claim) -> tuple[str, PooledAnalysis, int] | None:
        """Give of which comparison of an analysis a claim speaks, if of one."""
        parts = claim.id.split(".")
        for end in range(len(parts) - 1, 2, -1):
            begin = ".".join(parts[:end]) + "."
            if begin in self.comparisons:
                return (begin, *self.comparisons[begin])
        return None

    def analysis(self, claim: Claim) -> PooledAnalysis | None:
        """Give the analysis that a claim rests on, if on one."""
        return self.analyses.get(dict(claim.inputs).get("analysis", ""))


def chain(ground: Ground, claim: Claim) -> Document:
    """Make a document of what stands behind a claim.

    Parameters
    ----------
    ground : Ground
        What it stands on.
    claim : Claim
        One of its claims.

    Returns
    -------
    Document
        Whose numbers are all those that the claim was made of; it is not among them itself.
    """
    sections = (
        Section("number", "", (Paragraph(Name(value_of(claim)), "lead"), _what(claim))),
        Section("way", "From its sources to this number", (Items(tuple(_way(ground, claim)), ordered=True),)),
        *_made(ground, claim),
        *_typed(ground, claim),
        _rests(ground, claim),
        *_stands(ground, claim),
    )
    shown = {it.id: it for section in sections for it in claims_of((section,))}
    shown.pop(claim.id, None)
    cited = {source.reference for it in (claim, *shown.values()) for source in it.sources}
    cited |= {key for section in sections for key in sources_of((section,))}
    references = tuple(it for it in ground.references if it.key in cited)
    dossier = ground.results.evidence.dossier
    return Document("report", dossier.id, claim.label, dossier.updated, (), sections, (), references,
                    tuple(shown.values()))  # fmt: skip


# --- what it is ---------------------------------------------------------------------------------------------


def _what(claim: Claim) -> Table:
    """Say of whom a number speaks, when, and how certain it is."""
    lines: list[tuple[str, Inline]] = [
        ("Its interval", Name(claim.interval or "")),
        ("People", Name("" if claim.population in _UNSAID else claim.population)),
        ("When", Name("" if claim.time_span in _UNSAID else claim.time_span)),
        ("Certainty", claim.certainty),
    ]
    rows = tuple(Row((name, said)) for name, said in lines if said != Name(""))
    return Table("", (Column("what"), Column("said")), rows, look="list")


def _does(function: str) -> str:
    """Say what a function does, as it says itself."""
    try:
        words = inspect.getdoc(pkgutil.resolve_name(function)) or ""
    except (ImportError, AttributeError, ValueError):
        return ""
    return words.partition("\n")[0]


# --- the way to it ------------------------------------------------------------------------------------------


def baseline_of(ground: Ground, claim: Claim) -> Claim | None:
    """Give the chance without treatment on which one with it was computed; None of any other claim.

    Parameters
    ----------
    ground : Ground
        What the claim stands on.
    claim : Claim
        One of its claims.

    Returns
    -------
    Claim or None
    """
    if claim.function != _ON_A_BASELINE or not claim.id.endswith(".with"):
        return None
    parts = claim.id.split(".")
    if parts[-3:-2] == ["people"]:
        return ground.claims.get(f"people.{parts[-2]}.without") or _told_without(ground, claim, parts[-2])
    # Beside it in its row; all treatments of a network are told on one.
    beside = (".".join([*parts[:end], "without"]) for end in (-1, -2))
    return next((ground.claims[name] for name in beside if name in ground.claims), None)


def _told_without(ground: Ground, claim: Claim, name: str) -> Claim | None:
    """Tell a chance without treatment where no document that is shown does."""
    results = ground.declared or ground.results
    base = next((it for it in baselines(results) if it.id == name), None)
    of = _people_of(claim)
    return None if base is None or of is None else people_without(results, Ledger(), base, of)


def _people_of(claim: Claim) -> int | None:
    """Give of how many people a claim tells, by its label; the most first, whose words hold those of fewer."""
    return next((of for of in sorted(OF_PEOPLE, reverse=True) if f"of {OF_PEOPLE[of]} " in claim.label), None)


def _baseline(ground: Ground, claim: Claim) -> Iterator[Inline]:
    """Say on which chance without treatment a number was computed, and where that is from."""
    base = baseline_of(ground, claim)
    if base is None:
        return
    keys = tuple(dict.fromkeys(source.reference for source in base.sources))
    short = {it.key: it.short or it.key for it in ground.references}
    named = joined(Name(short.get(key, key)) for key in keys)
    of = _people_of(base)
    many = "" if of is None else f" of {OF_PEOPLE[of]}"
    from_ = (", source" if len(keys) == 1 else ", sources", ": ", named, Cite(keys)) if keys else ()
    yield ("Chance without treatment: ", base, many, from_)


def _way(ground: Ground, claim: Claim) -> Iterator[Inline]:
    """Name each station from the sources to a number, and from it to what it went into."""
    here: Inline = Strong((capital(_kind(ground, claim)), ": ", Name(value_of(claim)), " (this number)"))
    if claim.sources:
        keys = tuple(dict.fromkeys(source.reference for source in claim.sources))
        short = {it.key: it.short or it.key for it in ground.references}
        named = joined(Name(short.get(key, key)) for key in keys[:_MOST])
        yield ("Sources: ", named, " and others" if len(keys) > _MOST else "", Cite(keys))
    found = ground.comparison(claim)
    if found is not None:
        yield from _way_of_trial(ground, claim, here, *found)
        return
    one = ground.analysis(claim)
    if one is None:
        files = [_file(name) for name, _ in claim.inputs if name != "dossier"]
        if files:
            more = " and others" if len(files) > _MOST else ""
            yield ("Read from ", joined(Name(it) for it in files[:_MOST]), more)
        yield from _baseline(ground, claim)
        yield here
        return
    trials = trial_claims(ground.results, ground.book, one)
    effects = joined((Name(trial.label), " ", trial.effect) for trial in trials[:_MOST])
    yield ("Effects of the trials: ", effects, " and others" if len(trials) > _MOST else "")
    pooled = pooled_claims(ground.results, ground.book, one)
    if claim.id != pooled.estimate.id:
        yield ("Pooled: ", pooled.estimate)
    yield from _baseline(ground, claim)
    yield here
    if claim.id == pooled.estimate.id and (told := _of_analysis(ground, one)):
        yield ("Told as ", joined((Name(it.label.partition(":")[0]), " ", it) for it in told))


def _way_of_trial(
    ground: Ground, claim: Claim, here: Inline, begin: str, one: PooledAnalysis, place: int
) -> Iterator[Inline]:
    trial = trial_claims(ground.results, ground.book, one)[place]
    read = [(name, it) for step in trial.steps for name, it in step.read]
    pooled = pooled_claims(ground.results, ground.book, one).estimate
    own = claim.id.removeprefix(begin)
    if own not in _OF_TRIAL:
        yield here
        if any(it.id == claim.id for _, it in read):
            yield ("Effect of ", Name(trial.label), ": ", trial.effect)
            yield ("Pooled: ", pooled)
        return
    if read:
        yield ("Numbers read: ", joined((Name(read_as(name)), " ", it) for name, it in read))
    if own == "weight":
        yield ("Effect of ", Name(trial.label), ": ", trial.effect)
    yield here
    yield ("Pooled, with ", trial.weight if own == "effect" else "its", " weight: ", pooled)


def _kind(ground: Ground, claim: Claim) -> str:
    found = ground.comparison(claim)
    own = claim.id.removeprefix(found[0]) if found else ""
    if own in ("effect", "weight"):
        return f"the trial’s {own}"
    names = {"glabella.brief.quote": "quoted", "glabella.brief.count": "counted"}
    return names.get(claim.function, "pooled" if claim.function.endswith(".pool_trials") else "computed")


def _of_analysis(ground: Ground, one: PooledAnalysis) -> list[Claim]:
    """Give what else is told of an analysis's effect: in points, of people."""
    begin = f"{ground.prefix}{one.id}."
    return [
        it
        for name, it in ground.claims.items()
        if name.startswith(begin) and it.function.endswith((".to_scale_points", ".risk_with"))
    ][:_MOST]


# --- what it was made of ------------------------------------------------------------------------------------


def _made(ground: Ground, claim: Claim) -> Iterator[Section]:
    """Show the steps by which an effect was made, or the trials that were pooled."""
    found = ground.comparison(claim)
    if found is not None:
        begin, one, place = found
        if claim.id.removeprefix(begin) in _OF_TRIAL:
            trial = trial_claims(ground.results, ground.book, one)[place]
            yield _steps(ground, one, place, trial)
            if claim.id.removeprefix(begin) == "weight":
                yield _pooled(ground, one)
        return
    one_ = ground.analysis(claim)
    if one_ is not None:
        yield _pooled(ground, one_)


def _steps(ground: Ground, one: PooledAnalysis, place: int, trial: TrialClaims) -> Section:
    """Say step by step how a trial's effect was made."""
    items: list[Inline] = []
    for step in trial.steps:
        read = joined((Name(read_as(name)), " ", it) for name, it in step.read)
        items.append((Name(capital(step.rule)), (": ", read) if step.read else "", "."))
    effect = one.effects[place]
    from_, when = Name(trial.made_from or effect.route), Name(ground.results.evidence.words.at(effect.time))
    content: list[Block] = [
        Paragraph((Name(trial.label), ": ", trial.effect, ". Made from ", from_, ", ", when, ".")),
        Items(tuple(items), ordered=True),
        Paragraph(("People: ", Shown(trial.n1, "number"), " treated and ", Shown(trial.n2, "number"),
                   " in the control", ", of which it has a share" if trial.shared else "", ".")),
    ]  # fmt: skip
    return Section("steps", "How this effect was made", tuple(content))


def _pooled(ground: Ground, one: PooledAnalysis) -> Section:
    """Show the trials that were pooled, what was left out, and how they were pooled."""
    book, analysis = ground.book, one.analysis
    found = pooled_claims(ground.results, book, one)
    notes = f" {capital('; '.join(one.fit.notes))}." if one.fit.notes else ""
    how_ = f"Declared: estimator {METHODS[analysis.method]}, interval by {TESTS[analysis.test]}.{notes}"
    blocks = trials_of(ground.results, book, one, found, set())
    return Section("trials", "The trials it was pooled from", (*blocks, Paragraph(how_, "note")))


# --- where it was read --------------------------------------------------------------------------------------


def _typed(ground: Ground, claim: Claim) -> Iterator[Section]:
    """Say where a number stands in its sources, and where in the dossier."""
    content: list[Block] = []
    if claim.sources:
        short = {it.key: it.short or it.key for it in ground.references}
        items = tuple(
            (Name(short.get(it.reference, it.reference)), ": ", Name(how(it) or _STATUS.get(it.status, it.status)),
             Cite((it.reference,)))
            for it in claim.sources
        )  # fmt: skip
        content.append(Items(items))
    found = ground.typed.get(dict(claim.inputs).get("dossier", ""), [])
    for number in {number.model_dump_json(): number for _, _, number in found}.values():
        said: list[Inline] = [capital(_STATUS.get(number.status, number.status)), "."]
        if number.note:
            said += [" ", Name(number.note), "."]
        content.append(Paragraph(tuple(said)))
        content += [
            Paragraph(("Another source gives another value: ", Name(f"{it.value:g}"), ", ", Name(it.note), "; ",
                       Name(number.because or ""), ".", Cite((it.source,))))
            for it in number.alternatives
        ]  # fmt: skip
    if found:
        lines = tuple((Name(file), Small((": ", Name(" › ".join(map(str, path)))))) for file, path, _ in found)
        content.append(Details("Where the dossier holds it", (Items(lines),)))
    if content:
        yield Section("read", "Where it was read", tuple(content))


# --- what it rests on ---------------------------------------------------------------------------------------


def _rests(ground: Ground, claim: Claim) -> Section:
    """Name what made a number, and the files that it rests on, each with the digest of its content: folded."""
    evidence = ground.results.evidence
    files = {file: 0 for file, _, _ in ground.typed.get(dict(claim.inputs).get("dossier", ""), [])}
    rows = [Row((Name(file), Small(Name(evidence.digests[file])))) for file in files]
    for name, mark in claim.inputs:
        study = evidence.studies.get(name)
        file = _file(name)
        if study:
            file = f"studies/{name}.yaml"
        # A number may rest on a part of a file alone, and its digest is of that part.
        part = "a part of " if evidence.digests.get(file, mark) != mark else ""
        label: Inline = (Name(study.label), Small(Name(part + file))) if study else Name(part + file)
        rows.append(Row((label, Small(Name(mark)))))
    does = _does(claim.function)
    made = ("Made by ", Name(f"{claim.function}, version {claim.version}"), ". ", Name(does))
    content: list[Block] = [Paragraph(made)]
    if rows:
        table = Table("", (Column("what"), Column("SHA-256 of its content")), tuple(rows))
        words = "Whoever has the same content gets the same number from the same function."
        content += [Paragraph(words), table]
    else:
        content.append(Paragraph("No file is named."))
    return Section("rests", "", (Details("For checking: what made it, and the files it rests on", tuple(content)),))


def _file(name: str) -> str:
    return CALLED.get(name, name)


def _stands(ground: Ground, claim: Claim) -> Iterator[Section]:
    """Lead to the sections in which a number stands."""
    places = ground.places.get(claim.id, ())
    if places:
        yield Section("stands", "Where it stands", (Items(tuple(Link(title, name) for name, title in places)),))
