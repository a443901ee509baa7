"""The JSON Schema of each kind of file, so that editors complete and check a dossier while it is typed."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from glabella.dossier._comparators import Comparators
from glabella.dossier._course import CoursePriors
from glabella.dossier._fitted import Fitted
from glabella.dossier._frames import Frames
from glabella.dossier._mechanism import Explanations, Links, Parameters
from glabella.dossier._mechanism_words import MechanismWords
from glabella.dossier._observations import Observations
from glabella.dossier._priors import Priors
from glabella.dossier._problem import Problem
from glabella.dossier._questions import Questions
from glabella.dossier._reports import Reports
from glabella.dossier._schema import Claims, Dossier, Products, Study
from glabella.dossier._summary import Summary

#: The model of each kind of file.
KINDS: dict[str, type[BaseModel]] = {
    "dossier": Dossier,
    "study": Study,
    "products": Products,
    "claims": Claims,
    "reports": Reports,
    "comparators": Comparators,
    "priors": Priors,
    "summary": Summary,
    "frames": Frames,
    "parameters": Parameters,
    "observations": Observations,
    "links": Links,
    "explanations": Explanations,
    "questions": Questions,
    "course": CoursePriors,
    "words": MechanismWords,
    "fit": Fitted,
    "problem": Problem,
}


def json_schema(kind: str) -> dict[str, Any]:
    """Give the JSON Schema of one kind of file.

    Parameters
    ----------
    kind : {"dossier", "study", "products", "claims", "reports", "comparators", "priors", "summary", "frames"}, \
            or, of a mechanism, {"parameters", "observations", "links", "explanations", "questions", "course", \
            "words", "fit"}, or {"problem"}, which is no part of a dossier
        The kind of file.

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind of file {kind!r}; expected one of {sorted(KINDS)}")
    schema = KINDS[kind].model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
