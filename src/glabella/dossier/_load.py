"""From a folder of files to one frozen object, or to every fault at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from glabella._reading import Path_, UnreadableError, read_bytes
from glabella.dossier._comparators import Comparators
from glabella.dossier._consultation import Consultation
from glabella.dossier._course import CoursePriors
from glabella.dossier._expected import expected, shown
from glabella.dossier._faults import MOST_FAULTS, DossierError, Fault, MisfitError
from glabella.dossier._fitted import FORMAT, Fitted
from glabella.dossier._frames import Frames
from glabella.dossier._mechanism import Explanations, Links, Mechanism, Parameters
from glabella.dossier._mechanism_words import MechanismWords
from glabella.dossier._observations import Observations
from glabella.dossier._priors import Priors
from glabella.dossier._questions import Questions
from glabella.dossier._reports import Reports
from glabella.dossier._schema import SCHEMA_VERSION, Claims, Dossier, Products, Reference, Study
from glabella.dossier._summary import Summary
from glabella.dossier._table import NetworkTable, read_table
from glabella.dossier._text import Document, read_document
from glabella.dossier._words import Words

_M = TypeVar("_M", bound=BaseModel)

MODELS: Mapping[str, type[BaseModel]] = MappingProxyType({"dossier.yaml": Dossier, "products.yaml": Products})
#: A dossier may lack these.
OPTIONAL_MODELS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "claims.yaml": Claims,
        "reports.yaml": Reports,
        "comparators.yaml": Comparators,
        "priors.yaml": Priors,
        "summary.yaml": Summary,
        "frames.yaml": Frames,
        "consultation.yaml": Consultation,
    }
)
#: Of a model of the mechanism; a dossier that has the folder has them all.
MECHANISM = "mechanism/"
MECHANISM_MODELS: Mapping[str, type[BaseModel]] = MappingProxyType({
    MECHANISM + "parameters.yaml": Parameters, MECHANISM + "observations.yaml": Observations,
    MECHANISM + "links.yaml": Links, MECHANISM + "explanations.yaml": Explanations,
})  # fmt: skip
#: What is asked of the mechanism; without it there is nothing to fit for.
QUESTIONS = MECHANISM + "questions.yaml"
#: How sentences name what the mechanism is of; without it they say "muscle".
WORDS = MECHANISM + "words.yaml"
#: What may be believed of the course before any trial; without it no course is fitted.
COURSE = MECHANISM + "course.yaml"
#: What was computed from the mechanism, by ``glabella mechanism fit``; a dossier may lack it.
FIT = MECHANISM + "fit.json"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A dossier as read: every part of it, and the digest of each file.

    Attributes
    ----------
    dossier, products : Dossier, Products
        The files of those names; of the dossier no word is empty.
    claims : Claims
        ``claims.yaml``; without one there is no claim.
    reports : Reports or None
        ``reports.yaml``, where there is one.
    comparators, network : Comparators and NetworkTable, or None
        ``comparators.yaml`` and the table it names, where there is one.
    priors : Priors or None
        ``priors.yaml``, where there is one.
    summary : Summary
        ``summary.yaml``; empty where there is none.
    frames : Frames or None
        ``frames.yaml``, where there is one.
    consultation : Consultation or None
        ``consultation.yaml``, where there is one.
    mechanism : Mechanism or None
        The folder ``mechanism``, where there is one.
    studies : Mapping[str, Study]
        By study id, in the order of their years.
    references : Mapping[str, Reference]
        By reference id.
    digests : Mapping[str, str]
        SHA-256 of each file's bytes, by path below the folder.
    """

    dossier: Dossier
    products: Products
    claims: Claims
    reports: Reports | None
    comparators: Comparators | None
    network: NetworkTable | None
    priors: Priors | None
    summary: Summary
    frames: Frames | None
    consultation: Consultation | None
    mechanism: Mechanism | None
    studies: Mapping[str, Study]
    references: Mapping[str, Reference]
    digests: Mapping[str, str]

    @property
    def words(self) -> Words:
        """How the treatment, the condition and the people are called in sentences; none is empty."""
        return self.dossier.words


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of a folder: the parts, their documents, and the faults met on the way."""

    parts: dict[str, Any]
    documents: dict[str, Document]
    digests: dict[str, str]
    faults: list[Fault]
    folder: Path


def shipped() -> Path:
    """Give the folder of the dossier that comes with the package; of several the first by name."""
    return min((Path(__file__).parent.parent / "dossiers").glob("*/dossier.yaml")).parent


def load(path: Path | str | None = None, *, fitted: bool = True) -> Evidence:
    """Read and validate a dossier.

    Parameters
    ----------
    path : Path or str, optional
        Folder of the dossier; the shipped one when omitted.
    fitted : bool
        Whether to read what was fitted before. Without it, a fit that is stale or broken is no fault: to fit anew.

    Raises
    ------
    DossierError
        With every fault found, each with file, line and what was expected.
    """
    from glabella.dossier._check import check_reading

    reading = read_folder(Path(path) if path is not None else shipped(), fitted=fitted)
    faults = reading.faults or check_reading(reading)
    if faults:
        raise DossierError(faults)
    return assemble(reading)


def assemble(reading: Reading) -> Evidence:
    """Put the parts of a faultless reading together."""
    parts = reading.parts
    studies = [part for name, part in parts.items() if name.startswith("studies/")]
    studies.sort(key=lambda study: (study.year or 9999, study.id))
    comparators = parts.get("comparators.yaml")
    return Evidence(
        dossier=_named(parts["dossier.yaml"], parts["products.yaml"]),
        products=parts["products.yaml"],
        claims=parts.get("claims.yaml", Claims()),
        reports=parts.get("reports.yaml"),
        comparators=comparators,
        network=parts[comparators.table.file] if comparators else None,
        priors=parts.get("priors.yaml"),
        summary=parts.get("summary.yaml") or Summary(),
        frames=parts.get("frames.yaml"),
        consultation=parts.get("consultation.yaml"),
        mechanism=_mechanism(parts),
        studies=MappingProxyType({study.id: study for study in studies}),
        references=MappingProxyType(dict(parts["references.json"])),
        digests=MappingProxyType(dict(reading.digests)),
    )


def _named(dossier: Dossier, products: Products) -> Dossier:
    """Fill in the words that a dossier leaves out."""
    product, question = products.products.get(dossier.treatment), dossier.question
    words = dossier.words.filled(
        treatment=product.label if product else dossier.treatment,
        people=question.population,
        given=question.intervention,
    )
    return dossier.model_copy(update={"words": words})


def _mechanism(parts: Mapping[str, Any]) -> Mechanism | None:
    if MECHANISM + "model.ant" not in parts:
        return None
    links = parts[MECHANISM + "links.yaml"]
    return Mechanism(
        model=parts[MECHANISM + "model.ant"],
        parameters=MappingProxyType(parts[MECHANISM + "parameters.yaml"].parameters),
        observations=parts[MECHANISM + "observations.yaml"],
        nodes=MappingProxyType(links.nodes),
        links=MappingProxyType(links.links),
        explanations=MappingProxyType(parts[MECHANISM + "explanations.yaml"].explanations),
        questions=parts.get(QUESTIONS),
        course=parts.get(COURSE),
        fitted=parts.get(FIT),
        words=parts.get(WORDS, MechanismWords()),
    )


def read_folder(folder: Path, *, fitted: bool = True) -> Reading:
    """Read every file of a dossier's folder, going on after a fault."""
    reading = Reading({}, {}, {}, [], folder)
    if not folder.is_dir():
        reading.faults.append(Fault(str(folder), 0, "no such folder, expected a dossier"))
        return reading
    if not (folder / "dossier.yaml").is_file():
        reading.faults.append(Fault(str(folder), 0, "no dossier.yaml here, expected the folder of a dossier"))
        return reading
    read = _read_file(reading, folder, "dossier.yaml")
    if read and (fault := _of_another_version(reading)):
        # Every other fault would come from that one.
        reading.faults.append(fault)
        return reading
    there = {name: model for name, model in OPTIONAL_MODELS.items() if (folder / name).exists()}
    for name, model in {**MODELS, **there}.items():
        if read if name == "dossier.yaml" else _read_file(reading, folder, name):
            _validate(reading, name, model)
    _read_network(reading, folder)
    _read_mechanism(reading, folder)
    if fitted and (folder / FIT).exists():
        _read_fitted(reading, folder)
    if _read_file(reading, folder, "references.json"):
        _validate_references(reading)
    studies = sorted((folder / "studies").glob("*.yaml"))
    if not studies:
        reading.faults.append(Fault("studies", 0, "no study here, expected at least one studies/NAME.yaml"))
    for file in studies:
        name = f"studies/{file.name}"
        if _read_file(reading, folder, name):
            _validate(reading, name, Study)
            study = reading.parts.get(name)
            if study is not None and study.id != file.stem:
                line = reading.documents[name].line(("id",))
                reading.faults.append(Fault(name, line, f"id {study.id!r}, expected the file's name {file.stem!r}"))
    return reading


