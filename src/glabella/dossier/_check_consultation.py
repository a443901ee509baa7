"""Whether what a consultation names is there, and fits what it is used for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from glabella._reading import Path_
from glabella.dossier._comparators import Comparators
from glabella.dossier._consultation import Consultation, OfAnalyses, OfNetwork
from glabella.dossier._faults import Fault
from glabella.dossier._load import Reading
from glabella.dossier._schema import Dossier, Products

FILE = "consultation.yaml"
#: A fault: what is said, and where it stands.
_Found = Iterator[tuple[str, Path_]]


def check_consultation(reading: Reading) -> Iterator[Fault]:
    """Check the scales, products, rows of harm, analyses and treatments that ``consultation.yaml`` names."""
    consultation = reading.parts.get(FILE)
    if consultation is None:
        return
    found: list[tuple[str, Path_]] = []
    if (dossier := reading.parts.get("dossier.yaml")) is not None:
        found += _scales(consultation, dossier)
        found += _analyses(consultation, dossier)
    if (products := reading.parts.get("products.yaml")) is not None:
        found += _products(consultation, products)
        found += _harms(consultation, products)
    comparators = reading.parts.get("comparators.yaml")
    if comparators is not None or "comparators.yaml" not in reading.documents:
        found += _network(consultation, comparators)
    for message, path in found:
        yield Fault(FILE, reading.documents[FILE].line(path), message)


def _scales(consultation: Consultation, dossier: Dossier) -> _Found:
    """Check that a score can be told from what is none, and that what counts as a change is asked for."""
    for key, ask in consultation.asks.items():
        for place, scale in enumerate(ask.scales):
            path: Path_ = ("asks", key, "scales", place)
            if scale not in dossier.scales:
                yield f"no scale {scale!r} in dossier.yaml; {_one_of(dossier.scales)}", path
            elif dossier.scales[scale].range is None:
                yield f"scale {scale!r} has no range in dossier.yaml; expected one, to tell what is no score", path
    if (plan := consultation.plan) is None:
        return
    named: list[tuple[str, Path_]] = []
    named += [(each.scale, ("plan", "changes", place, "scale")) for place, each in enumerate(plan.changes)]
    named += [(each.scale, ("plan", "course", place, "scale")) for place, each in enumerate(plan.course)]
    asked = [scale for each in consultation.asks.values() for scale in each.scales]
    for scale, path in named:
        if scale not in asked:
            yield f"nothing asks for a score on {scale!r}; {_one_of(asked)}", path


def _analyses(consultation: Consultation, dossier: Dossier) -> _Found:
    for key, option in consultation.options.items():
        if not isinstance(option.effect, OfAnalyses):
            continue
        where: Path_ = ("options", key, "effect")
        named: list[tuple[str, Path_]] = [(option.effect.analysis, (*where, "analysis"))]
        named += [(name, (*where, "readings", place)) for place, name in enumerate(option.effect.readings)]
        for name, path in named:
            if name not in dossier.analyses:
                yield f"no analysis {name!r} in dossier.yaml; {_one_of(dossier.analyses)}", path
                continue
            outcome = dossier.outcomes.get(dossier.analyses[name].outcome)
            # Of a score, less may be better, and yet the event that it is turned into is a good one.
            if outcome is not None and outcome.kind == "binary" and outcome.better != consultation.better:
                said = f"of the outcome of analysis {name!r} {outcome.better} is better"
                yield f"{said}, but here {consultation.better}", path


def _products(consultation: Consultation, products: Products) -> _Found:
    treatments = [key for key, each in products.products.items() if each.kind == "treatment"]
    for key in consultation.spacing:
        if key not in treatments:
            yield f"no product {key!r} of kind treatment in products.yaml; {_one_of(treatments)}", ("spacing", key)


def _harms(consultation: Consultation, products: Products) -> _Found:
    named: list[tuple[str, Path_]] = [
        (row, ("options", key, "harms", place))
        for key, option in consultation.options.items()
        for place, row in enumerate(option.harms)
    ]
    named += [
        (row, ("matters", key, "harms", option))
        for key, matter in consultation.matters.items()
        for option, row in matter.harms.items()
    ]
    if consultation.take_home is not None:
        named += [(row, ("take_home", "harms", row)) for row in consultation.take_home.harms]
    for row, path in named:
        if row not in products.harm_counts:
            yield f"no harm_counts {row!r} in products.yaml; {_one_of(products.harm_counts)}", path


def _network(consultation: Consultation, comparators: Comparators | None) -> _Found:
    known = comparators.treatments if comparators is not None else {}
    for key, option in consultation.options.items():
        if not isinstance(option.effect, OfNetwork):
            continue
        for field in ("treatment", "against"):
            if (name := getattr(option.effect, field)) not in known:
                message = f"no treatment {name!r} in comparators.yaml; {_one_of(known)}"
                yield message, ("options", key, "effect", field)
        if comparators is not None and comparators.better != consultation.better:
            message = f"in comparators.yaml {comparators.better} is better, but here {consultation.better}"
            yield message, ("options", key, "effect")


def _one_of(names: Iterable[str]) -> str:
    known = sorted(names)
    return f"expected one of {known}" if known else "there is none"
