"""Whether what the brief's numbers rest on can be looked up by anybody."""

from __future__ import annotations

from collections.abc import Iterator

from glabella._reading import Path_
from glabella.dossier._faults import Fault, Note
from glabella.dossier._load import Reading
from glabella.dossier._number import Number
from glabella.dossier._parts import Parts, path_of
from glabella.dossier._schema import Dossier, Study

_FILE = "references.json"
_EXPECTED = "expected DOI, PMID, PMCID, number or URL"


def check_locators(reading: Reading, models: Parts) -> Iterator[Fault]:
    """Name each reference that nobody can look up where a number of the brief rests on it, once in a file."""
    lost = _lost(reading)
    if not lost:
        return
    shown = _Shown(reading)
    said: set[tuple[str, str]] = set()
    for file, place, value in models:
        if not isinstance(value, Number) or value.value is None or lost.isdisjoint(value.sources):
            continue
        path = path_of(place)
        if not shown(file, path):
            continue
        for key in lost.intersection(value.sources):
            if (file, key) not in said:
                said.add((file, key))
                message = f"a number of the brief rests on {key!r}, which has no locator; {_EXPECTED}"
                yield Fault(file, reading.documents[file].line(path), message)


def note_locators(reading: Reading) -> Iterator[Note]:
    """Name every reference that nobody can look up."""
    lost = _lost(reading)
    for index, entry in enumerate(reading.documents[_FILE].data if lost else ()):
        if isinstance(entry, dict) and (key := entry.get("id")) in lost:
            yield Note(_FILE, reading.documents[_FILE].line((index,)), f"{key!r} has no locator; {_EXPECTED}")


def _lost(reading: Reading) -> frozenset[str]:
    references = reading.parts.get(_FILE, {})
    return frozenset(key for key, reference in references.items() if not reference.located)


class _Shown:
    """Which numbers of a dossier the brief shows or computes from."""

    def __init__(self, reading: Reading) -> None:
        self.parts = reading.parts
        dossier: Dossier | None = reading.parts.get("dossier.yaml")
        summary = reading.parts.get("summary.yaml")
        self.harms = frozenset(summary.harms) if summary is not None else frozenset()
        named = [summary.people, *(each.analysis for each in summary.readings)] if summary is not None else []
        analyses = dossier.analyses if dossier is not None else {}
        keys = [dossier.headline, *named] if dossier is not None else []
        used = [analyses[key] for key in keys if key in analyses]
        self.outcomes = frozenset(each.outcome for each in used)
        #: A standardised difference may come from the odds of response.
        self.taken = self.outcomes | {"response" for each in used if "response" in each.uses}
        self.studies = frozenset(name.partition("/")[0] for each in used for name in each.comparisons)

    def __call__(self, file: str, path: Path_) -> bool:
        if file == "summary.yaml":
            return True
        if file == "products.yaml":
            return path[0] == "harm_counts" and (not self.harms or path[1] in self.harms)
        if file == "dossier.yaml":
            return path[0] == "outcomes" and path[1] in self.outcomes and path[2] != "minimal_important_difference"
        study = self.parts[file]
        if not isinstance(study, Study) or study.id not in self.studies:
            return False
        if path[0] == "results" and isinstance(path[1], int):
            return study.results[path[1]].outcome in self.taken
        return path[0] == "arms" and path[-1] != "units"
