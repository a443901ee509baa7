"""Whether a mechanism's files fit each other, their model and the dossier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from glabella.dossier._course import CoursePriors
from glabella.dossier._faults import Fault
from glabella.dossier._load import COURSE, MECHANISM, QUESTIONS, WORDS, Reading
from glabella.dossier._mechanism import Explanations, Links, Parameters
from glabella.dossier._mechanism_words import MechanismWords
from glabella.dossier._observations import MoodObservation, Observations
from glabella.dossier._questions import Questions
from glabella.dossier._schema import Study

MODEL, PARAMETERS, OBSERVATIONS, LINKS, EXPLANATIONS = (
    MECHANISM + name
    for name in ("model.ant", "parameters.yaml", "observations.yaml", "links.yaml", "explanations.yaml")
)
#: The constant of the model that says what one unit of a product does.
POTENCY = "potency"
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COMMENT = re.compile(r"//[^\n]*")
_DIGIT = re.compile(r"\d")


def check_mechanism(reading: Reading) -> Iterator[Fault]:
    """Check names of the model, products, studies and scales wherever they are used."""
    from glabella.dossier._check_fitted import check_fitted

    text = reading.parts.get(MODEL)
    words = frozenset(_WORD.findall(_COMMENT.sub("", text))) if text is not None else None
    parameters = reading.parts.get(PARAMETERS)
    if parameters is not None:
        yield from _check_parameters(reading, parameters, words)
    if (observations := reading.parts.get(OBSERVATIONS)) is not None:
        yield from _check_observations(reading, observations, parameters)
    if words is not None and (links := reading.parts.get(LINKS)) is not None:
        yield from _check_links(reading, links, words)
    if (questions := reading.parts.get(QUESTIONS)) is not None:
        yield from _check_questions(reading, questions, parameters)
    if words is not None and (explanations := reading.parts.get(EXPLANATIONS)) is not None:
        yield from _check_explanations(reading, explanations, words)
    if (course := reading.parts.get(COURSE)) is not None:
        yield from _check_course(reading, course, words, observations)
    if (said := reading.parts.get(WORDS)) is not None:
        yield from _check_words(reading, said, observations)
    yield from check_fitted(reading)


def _fault(reading: Reading, file: str, message: str, *path: str | int) -> Fault:
    return Fault(file, reading.documents[file].line(path), message)


def _treatments(reading: Reading) -> frozenset[str] | None:
    products = reading.parts.get("products.yaml")
    if products is None:
        return None
    return frozenset(key for key, product in products.products.items() if product.kind == "treatment")


def _check_parameters(reading: Reading, parameters: Parameters, words: frozenset[str] | None) -> Iterator[Fault]:
    treatments = _treatments(reading)
    for key, parameter in parameters.parameters.items():
        symbol = parameter.symbol or key
        if words is not None and parameter.belongs_to == "model" and symbol not in words:
            message = f"the model has no {symbol!r}; expected one of its names, or belongs_to other than model"
            yield _fault(reading, PARAMETERS, message, "parameters", key)
        if treatments is not None and parameter.product is not None and parameter.product not in treatments:
            message = f"no treatment {parameter.product!r} in products.yaml; expected one of {sorted(treatments)}"
            yield _fault(reading, PARAMETERS, message, "parameters", key, "product")


def _check_observations(
    reading: Reading, observations: Observations, parameters: Parameters | None
) -> Iterator[Fault]:
    treatments = _treatments(reading)
    potent = None
    if parameters is not None:
        known = parameters.parameters.items()
        potent = {each.product for key, each in known if (each.symbol or key) == POTENCY}
    for field in ("muscle", "times", "nerve", "mood"):
        for index, each in enumerate(getattr(observations, field)):
            if treatments is not None and each.product not in treatments:
                message = f"no treatment {each.product!r} in products.yaml; expected one of {sorted(treatments)}"
                yield _fault(reading, OBSERVATIONS, message, field, index, "product")
            elif potent is not None and each.use in ("fit", "held_out") and each.product not in potent:
                message = f"{each.product!r} has no {POTENCY} in parameters.yaml, so its units mean nothing there"
                yield _fault(reading, OBSERVATIONS, message, field, index, "product")
    for index, mood in enumerate(observations.mood):
        yield from _check_mood(reading, index, mood)


def _check_mood(reading: Reading, index: int, mood: MoodObservation) -> Iterator[Fault]:
    def fault(message: str, field: str) -> Fault:
        return _fault(reading, OBSERVATIONS, message, "mood", index, field)

    dossier = reading.parts.get("dossier.yaml")
    if dossier is not None and mood.scale not in dossier.scales:
        yield fault(f"no scale {mood.scale!r}; expected one of {sorted(dossier.scales)}", "scale")
    name = f"studies/{mood.study}.yaml"
    if name in reading.documents and name not in reading.parts:
        return  # that file has faults of its own
    study: Any = reading.parts.get(name)
    if not isinstance(study, Study):
        yield fault(f"no study {mood.study!r}; expected the id of a file in studies", "study")
    elif mood.comparison not in study.comparisons:
        expected = f"expected one of {sorted(study.comparisons)}"
        yield fault(f"{mood.study} has no comparison {mood.comparison!r}; {expected}", "comparison")
    elif study.comparisons[mood.comparison].control != mood.comparator:
        control = study.comparisons[mood.comparison].control
        yield fault(f"comparator is {mood.comparator}, but the study's file says {control}", "comparator")
    elif (treatment := study.arms[study.comparisons[mood.comparison].arm].treatment) != mood.product:
        yield fault(f"product is {mood.product}, but the study's file says {treatment}", "product")


def _check_links(reading: Reading, links: Links, words: frozenset[str]) -> Iterator[Fault]:
    for node in links.nodes:
        if node not in words:
            yield _fault(reading, LINKS, f"the model has no {node!r}; expected one of its names", "nodes", node)
    for key, link in links.links.items():
        if link.through not in words:
            message = f"the model has no {link.through!r}; expected a reaction or quantity of it"
            yield _fault(reading, LINKS, message, "links", key, "through")
    used = {name for link in links.links.values() for name in (link.begin, link.end)}
    for node in sorted(links.nodes.keys() - used):
        yield _fault(reading, LINKS, f"no link touches node {node!r}", "nodes", node)


def _check_explanations(reading: Reading, explanations: Explanations, words: frozenset[str]) -> Iterator[Fault]:
    for key, explanation in explanations.explanations.items():
        for switch in explanation.switches:
            if switch not in words:
                message = f"the model has no {switch!r}; expected a switch of it"
                yield _fault(reading, EXPLANATIONS, message, "explanations", key, "switches", switch)


def _check_questions(reading: Reading, questions: Questions, parameters: Parameters | None) -> Iterator[Fault]:
    if parameters is None:
        return
    potent = {each.product for key, each in parameters.parameters.items() if (each.symbol or key) == POTENCY}
    for product in questions.doses:
        if product not in potent:
            message = f"{product!r} has no {POTENCY} in parameters.yaml, so its units mean nothing there"
            yield _fault(reading, QUESTIONS, message, "doses", product)
    if f"threshold_{questions.definition}" not in parameters.parameters:
        message = f"no threshold_{questions.definition} in parameters.yaml, so nothing tells who responds"
        yield _fault(reading, QUESTIONS, message, "definition")


def _check_course(
    reading: Reading, course: CoursePriors, words: frozenset[str] | None, observations: Observations | None
) -> Iterator[Fault]:
    """Look for products, definitions and a constant that the course says nothing of, or that are not there."""
    treatments = _treatments(reading)
    for product in course.label_doses:
        if treatments is not None and product not in treatments:
            message = f"no treatment {product!r} in products.yaml; expected one of {sorted(treatments)}"
            yield _fault(reading, COURSE, message, "label_doses", product)
    if words is not None and course.loss is not None and course.loss not in words:
        yield _fault(reading, COURSE, f"the model has no {course.loss!r}; expected one of its constants", "loss")
    if observations is None:
        return
    known = course.definitions.keys() | course.unknown.keys()
    for field in ("muscle", "times"):
        for index, each in enumerate(getattr(observations, field)):
            if each.use != "fit":
                continue
            if each.product not in course.label_doses:
                message = f"{each.product!r} has no dose under label_doses in course.yaml to compare its doses with"
                yield _fault(reading, OBSERVATIONS, message, field, index, "product")
            if each.definition not in known:
                message = f"course.yaml has no definition {each.definition!r}; expected one of {sorted(known)}"
                yield _fault(reading, OBSERVATIONS, message, field, index, "definition")


def _check_words(reading: Reading, words: MechanismWords, observations: Observations | None) -> Iterator[Fault]:
    """Look for digits in phrases, and for trials that nothing was observed in."""
    for path, text in words.spoken:
        if _DIGIT.search(text):
            yield _fault(reading, WORDS, f"{path[-1]} holds a bare number: {text!r}; say it in words", *path)
    if observations is None:
        return
    known = {each.study for field in ("muscle", "times", "nerve", "mood") for each in getattr(observations, field)}
    for trial in words.trials:
        if trial not in known:
            yield _fault(reading, WORDS, f"nothing in observations.yaml was seen in {trial!r}", "trials", trial)
