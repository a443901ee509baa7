"""What a count rests on: the roles of a drug, the level of its name, and the strata."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from glabella.safety.store._sql import Name

Role = Literal["primary", "suspect", "any"]
Level = Literal["substance", "product"]
Mode = Literal["raw", "latest", "strict", "literature"]

#: Highest rank of role that counts: 1 PS, 2 SS, 3 I, 4 C; 5 is any other code, such as a drug not given.
ROLES = {"primary": 1, "suspect": 2, "any": 4}
STRATA = ("sex", "age_band", "year", "reporter", "country", "quarter", "era")
LEVELS = ("substance", "product")


def rank(role: str) -> int:
    """Give the highest rank of a role.

    Raises
    ------
    ValueError
        If the role is not known.
    """
    if role not in ROLES:
        raise ValueError(f"role: {role!r}, expected one of {', '.join(ROLES)}")
    return ROLES[role]


def drug_names(level: str) -> tuple[Name, Name]:
    """Give the table and the id column of a level.

    Raises
    ------
    ValueError
        If the level is not known.
    """
    if level not in LEVELS:
        raise ValueError(f"level: {level!r}, expected one of {', '.join(LEVELS)}")
    return Name((f"report_{level}",)), Name((f"{level}_id",))


def checked_strata(strata: Sequence[str]) -> tuple[str, ...]:
    """Check the names of strata.

    Raises
    ------
    ValueError
        If one is not known or named twice.
    """
    chosen = (strata,) if isinstance(strata, str) else tuple(strata)
    wrong = [one for one in chosen if one not in STRATA]
    if wrong:
        raise ValueError(f"strata: {wrong[0]!r}, expected names out of {', '.join(STRATA)}")
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"strata: {chosen} names one twice")
    return chosen
