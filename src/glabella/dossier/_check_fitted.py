"""Whether what was fitted belongs to the files as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from glabella._reading import Path_
from glabella.dossier._faults import Fault
from glabella.dossier._fitted import Fitted
from glabella.dossier._load import FIT, MECHANISM, Reading
from glabella.dossier._text import read_document

#: Files of the folder that enter the fit. What supports each link does not.
INPUTS = ("model.ant", "parameters.yaml", "observations.yaml", "explanations.yaml", "questions.yaml",
          "course.yaml")  # fmt: skip
#: The fit without any effect, where no explanation is that.
NO_EFFECT = "no effect"


def fit_inputs(digests: Mapping[str, str]) -> dict[str, str]:
    """Give the digests of the files that enter the fit, by name in their folder."""
    return {name: digests[MECHANISM + name] for name in INPUTS if MECHANISM + name in digests}


def check_fitted(reading: Reading) -> Iterator[Fault]:
    """Check that the files are those that were fitted, and that names are the dossier's."""
    fitted = reading.parts.get(FIT)
    if fitted is None:
        return
    found = [*_check_inputs(reading, fitted), *_check_names(reading, fitted)]
    if not found:
        return
    # Only now: to look for lines takes longer than to read the whole dossier.
    document = read_document((reading.folder / FIT).read_bytes(), FIT)
    again = f"refit with: glabella mechanism fit {reading.folder}"
    for path, message in found:
        yield Fault(FIT, document.line(path), f"{message}; {again}")


def _check_inputs(reading: Reading, fitted: Fitted) -> Iterator[tuple[Path_, str]]:
    there = {name for name in INPUTS if (reading.folder / MECHANISM / name).exists()}
    if fitted.inputs.keys() != there:
        yield ("inputs",), f"made from {sorted(fitted.inputs)}, expected {sorted(there)}"
    now = {name: reading.digests.get(MECHANISM + name) for name in INPUTS}
    # A file that cannot be read has no digest, and a fault of its own.
    changed = [name for name in INPUTS if now[name] and fitted.inputs.get(name, now[name]) != now[name]]
    if changed:
        yield ("inputs", changed[0]), f"stale: changed since the fit was made: {', '.join(changed)}"


def _check_names(reading: Reading, fitted: Fitted) -> Iterator[tuple[Path_, str]]:
    for kind, known, used in _names(reading, fitted):
        if known is None:
            continue  # that file could not be read
        for path, name in used:
            if name not in known:
                yield path, f"no {kind} {name!r}"


def _names(
    reading: Reading, fitted: Fitted
) -> Iterator[tuple[str, frozenset[str] | None, list[tuple[Path_, str]]]]:
    """Give each kind of name: what the dossier has of it, and where it is used."""
    parts, mood = reading.parts, fitted.mood
    products = parts.get("products.yaml")
    treatments = [key for key, each in products.products.items() if each.kind == "treatment"] if products else None
    used: list[tuple[Path_, str]] = [
        ((field, place, "product"), each.product)
        for field in ("courses", "landmarks") for place, each in enumerate(getattr(fitted, field))
    ]  # fmt: skip
    yield "treatment in products.yaml", _known(treatments), [*used, (("mood", "product"), mood.product)]

    parameters = parts.get(MECHANISM + "parameters.yaml")
    used = [(("chain", "constants", place, "name"), each.name) for place, each in enumerate(fitted.chain.constants)]
    yield "parameter", _known(parameters.parameters if parameters else None), used

    seen = parts.get(MECHANISM + "observations.yaml")
    used = [(("muscle", "rows", place, "id"), each.id) for place, each in enumerate(fitted.muscle.rows)]
    ids = [each.id for each in (*seen.muscle, *seen.times)] if seen else None
    yield "observation of the muscle", _known(ids), used
    used = [(("mood", "rows", place), each) for place, each in enumerate(mood.rows)]
    yield "observation of mood", _known([each.id for each in seen.mood] if seen else None), used

    explanations = parts.get(MECHANISM + "explanations.yaml")
    used = [(("mood", "explanations", place, "name"), each.name) for place, each in enumerate(mood.explanations)]
    used += [(("mood", "apart"), mood.apart)] if mood.apart is not None else []
    used += [
        (("mood_courses", place, "explanation"), each.explanation) for place, each in enumerate(fitted.mood_courses)
    ]
    yield "explanation", _known([*explanations.explanations, NO_EFFECT] if explanations else None), used


def _known(names: Iterable[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)
