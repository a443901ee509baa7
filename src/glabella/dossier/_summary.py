"""``summary.yaml``: what the one-page brief says in short sentences; every part may be left out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from glabella.dossier._number import Text, _Model
from glabella.dossier._schema import Id, Statement

#: A claim, or one of its parts.
ClaimId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?$")]


class Reading(_Model):
    """Another analysis beside the headline, such as the largest trial alone."""

    analysis: Id
    label: Text


class Course(_Model):
    """How soon and how long something changes, as trials saw it."""

    label: Text
    soon: Statement | None = None
    long: Statement | None = None


class Option(_Model):
    """Another treatment, and what was seen beside it."""

    label: Text
    seen: Statement


class Summary(_Model):
    """What the one-page brief says in short sentences.

    Numbers stand in ``values`` with their sources, as in every statement. What is computed (effects, chances,
    certainty) is not said here.
    """

    asked: Text | None = Field(None, description="the question in one sentence")
    approval: Statement | None = Field(None, description="approved for this use, or not, and where")
    headline: Text = Field("All trials together", description="what the headline analysis is called in the table")
    readings: tuple[Reading, ...] = Field(
        (), description="analyses shown below the headline, the largest trial last"
    )
    people: Id | None = Field(
        None,
        description="analysis of an event whose trials give the usual chance without treatment, for of a hundred",
    )
    studied: tuple[Statement, ...] = Field((), description="who took part")
    not_studied: tuple[Statement, ...] = Field((), description="who did not")
    course: tuple[Course, ...] = Field((), description="how soon and how long: the condition first, then the body")
    harms: tuple[Id, ...] = Field((), description="rows of harm_counts to show, in order; empty: all")
    harms_in: Text | None = Field(None, description="in whom they were counted")
    grave: tuple[Statement, ...] = Field((), description="rare and grave harm")
    never: tuple[Statement, ...] = Field((), description="who must not have it")
    careful: tuple[Statement, ...] = Field((), description="who needs care")
    given: tuple[Statement, ...] = Field((), description="what was given, where, how much, as trials and label say")
    beside: tuple[Option, ...] = Field((), description="direct comparisons with other options")
    judge: tuple[Statement, ...] = Field((), description="when to judge whether it worked, and what then")
    keep: tuple[Statement, ...] = Field((), description="the present treatment")
    manage: tuple[Statement, ...] = Field((), description="what to do about the commonest harm")
    unknown: tuple[Statement, ...] = Field((), description="what nobody knows, in short")
    claims: dict[ClaimId, Text] = Field(
        {}, description="claims people meet most, by id of claims.yaml or as CLAIM.PART, in short words"
    )
    tell: tuple[Statement, ...] = Field((), description="sentences to tell the patient")
