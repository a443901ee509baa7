"""Where claims are made: what the claims of a part share is said once, and every claim is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from glabella.shown.claim import Certainty, Claim, Source

if TYPE_CHECKING:
    from typing import Unpack


class ClaimFields(TypedDict, total=False):
    """Fields of a claim that its part may share, or it may set itself; ``function`` is the one that computes it."""

    unit: str
    population: str
    time_span: str
    certainty: Certainty
    function: str | Callable[..., Any]
    version: str
    inputs: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]
    low: float | None
    high: float | None
    interval: str | None
    decimals: int
    bound: str | None


@dataclass(frozen=True)
class Ledger:
    """Makes claims, and keeps every one that it makes.

    Attributes
    ----------
    claims : dict of str to Claim
        All that were made, by id, in the order they were made; shared by every ledger below the first.
    prefix : str
        Stands before the id of each.
    common : mapping
        Fields that they share.

    Examples
    --------
    >>> book = Ledger().under("headline.", version="1", population="adults", time_span="week 6",
    ...                       certainty="low", function="glabella.synthesis.pool", inputs=(), sources=())
    >>> book("k", "trials pooled", 5, decimals=0).text
    '5'
    >>> list(book.claims)
    ['headline.k']
    """

    claims: dict[str, Claim] = field(default_factory=dict)
    prefix: str = ""
    common: Mapping[str, Any] = field(default_factory=dict)

    def under(self, prefix: str = "", **common: Unpack[ClaimFields]) -> Ledger:
        """Give a ledger for a part: a longer prefix, more in common."""
        return Ledger(self.claims, self.prefix + prefix, {**self.common, **common})

    def __call__(self, name: str, label: str, value: float | None, **own: Unpack[ClaimFields]) -> Claim:
        """Make a claim and keep it.

        Raises
        ------
        ValueError
            If another claim has its id already.
        """
        fields = {"unit": "", **self.common, **own}
        fields["function"] = _dotted(fields.get("function"))
        return self.keep(
            Claim(id=self.prefix + name, label=label, value=None if value is None else float(value),
                  **fields)
        )  # fmt: skip

    def keep(self, claim: Claim) -> Claim:
        """Keep a claim that was made elsewhere, under the same rule."""
        if self.claims.setdefault(claim.id, claim) != claim:
            raise ValueError(f"two different claims are called {claim.id}")
        return claim


def _dotted(function: str | Callable[..., Any] | None) -> str:
    """Name a function by the package that offers it, such as ``glabella.synthesis.pool``."""
    if function is None:
        raise TypeError("a claim needs the function that made it")
    if isinstance(function, str):
        return function
    package = ".".join(part for part in function.__module__.split(".")[:2])
    return f"{package}.{function.__name__}"
