"""People drawn as icons: one object gives the icons, the number and both ways of saying it, so that all agree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from glabella.shown import Claim, Figure, Inline, Ledger, Shown, Small, Strong

#: Dark for those who have it; pale with an outline for those of whom it is not known; empty for the others.
_DARK, _PALE, _MIDDLE, _LINE, _INK = "#0d4f63", "#c4dbe3", "#4f8a9c", "#7f8b96", "#17212b"
#: A person in a field of sixteen by sixteen.
_PERSON = "a3 3 0 1 1 0 6a3 3 0 0 1 0-6zm-5.4 13.8c0-4 2-6.6 5.4-6.6s5.4 2.6 5.4 6.6z"
#: By how many people: how many stand in a row, and how large the field of each is.
_ROWS = {100: (10, 17.6), 1_000: (40, 4.4)}
#: Most digits after the point of so many people.
_MOST = 6
#: In smaller fields each is a square without an outline.
_LEAST = 10
Tone = Literal["dark", "pale", "empty"]
_LOOKS: dict[Tone, str] = {
    "dark": f'fill="{_DARK}"',
    "pale": f'fill="{_PALE}" stroke="{_MIDDLE}" stroke-width=".9"',
    "empty": f'fill="#fff" stroke="{_LINE}" stroke-width=".8"',
}
_SMALL: dict[Tone, str] = {"dark": f'fill="{_DARK}"', "pale": 'fill="#8fb9c6"', "empty": 'fill="#dfe4e8"'}


@dataclass(frozen=True, slots=True)
class People:
    """So many of a number of people.

    Attributes
    ----------
    claim : Claim
        How many, with limits; without a value where it is one of several.
    rest : Claim
        The others.
    of : int
        How many there are: a hundred or a thousand.
    """

    claim: Claim
    rest: Claim
    of: int

    @property
    def count(self) -> int | None:
        """How many, as whole people; None where only the limits are known."""
        return None if self.claim.value is None else whole(self.claim.value)

    @property
    def tones(self) -> dict[Tone, int]:
        """How many icons are drawn in each tone; together they are all the people."""
        low, high = self.claim.low, self.claim.high
        count = self.count
        least = whole(low) if low is not None else count or 0
        most = whole(high) if high is not None else count if count is not None else self.of
        return {"dark": least, "pale": most - least, "empty": self.of - most}


def rounded(people: float, decimals: int) -> float:
    """Round as a claim is written, half away from zero.

    >>> rounded(2.5, 0), rounded(0.25, 1)
    (3.0, 0.3)
    """
    return float(Decimal(repr(float(people))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


def whole(people: float) -> int:
    """Round to whole people.

    >>> whole(2.5), whole(0.4), whole(99.5)
    (3, 0, 100)
    """
    return int(rounded(people, 0))


def people(
    book: Ledger,
    name: str,
    label: str,
    value: float | None,
    limits: tuple[float, float] | None,
    of: int,
    interval: str,
) -> People:
    """Make the claims of so many people and of the others.

    Parameters
    ----------
    book : Ledger
        With what both share.
    name, label : str
        Of the claim; the others' name ends in ``.rest``.
    value : float or None
        Share, from 0 to 1.
    limits : (float, float) or None
        Of the share.
    of : int
        Of how many people it is told.
    interval : str
        What the limits are.
    """
    low, high = (None, None) if limits is None else (of * limits[0], of * limits[1])
    claim = book(
        name,
        label,
        None if value is None else of * value,
        low=low,
        high=high,
        interval=interval if limits else None,
        decimals=0 if value is None else _decimals(min(of * value, of * (1 - value))),
    )
    return with_others(book, claim, of)


def _decimals(least: float) -> int:
    """Give the digits with which somebody is not written as nobody.

    >>> _decimals(0.0), _decimals(7.4), _decimals(0.3), _decimals(0.04)
    (0, 0, 1, 2)
    """
    return next((more for more in range(_MOST) if least <= 0 or rounded(least, more) > 0), _MOST)


def with_others(book: Ledger, claim: Claim, of: int) -> People:
    """Give so many people of a claim with the others, who are the rest in whole people where it is."""
    value = None if claim.value is None else rounded(claim.value, claim.decimals)
    # Where only limits are known the others have limits as well.
    low, high = (claim.low, claim.high) if value is None else (None, None)
    rest = book(
        f"{claim.id.removeprefix(book.prefix)}.rest",
        f"the others: {claim.label}",
        None if value is None else of - value,
        low=None if high is None else of - whole(high),
        high=None if low is None else of - whole(low),
        interval=claim.interval if value is None else None,
        decimals=claim.decimals,
        time_span=claim.time_span,
        population=claim.population,
        certainty=claim.certainty,
        function=claim.function,
        version=claim.version,
        inputs=claim.inputs,
        sources=claim.sources,
    )
    return People(claim, rest, of)


def figure(
    it: People, name: str, said: str, happens: tuple[str, str], of_people: str = "", more: tuple[Inline, ...] = ()
) -> Figure:
    """Give a picture of so many people, and below it the number and both ways of saying it.

    Parameters
    ----------
    it : People
    name : str
        Of the figure.
    said : str
        Whom it shows, for those who do not see it.
    happens : (str, str)
        What those do who are counted, and what the others do.
    of_people : str
        Of how many, in words; empty where a title says so.
    more : tuple of Inline
        What stands last, each without its full stop.
    """
    form: Literal["bare", "limits"] = "limits" if it.claim.value is None else "bare"
    others: Literal["number", "limits"] = "limits" if it.rest.value is None else "number"
    caption: list[Inline] = [Strong(Shown(it.claim, form))]
    caption += [" ", Small(f"of {of_people}")] if of_people else []
    caption += [f" {happens[0]}, ", Shown(it.rest, others), f" {happens[1]}."]
    for each in more:
        caption += [" ", each, "."]
    alt = f"{said}: people as icons, filled from the bottom left; the numbers stand below"
    return Figure(name, svg(it), alt, tuple(caption))


def svg(it: People) -> str:
    """Draw people as icons, filled row by row from the bottom left; a line marks the number itself."""
    across, field = _ROWS[it.of]
    down = it.of // across
    wide, high = across * field + 2, down * field + 2
    paths: dict[Tone, list[str]] = {"dark": [], "pale": [], "empty": []}
    place = 0
    for tone, count in it.tones.items():
        for _ in range(count):
            row, column = divmod(place, across)
            paths[tone].append(_icon(1 + column * field, 1 + (down - 1 - row) * field, field))
            place += 1
    looks = _SMALL if field < _LEAST else _LOOKS
    drawn = "".join(f'<path {looks[tone]} d="{"".join(each)}"/>' for tone, each in paths.items() if each)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}"'
        f' height="{high:g}">{drawn}{_marked(it, across, down, field)}</svg>'
    )


def _icon(x: float, y: float, field: float) -> str:
    if field < _LEAST:
        side = field - 1
        return f"M{x:.4g} {y:.4g}h{side:.2g}v{side:.2g}h-{side:.2g}z"
    return f"M{x + 8:.4g} {y + 1.2:.4g}{_PERSON}"


def _marked(it: People, across: int, down: int, field: float) -> str:
    """Draw the line above the last of so many people, where limits stand around them."""
    if it.count is None or it.claim.limits is None or not 0 < it.count < it.of:
        return ""
    rows, rest = divmod(it.count, across)
    right, top = 1 + across * field, 1 + (down - rows) * field - field / 20
    if not rest:
        path = f"M0 {top:.4g}H{right:.4g}"
    else:
        step = 1 + rest * field - field / 20
        path = f"M0 {top - field:.4g}H{step:.4g}V{top:.4g}H{right:.4g}"
    return f'<path d="{path}" fill="none" stroke="{_INK}" stroke-width="{1.2 if field < _LEAST else 2.2}"/>'
