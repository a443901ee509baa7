"""``frames.yaml``: by which words a claim of ``claims.yaml`` is recognised in an article."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from glabella.dossier._number import _Model
from glabella.dossier._schema import Id

_WORD = re.compile(r"(?:[a-z0-9%][a-z0-9.%]*\*?|@)")


def _pattern(text: str) -> str:
    """Refuse a pattern that cannot be one."""
    if fault := fault_of(text):
        raise ValueError(fault)
    return text


def fault_of(pattern: str) -> str | None:
    """Say what is wrong with a pattern of words; None if nothing is.

    >>> fault_of("not approved|unapproved .. depress*"), fault_of("not || Approved")
    (None, "has an empty phrase; 'Approved' is no word in small letters")
    """
    faults = []
    for part in pattern.split(" .. "):
        for phrase in part.split("|"):
            if not phrase.strip():
                faults.append("has an empty phrase")
            faults += [
                f"{word!r} is no word in small letters" for word in phrase.split() if not _WORD.fullmatch(word)
            ]
    return "; ".join(dict.fromkeys(faults)) or None


#: Words in small letters: ``*`` ends a word that may go on, ``@`` is a number, ``|`` stands between phrases of
#: which any will do, ``..`` between parts that up to four words may keep apart.
Pattern = Annotated[str, AfterValidator(_pattern)]
Patterns = tuple[Pattern, ...]


class Frame(_Model):
    """How one claim is recognised in a clause."""

    claim: Id
    when: tuple[tuple[Id, ...], ...] = Field(
        min_length=1,
        description="each a set of concepts that together make the claim; the first is what is asserted or denied",
    )
    unless: tuple[Id, ...] = Field((), description="concepts that must not occur")
    denies: Patterns = Field((), description="words by which the claim is denied, besides not, never and the like")
    asserts: Patterns = Field((), description="words that hold a not and do not deny the claim")
    over: tuple[Id, ...] = Field((), description="claims that are not marked where this one is")
    mirror: Id | None = Field(None, description="the claim that a denial of this one asserts")


class Frames(_Model):
    """By which words the claims of ``claims.yaml`` are recognised, and the treatment itself."""

    language: Literal["en"] = Field(description="of the articles that are read")
    subject: Patterns = Field(min_length=1, description="what names the treatment")
    elsewhere: Patterns = Field((), description="what names something else")
    concepts: dict[Id, Annotated[Patterns, Field(min_length=1)]]
    looks_like: tuple[Id, ...] = Field(
        (), description="concepts of which a sentence about the treatment is listed where no claim is recognised"
    )
    frames: tuple[Frame, ...]
