"""What may be chosen otherwise than a dossier declares, and the evidence with such choices made.

Which trials, which time, which dose and how they are pooled are choices; a dossier declares each and says why.
Somebody else may choose otherwise and see what comes of it: the result is theirs, not the dossier's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from glabella.dossier import Analysis, Evidence, Study
from glabella.synthesis import contrasts_of_each

#: How estimators, intervals, kinds of blinding and of controls are called.
METHODS = {
    "REML": "restricted maximum likelihood", "DL": "DerSimonian and Laird", "common": "one common effect",
}  # fmt: skip
TESTS = {"knha": "Hartung and Knapp", "t": "t distribution", "z": "normal distribution"}
BLINDING = {"double": "double-blind", "single": "single-blind", "open": "open", "unknown": "blinding not known"}
CONTROLS = {
    "placebo": "an inert control", "other_site": "the same, given at another site", "sham": "a sham procedure",
    "drug": "a drug", "none": "no treatment",
}  # fmt: skip
#: Of which several may be taken.
SEVERAL = ("dose", "other", "blinding", "control")
#: Every choice, in order, with its name.
NAMES = {
    "analysis": "which trials and outcome", "time": "when", "dose": "dose", "other": "other treatment",
    "signals": "signals of bias", "blinding": "blinding", "control": "against what", "method": "estimator",
    "test": "interval",
}  # fmt: skip
#: Gives what may be chosen within an analysis.
Offers = Callable[[str], dict[str, dict[str, str]]]
#: Characters of what was asked that are said again.
_LONGEST = 60


class ChoiceError(ValueError):
    """What was chosen cannot be; ``faults`` says why, every reason by itself."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True, slots=True)
