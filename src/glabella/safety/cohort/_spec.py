"""A cohort comparison as it is declared: who, against whom, what is counted, and what is tried besides."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from glabella._reading import one_line, read_yaml
from glabella.safety.store import Lists, Mode, Role, load_lists

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Quarter = Annotated[str, StringConstraints(pattern=r"^(19|20)\d{2}Q[1-4]$")]
Stratum = Literal["sex", "age_band", "year", "reporter", "country"]

#: Event lists, and comparators, of an arm are bits of one integer of 64 that both engines have.
MOST = 60
#: Faults of a file that are told.
_TOLD = 20


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Printed(_Model):
    """What a publication printed for an arm, to be laid beside the result; ``status`` as in a dossier."""

    n_exposed: int | None = None
    n_comparator: int | None = None
    ror: float | None = None
    ror_low: float | None = None
    ror_high: float | None = None
    status: Literal["seen", "reported", "derived"]
    source: Text
    note: Text | None = None


class Arm(_Model):
    """One indication: the same complaint treated with the drug and with something else.

    Attributes
    ----------
    id, label : str
        Name and words.
    indications : tuple of str
        Groups or single terms for which the drug must have been given; empty takes reports whatever the indication.
    comparators : tuple of str, or "everything else"
        Substances or groups given for the same indication, each also compared alone; or all other reports.
    printed : Printed, optional
        A published result for this arm.
    """

    id: Id
    label: Text
    indications: tuple[Text, ...] = ()
    comparators: tuple[Text, ...] | Literal["everything else"]
    printed: Printed | None = None

    @field_validator("comparators")
    @classmethod
    def _some(cls, value: Any) -> Any:
        if not value:
            raise ValueError("no comparator is named, expected drugs or 'everything else'")
        if not isinstance(value, str) and len(value) > MOST:
            raise ValueError(f"{len(value)} comparators, expected at most {MOST}")
        return value


class Exclusions(_Model):
    """Reports left out of both sides: with one of these drugs, indications or reporters."""

    drugs: tuple[Text, ...] = ()
    indications: tuple[Text, ...] = ()
    reporters: tuple[Text, ...] = ()


class Events(_Model):
    """Lists of report terms, by the name of a general group or of one of the dossier, or single terms.

    Attributes
    ----------
    primary : str
        What the comparison is about.
    also : tuple of str
        Other lists of the same question, narrower or broader.
    negative_controls : tuple of str
        Events that neither side should cause: a ratio away from one there shows what bias alone does.
    complaints : tuple of str
        Lack of effect, product and injection-site terms; reports with nothing else are dropped in one run.
    """

    primary: Text
    also: tuple[Text, ...] = ()
    negative_controls: tuple[Text, ...] = ()
    complaints: tuple[Text, ...] = ()


class CohortSpec(_Model):
    """A declared cohort comparison.

    Attributes
    ----------
    id, title, question : str
        Name, words, and the question that the comparison is meant to help with.
    rationale : str
        Why spontaneous reports are looked at for it.
    quarters : tuple of (str, str), optional
        First and last quarter of the reports' receipt; all when left out.
    mode : {"raw", "latest", "strict", "literature"}
        Which flagged reports are left out.
    role : {"primary", "suspect", "any"}
        Role of the drugs on both sides.
    exposed : tuple of str
        Products, substances or groups.
    exclude : Exclusions
        Applied to both sides.
    arms : tuple of Arm
        At least one.
    events : Events
        What is counted.
    adjust : tuple of str
        Strata of the adjusted ratios.
    reproduces, limits : str, optional
        The publication that this follows, and what of it is not known.
    """

    schema_version: Literal[1]
    id: Id
    title: Text
    question: Text
    rationale: Text
    reproduces: Text | None = None
    limits: Text | None = None
    quarters: tuple[Quarter, Quarter] | None = None
    mode: Mode = "strict"
    role: Role = "suspect"
    exposed: tuple[Text, ...] = Field(min_length=1)
    exclude: Exclusions = Exclusions()
    arms: tuple[Arm, ...] = Field(min_length=1)
    events: Events
    adjust: tuple[Stratum, ...] = ("sex", "age_band", "year", "reporter")

    @model_validator(mode="after")
    def _fits(self) -> CohortSpec:
        names = [arm.id for arm in self.arms]
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        if twice:
            raise ValueError(f"arms share the id {twice[0]!r}, expected one id an arm")
        lists = 1 + len(self.events.also) + len(self.events.negative_controls)
        if lists > MOST:
            raise ValueError(f"{lists} event lists, expected at most {MOST}")
        if self.quarters and self.quarters[0] > self.quarters[1]:
            raise ValueError(
                f"quarters run from {self.quarters[0]} to {self.quarters[1]}, expected the earlier first"
            )
        return self


def load_spec(path: str | Path, lists: Lists | None = None) -> CohortSpec:
    """Read a cohort file.

    Parameters
    ----------
    path : str or Path
        A YAML file, or the id of a cohort of the dossier.
    lists : Lists, optional
        Of the dossier, see :func:`glabella.safety.load_lists`; those of the shipped one when omitted.

    Returns
    -------
    CohortSpec

    Raises
    ------
    ValueError
        If the file cannot be read or a field is wrong; names the file, the field, what was found and expected.
    """
    lists = load_lists() if lists is None else lists
    file = lists.cohorts.get(str(path), Path(path))
    try:
        found = read_yaml(file)
    except FileNotFoundError as error:
        raise ValueError(f"{path}: no such file, and no cohort of its own among {lists}; {_held(lists)}") from error
    except OSError as error:
        raise ValueError(f"{file}: cannot be read: {error.strerror}") from error
    if not isinstance(found, dict):
        raise ValueError(f"{file}: holds {type(found).__name__}, expected fields")
    try:
        return CohortSpec.model_validate(found)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(step) for step in one['loc']) or 'file'}: {re.sub(r'^Value error, ', '', one['msg'])}"
            for one in error.errors(include_url=False, include_input=False)[:_TOLD]
        )
        more = f"; and {error.error_count() - _TOLD:,} more faults" if error.error_count() > _TOLD else ""
        raise ValueError(one_line(f"{file}: {faults}") + more) from error


def _held(lists: Lists) -> str:
    """Say which cohorts there are, and how to have others."""
    there = f"there are {', '.join(lists.cohorts)}" if lists.cohorts else "they have none"
    return f"{there}; another dossier has others (--dossier, or open_store(dossier=...))"