def _of_another_version(reading: Reading) -> Fault | None:
    """Say that a dossier is of another version of the format, if it is."""
    document = reading.documents["dossier.yaml"]
    if not isinstance(document.data, dict) or (found := document.data.get("schema_version")) == SCHEMA_VERSION:
        return None
    said = "schema_version is missing" if found is None else f"schema_version is {found!r}"
    later = isinstance(found, int) and found > SCHEMA_VERSION
    mend = "a later version of glabella reads it" if later else f"run: glabella dossier migrate {reading.folder}"
    line = document.line(("schema_version",))
    return Fault("dossier.yaml", line, f"{said}, expected {SCHEMA_VERSION}; {mend}")


def _read_file(reading: Reading, folder: Path, name: str) -> bool:
    raw = _bytes(reading, folder, name)
    if raw is None:
        return False
    try:
        reading.documents[name] = read_document(raw, name)
    except DossierError as error:
        reading.faults.extend(error.faults)
        del reading.digests[name]
        return False
    return True


def _bytes(reading: Reading, folder: Path, name: str) -> bytes | None:
    """Give the bytes of a file and keep their digest, or the fault."""
    file = folder / name
    if not file.is_file():
        reading.faults.append(Fault(name, 0, "no such file, expected one"))
        return None
    try:
        raw = read_bytes(file)
    except (UnreadableError, OSError) as error:
        said = error.problem if isinstance(error, UnreadableError) else f"cannot be read: {error.strerror}"
        reading.faults.append(Fault(name, 0, said))
        return None
    reading.digests[name] = hashlib.sha256(raw).hexdigest()
    return raw