class Choices:
    """Choices that differ from what is declared; two that come to the same are equal.

    Attributes
    ----------
    analysis : str
        Key of the analysis they are made in.
    made : tuple of (str, tuple of str)
        What else was chosen, by the names of :data:`NAMES` and in their order; empty where nothing was.
    """

    analysis: str
    made: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The same as names and values, such as a form sends."""
        return (("analysis", self.analysis), *((name, value) for name, values in self.made for value in values))

    def of(self, name: str) -> tuple[str, ...]:
        """Give what was chosen of one kind; nothing where it is as declared."""
        return dict(self.made).get(name, ())


@dataclass(frozen=True, slots=True)
class Chosen:
    """A dossier with other choices.

    Attributes
    ----------
    choices : Choices
    evidence : Evidence
        The dossier, its headline the analysis as it was chosen.
    left_out : tuple of (str, str, str)
        Study, comparison and why, of what the choice of a dose leaves out; what the analysis itself leaves out,
        its contrasts name.
    said : tuple of (str, str)
        Each choice in words: its name, and what was chosen.
    """

    choices: Choices
    evidence: Evidence
    left_out: tuple[tuple[str, str, str], ...]
    said: tuple[tuple[str, str], ...]

    @property
    def analysis(self) -> Analysis:
        """The analysis as it was chosen."""
        return self.evidence.dossier.analyses[self.choices.analysis]


def offered(evidence: Evidence, key: str) -> dict[str, dict[str, str]]:
    """Give what may be chosen within an analysis.

    Parameters
    ----------
    evidence : Evidence
        The dossier as read.
    key : str
        Of one of its analyses.

    Returns
    -------
    dict of str to dict of str to str
        By the names of :data:`NAMES`: values and their words. What leaves no choice is not among them.

    Examples
    --------
    >>> from glabella.dossier import load
    >>> evidence = load()
    >>> list(offered(evidence, evidence.dossier.headline)["method"])
    ['REML', 'DL', 'common']
    """
    analysis, words = evidence.dossier.analyses[key], evidence.words
    named = list(_named(evidence, analysis))
    studies = list({study.id: study for study, _ in named}.values())
    times = _times(evidence, analysis, studies)
    found: dict[str, dict[str, str]] = {
        "time": {
            **{f"{time:g}": words.at(time) for time in times},
            **({"first": "each trial’s first time", "last": "each trial’s last time"} if len(times) > 1 else {}),
        },
        "dose": dict(sorted(_dose(evidence, study, key) for study, key in named)),
        "other": {str(study.co_treatment): words.others(study.co_treatment) for study in studies},
        "signals": {"leave_out": "trials of which the dossier declares a signal serious are left out"}
        if any(study.serious for study in studies)
        else {},
        "blinding": {str(study.design.blinding): BLINDING[study.design.blinding] for study in studies},
        "control": {str(kind): CONTROLS[kind] for study, key in named for kind in [study.comparisons[key].control]},
        "method": METHODS,
        "test": TESTS,
    }
    least = {"signals": 1}
    return {name: values for name, values in found.items() if len(values) >= least.get(name, 2)}


def read_choices(
    evidence: Evidence, keys: Sequence[str], pairs: Iterable[tuple[str, str]], offers: Offers | None = None
) -> Choices:
    """Read what was chosen.

    Parameters
    ----------
    evidence : Evidence
        The dossier as read.
    keys : sequence of str
        The analyses that may be chosen.
    pairs : iterable of (str, str)
        Names and values; an empty value is as declared.
    offers : callable, optional
        Gives what :func:`offered` does, such as what is held of it.

    Returns
    -------
    Choices
        Without what is as declared anyway.

    Raises
    ------
    ChoiceError
        With every reason why they cannot be.
    """
    given: dict[str, list[str]] = {}
    faults: list[str] = []
    for name, value in pairs:
        if name not in NAMES:
            faults.append(f"{_short(name)}: no such choice, expected one of {', '.join(NAMES)}")
        elif value:
            given.setdefault(name, []).append(value)
    for name, values in given.items():
        if name not in SEVERAL and len(values) > 1:
            faults.append(f"{name}: found {len(values)} values, expected one")
    key = given.pop("analysis", [evidence.dossier.headline])[0]
    if key not in keys:
        faults.append(f"analysis: found {_short(key)!r}, expected one of {', '.join(keys)}")
        raise ChoiceError(faults)
    may, declared = (offers or partial(offered, evidence))(key), _declared(evidence.dossier.analyses[key])
    made: dict[str, tuple[str, ...]] = {}
    for name, values in given.items():
        wrong = [value for value in values if value not in may.get(name, {})]
        if name not in may:
            faults.append(f"{name}: found {_short(values[0])!r}, but in this analysis there is no choice of it")
        elif wrong:
            expected = ", ".join(may[name])
            faults += [f"{name}: found {_short(value)!r}, expected one of {expected}" for value in wrong]
        else:
            kept = tuple(value for value in may[name] if value in values)
            every = name in SEVERAL and len(kept) == len(may[name])
            if not every and kept != declared.get(name):
                made[name] = kept
    if faults:
        raise ChoiceError(faults)
    return Choices(key, tuple((name, made[name]) for name in NAMES if name in made))


def choosing(evidence: Evidence, choices: Choices) -> Chosen:
    """Give a dossier with other choices made.

    Parameters
    ----------
    evidence : Evidence
        The dossier as read.
    choices : Choices
        As :func:`read_choices` gives them.

    Returns
    -------
    Chosen
    """
    declared = evidence.dossier.analyses[choices.analysis]
    left_out = tuple(_of_other_dose(evidence, declared, choices.of("dose")))
    set_: dict[str, object] = {}
    for name, values in choices.made:
        match name:
            case "time" if values[0] in ("first", "last"):
                set_["when"] = values[0]
            case "time":
                set_ |= {"when": "named", "time": float(values[0])}
            case "dose":
                names = (f"{study}/{comparison}" for study, comparison, _ in left_out)
                set_["without"] = (*declared.without, *names)
            case "other":
                set_["co_treatment"] = values
            case "signals":
                set_["serious_signals"] = values[0]
            case "blinding":
                set_["blinding"] = values
            case "control":
                set_["controls"] = values
            case "method" | "test":
                set_[name] = values[0]
    said = tuple(_said(evidence, choices))
    if said:
        set_["label"] = f"{declared.label}; chosen: {', '.join(words for _, words in said)}"
        set_["why"] = "chosen by whoever asked, not declared by the dossier"
    analyses = {**evidence.dossier.analyses, choices.analysis: declared.model_copy(update=set_)}
    dossier = evidence.dossier.model_copy(update={"analyses": analyses, "headline": choices.analysis})
    return Chosen(choices, replace(evidence, dossier=dossier), left_out, said)


def declared_words(evidence: Evidence, key: str) -> dict[str, str]:
    """Give what an analysis declares of each choice that is made by one value, in words."""
    analysis = evidence.dossier.analyses[key]
    time = evidence.words.at(analysis.time) if analysis.when == "named" else f"each trial’s {analysis.when} time"
    signals = {"keep": "none left out for them", "leave_out": "those with a serious one left out"}
    return {
        "time": time, "signals": signals[analysis.serious_signals], "method": METHODS[analysis.method],
        "test": TESTS[analysis.test],
    }  # fmt: skip


def _said(evidence: Evidence, choices: Choices) -> Iterator[tuple[str, str]]:
    words = offered(evidence, choices.analysis)
    for name, values in choices.made:
        said = " or ".join(words[name][value] for value in values)
        yield NAMES[name], f"{said} only" if name in SEVERAL else said


def _declared(analysis: Analysis) -> dict[str, tuple[str, ...]]:
    """Give what an analysis declares, as it would be chosen."""
    time = analysis.when if analysis.when != "named" else "" if analysis.time is None else f"{analysis.time:g}"
    signals = "leave_out" if analysis.serious_signals == "leave_out" else ""
    single = {"time": time, "signals": signals, "method": analysis.method, "test": analysis.test}
    several = {"other": analysis.co_treatment, "blinding": analysis.blinding, "control": analysis.controls}
    return {name: (value,) for name, value in single.items()} | {
        name: tuple(values) for name, values in several.items()
    }


def _named(evidence: Evidence, analysis: Analysis) -> Iterator[tuple[Study, str]]:
    """Give the comparisons that an analysis names."""
    for name in analysis.comparisons:
        if name not in analysis.without:
            study, _, key = name.partition("/")
            yield evidence.studies[study], key


def _times(evidence: Evidence, analysis: Analysis, studies: Sequence[Study]) -> list[float]:
    """Give the times at which a comparison of an analysis gives an effect."""
    reported = sorted({result.time for study in studies for result in study.results if result.time is not None})
    each = [analysis.model_copy(update={"when": "named", "time": time}) for time in reported]
    found = zip(reported, contrasts_of_each(evidence, each), strict=True)
    return [time for time, those in found if those.effects]


def _dose(evidence: Evidence, study: Study, key: str) -> tuple[str, str]:
    """Name the dose of a comparison's arm, for a form and in words; units are those of its product."""
    arm = study.arms[study.comparisons[key].arm]
    known = [dose for dose in arm.doses if dose.units.value is not None]
    product = evidence.products.products.get(arm.treatment)
    label = product.label if product is not None else arm.treatment
    if not known:
        return f"{arm.treatment}:", f"{label}, dose not known"
    short = "/".join(f"{'' if it.who == 'all' else it.who + ' '}{it.units.value:g}" for it in known)
    amounts = (
        f"{it.units.value:g} {it.units.unit or 'units'}" + ("" if it.who == "all" else f" ({it.who})")
        for it in known
    )
    return f"{arm.treatment}:{short}", f"{label} {' or '.join(amounts)}"


def _of_other_dose(
    evidence: Evidence, analysis: Analysis, wanted: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    for study, key in _named(evidence, analysis) if wanted else ():
        name, words = _dose(evidence, study, key)
        if name not in wanted:
            yield study.id, key, f"the dose is {words}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
