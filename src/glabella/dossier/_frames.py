"""``frames.yaml``: by which words a claim of ``claims.yaml`` is recognised in an article."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from glabella.dossier._number import Text, _Model
from glabella.dossier._schema import Id

_WORD = re.compile(r"(?:[a-z0-9%][a-z0-9.%]*\*?|@|<[a-z_0-9]+>)")
_GAP = re.compile(r" (?:~|\.{2,3}) ")
_JOINT = re.compile(r" [&+-] ")


def _pattern(text: str) -> str:
    """Refuse a pattern that cannot be one."""
    if fault := fault_of(text):
        raise ValueError(fault)
    return text


def _condition(text: str) -> str:
    """Refuse a condition one of whose patterns cannot be one."""
    if faults := [fault for each in _JOINT.split(text) if (fault := fault_of(each))]:
        raise ValueError("; ".join(faults))
    return text


def fault_of(pattern: str) -> str | None:
    """Say what is wrong with a pattern of words; None if nothing is.

    >>> fault_of("not approved|unapproved .. <illness>"), fault_of("not || Approved")
    (None, "has an empty phrase; 'Approved' is no word in small letters")
    """
    faults = []
    for part in _GAP.split(pattern):
        for phrase in part.split("|"):
            if not phrase.strip():
                faults.append("has an empty phrase")
            faults += [
                f"{word!r} is no word in small letters" for word in phrase.split() if not _WORD.fullmatch(word)
            ]
    return "; ".join(dict.fromkeys(faults)) or None


def references(pattern: str) -> list[str]:
    """Give the concepts that a pattern names.

    >>> references("<easing> .. <sadness>|tears")
    ['easing', 'sadness']
    """
    return re.findall(r"<([a-z_0-9]+)>", pattern)


#: Words in small letters: ``*`` ends a word that may go on, ``@`` is a number, ``<name>`` is any pattern of that
#: concept, ``|`` stands between phrases of which any will do, ``..`` between parts that up to four words may keep
#: apart and ``...`` up to nine, none of them a word of denial, ``~`` between parts with nothing between.
Pattern = Annotated[str, AfterValidator(_pattern)]
Patterns = tuple[Pattern, ...]
#: Patterns, ``&`` before those that must stand in the same clause, ``+`` before those that may stand anywhere in
#: the sentence, in the line that leads to it as an item of a list, or in the heading above it, ``-`` before those
#: that must not stand in the clause.
Condition = Annotated[str, AfterValidator(_condition)]


#: A claim, or a part of one after a point.
ClaimName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?$")]


#: A share of people of an analysis that counts them.
Quantity = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*\.(?:treated|control)$")]


class Frame(_Model):
    """How one claim is recognised in a clause."""

    claim: ClaimName = Field(description="its id, or of a part id.part")
    when: tuple[Condition, ...] = Field(
        (), description="each says the claim, or denies it where one word of denial bears on its first pattern"
    )
    denies: tuple[Condition, ...] = Field(
        (), description="each denies the claim by itself; where a word of denial bears on it, nothing is marked"
    )
    own: Patterns = Field((), description="words that hold a word of denial and do not deny the claim")
    unless: Patterns = Field((), description="what must not occur in the sentence")
    over: tuple[ClaimName, ...] = Field((), description="claims that are not marked where this one is")
    numbers: tuple[Quantity, ...] = Field(
        (), description="with what shares in a sentence are compared, such as cured.treated of the analysis cured"
    )
    mirror: ClaimName | None = Field(None, description="the claim that a denial of this one asserts")
    advice: bool = Field(False, description="whether it says what to do, rather than what is so")


class Tried(_Model):
    """How the frames did on articles by which they were not made."""

    articles: Text = Field(description="what articles")
    marks: int = Field(gt=0, description="marks that were made there")
    wrong: int = Field(ge=0, description="of these, on sentences without the claim")
    claims: int = Field(gt=0, description="claims that stand there")
    found: int = Field(ge=0, description="of these, marked")

    @model_validator(mode="after")
    def _within(self) -> Tried:
        if self.wrong > self.marks or self.found > self.claims:
            raise ValueError("found more than all: wrong is of marks, and found of claims")
        return self


class Frames(_Model):
    """By which words the claims of ``claims.yaml`` are recognised, and the treatment itself."""

    language: Literal["en"] = Field(description="of the articles that are read")
    subject: Patterns = Field(min_length=1, description="what names the treatment")
    elsewhere: Patterns = Field((), description="what names something else")
    concepts: dict[Id, Annotated[Patterns, Field(min_length=1)]] = Field(description="families of words, by name")
    looks_like: Patterns = Field(
        (), description="of what a sentence about the treatment is listed where no claim is recognised"
    )
    outcomes: dict[Id, Annotated[Patterns, Field(min_length=1)]] = Field(
        {}, description="what names an outcome, so that a share of it is compared with the same alone"
    )
    tried: Tried | None = Field(None, description="how often marks were wrong, and claims not found")
    frames: tuple[Frame, ...]