def _read_network(reading: Reading, folder: Path) -> None:
    """Read the table that ``comparators.yaml`` names, where that could be read."""
    comparators = reading.parts.get("comparators.yaml")
    if comparators is None:
        return
    name, path = comparators.table.file, folder / comparators.table.file
    if not path.is_file():
        line = reading.documents["comparators.yaml"].line(("table", "file"))
        reading.faults.append(Fault("comparators.yaml", line, f"no file {name}, expected a table"))
        return
    try:
        reading.parts[name] = read_table(path, name, comparators.table.form, comparators.measure)
    except DossierError as error:
        reading.faults.extend(error.faults)
        return
    _bytes(reading, folder, name)
    reading.documents[name] = Document(name)


def _read_mechanism(reading: Reading, folder: Path) -> None:
    """Read the model's text and the files beside it, where there is a folder of them."""
    if not (folder / MECHANISM).is_dir():
        return
    optional: dict[str, type[BaseModel]] = {
        QUESTIONS: Questions, WORDS: MechanismWords, COURSE: CoursePriors,
    }  # fmt: skip
    there = {name: model for name, model in optional.items() if (folder / name).exists()}
    for name, model in {**MECHANISM_MODELS, **there}.items():
        if _read_file(reading, folder, name):
            _validate(reading, name, model)
    name = MECHANISM + "model.ant"
    raw = _bytes(reading, folder, name)
    if raw is None:
        return
    try:
        reading.parts[name] = raw.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        reading.faults.append(Fault(name, 0, "not UTF-8; save it as UTF-8"))
        del reading.digests[name]
        return
    reading.documents[name] = Document(name)


