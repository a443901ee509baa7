"""Words whose numbers stand beside them, so that a page can make each a claim with its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from string import Formatter


@dataclass(frozen=True, slots=True)
class Figure:
    """A number within words, or a name, which may hold digits that are no number.

    Attributes
    ----------
    name : str
        The placeholder in the words.
    label : str
        What it is.
    value : float or str
        The number itself, unrounded; or the name.
    effect : bool
        Whether it is an effect, turned so that above zero is good; a page turns it back to its own scale.
    """

    name: str
    label: str
    value: float | str
    effect: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """Words with ``{name}`` where a number belongs.

    Attributes
    ----------
    text : str
        The words; they hold no digit of their own.
    figures : tuple of Figure
        The numbers, each once.

    Examples
    --------
    >>> str(Said("{people} people", (Figure("people", "people in the trials", 389),)))
    '389 people'
    """

    text: str
    figures: tuple[Figure, ...] = ()

    def __str__(self) -> str:
        """Give the words with their numbers, to two significant decimals."""
        return self.text.format_map({figure.name: plain(figure.value) for figure in self.figures})


def said(text: str, **figures: tuple[str, float | str] | tuple[str, float | str, bool]) -> Said:
    """Put words and their numbers together, each number as its label, its value and whether it is an effect.

    >>> str(said("at least {least} trials", least=("trials", 2)))
    'at least 2 trials'
    """
    return Said(text, tuple(Figure(name, *parts) for name, parts in figures.items()))


def noun(count: float, one: str, more: str | None = None) -> str:
    """Give the form of a noun that goes with a number.

    Parameters
    ----------
    count : float
        As :func:`plain` writes it.
    one : str
        The form of one.
    more : str or None
        That of any other number; None: with an s.

    Examples
    --------
    >>> noun(1, "trial"), noun(0, "trial"), noun(2, "person", "people")
    ('trial', 'trials', 'people')
    """
    return one if plain(count) == "1" else more or f"{one}s"


def plain(value: float | str) -> str:
    """Write a number as short as it may be: whole ones and large ones whole, others with two decimals or digits.

    >>> [plain(x) for x in (389.0, 545.08, 0.7125, -0.05, 0.0003, 1.0, "SF-36")]
    ['389', '545', '0.71', '-0.05', '0.0003', '1', 'SF-36']
    """
    if isinstance(value, str):
        return value
    if value == int(value) or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.2f}" if abs(value) >= 0.01 else f"{value:.1g}"


def joined(parts: Iterable[Said], between: str, last: str | None = None) -> Said:
    """Put words one after the other; numbers of the same name stay apart.

    Parameters
    ----------
    parts : iterable of Said
        What is joined.
    between : str
        What stands between two of them.
    last : str or None
        What stands before the last; None: the same.

    Examples
    --------
    >>> one, two = said("from {n}", n=("start", 1)), said("to {n}", n=("end", 2))
    >>> both = joined((one, two), " ")
    >>> both.text, str(both)
    ('from {n} to {n_2}', 'from 1 to 2')
    """
    texts: list[str] = []
    figures: list[Figure] = []
    taken: set[str] = set()
    for part in parts:
        names: dict[str, str] = {}
        for figure in part.figures:
            name, number = figure.name, 1
            while name in taken:
                number += 1
                name = f"{figure.name}_{number}"
            taken.add(name)
            names[figure.name] = name
            figures.append(replace(figure, name=name))
        texts.append(_renamed(part.text, names))
    if last is not None and len(texts) > 1:
        texts[-2:] = [f"{texts[-2]}{last}{texts[-1]}"]
    return Said(between.join(texts), tuple(figures))


def within(text: str, part: Said) -> Said:
    """Put words around others, which stand where ``{}`` is.

    >>> str(within("not ({})", said("{n} of them", n=("how many", 3))))
    'not (3 of them)'
    """
    before, after = text.split("{}")
    return Said(f"{before}{part.text}{after}", part.figures)


def _renamed(text: str, names: dict[str, str]) -> str:
    out: list[str] = []
    for words, field, _, _ in Formatter().parse(text):
        out.append(words.replace("{", "{{").replace("}", "}}"))
        if field is not None:
            out.append(f"{{{names[field]}}}")
    return "".join(out)