def _read_fitted(reading: Reading, folder: Path) -> None:
    """Read what was fitted; written by a command, so that lines are sought only where something is wrong."""
    raw = _bytes(reading, folder, FIT)
    if raw is None:
        return
    reading.documents[FIT] = Document(FIT)
    try:
        reading.parts[FIT] = Fitted.model_validate_json(raw)
    except ValidationError as error:
        try:
            document = read_document(raw, FIT)
            form = document.data.get("format", 1) if isinstance(document.data, dict) else FORMAT
            if form != FORMAT:
                # Of another form, every part would be a fault.
                message = f"format is {form}, expected {FORMAT}; refit with: glabella mechanism fit {folder}"
                reading.faults.append(Fault(FIT, document.line(("format",)), message))
                return
            reading.faults.extend(_faults(document, error))
        except DossierError as unreadable:
            reading.faults.extend(unreadable.faults)


def _validate(reading: Reading, name: str, model: type[BaseModel]) -> None:
    document = reading.documents[name]
    if not isinstance(document.data, dict):
        reading.faults.append(Fault(name, 1, f"found {shown(document.data)}, expected keys and values"))
        return
    try:
        reading.parts[name] = model.model_validate(document.data)
    except ValidationError as error:
        reading.faults.extend(_faults(document, error))


def _validate_references(reading: Reading) -> None:
    document = reading.documents["references.json"]
    if not isinstance(document.data, list):
        reading.faults.append(Fault("references.json", 1, "expected a CSL-JSON array of references"))
        return
    references: dict[str, Reference] = {}
    for index, entry in enumerate(document.data):
        try:
            reference = Reference.model_validate(entry)
        except ValidationError as error:
            reading.faults.extend(_faults(document, error, (index,)))
            continue
        if reference.id in references:
            line = document.line((index, "id"))
            reading.faults.append(Fault("references.json", line, f"id {reference.id!r} stands twice"))
        references[reference.id] = reference
    reading.parts["references.json"] = references


def _faults(document: Document, error: ValidationError, above: Path_ = ()) -> Iterator[Fault]:
    count = error.error_count()
    if count > MOST_FAULTS:
        yield Fault(document.file, 0, f"{count:,} faults, of which the first {MOST_FAULTS} are listed")
    for detail in error.errors(include_url=False)[:MOST_FAULTS]:
        for path, message in _messages(detail):
            yield Fault(document.file, document.line((*above, *path)), message)


def _messages(detail: Any) -> Iterator[tuple[Path_, str]]:
    """Say one error of Pydantic in the dossier's words, each part of it with its path."""
    path, kind, found = detail["loc"], detail["type"], detail["input"]
    where = ".".join(str(step) for step in path)
    if kind == "extra_forbidden":
        inside = f" in {'.'.join(map(str, path[:-1]))}" if path[:-1] else ""
        yield path, f"unknown key {path[-1]!r}{inside}"
    elif kind == "missing":
        yield path, f"{where} is missing"
    elif kind == "value_error":
        error = detail["ctx"]["error"]
        for field, message in error.found if isinstance(error, MisfitError) else ((None, str(error)),):
            yield (path if field is None else (*path, field)), f"{where}: {message}" if where else message
    elif path and path[-1] == "[key]":
        yield path[:-1], f"{'.'.join(map(str, path[:-1]))}: found the key {path[-2]!r}, expected {expected(detail)}"
    else:
        yield path, f"{where}: found {shown(found)}, expected {expected(detail)}"
