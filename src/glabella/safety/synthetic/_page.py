"""What the writers of the seven tables share: one quarter's reports, and how planted defects are counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._data import read, stream
from glabella.safety.synthetic._draw import Draw
from glabella.safety.synthetic._layout import TABLES
from glabella.safety.synthetic._quarters import is_legacy

if TYPE_CHECKING:
    import polars as pl

Mask = NDArray[np.bool_]


@dataclass(slots=True)
class Page:
    """The reports of one quarter while they become text.

    Attributes
    ----------
    draw : Draw
        All reports.
    quarter : str
        Such as ``2013Q1``.
    rows : ndarray
        Places of the quarter's reports.
    defects : bool
        Whether defects are planted.
    counts : dict of Counter
        By table, what was planted and how often.
    """

    draw: Draw
    quarter: str
    rows: NDArray[np.int64]
    defects: bool
    counts: dict[str, Counter[str]] = field(default_factory=lambda: {one: Counter() for one in TABLES})

    @property
    def legacy(self) -> bool:
        """Whether the quarter has the layout of AERS."""
        return is_legacy(self.quarter)

    @property
    def content(self) -> NDArray[np.int32]:
        """The content of each report."""
        return self.draw.history.content[self.rows]

    def random(self, table: str) -> np.random.Generator:
        """Give the random numbers of one table of this quarter."""
        year, quarter = int(self.quarter[:4]), int(self.quarter[5])
        return stream(self.draw.seed, "text", 4 * year + quarter, TABLES.index(table))

    def share(self, name: str) -> float:
        """Give the share of a defect; none where no defects are planted."""
        return float(text_shape()[name]) if self.defects else 0.0

    def plant(self, table: str, **masks: Mask) -> None:
        """Count planted defects."""
        for name, mask in masks.items():
            count = int(np.count_nonzero(mask))
            if count:
                self.counts[table][name] += count


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabularies as columns of text, made once for all quarters.

    Attributes
    ----------
    products, ingredients : polars.Series
        By id.
    events, indications : dict of polars.Series
        By whether the layout is that of AERS, then by id.
    """

    products: pl.Series
    ingredients: pl.Series
    events: dict[bool, pl.Series]
    indications: dict[bool, pl.Series]


def words_of(draw: Draw) -> Words:
    """Make the columns: terms of legacy files in capitals, of FAERS files as sentences."""
    import polars as pl

    def terms(names: tuple[str, ...]) -> dict[bool, pl.Series]:
        return {True: pl.Series(names), False: pl.Series([one.capitalize() for one in names])}

    words = draw.words
    ingredients = pl.Series(words.ingredients)
    return Words(pl.Series(words.products), ingredients, terms(words.events), terms(words.indications))


def text_shape() -> dict[str, Any]:
    """Give the shares of values and defects in the text."""
    found: dict[str, Any] = read("shape")["text"]
    return found


def pick(shares: dict[str, float], size: int, random: np.random.Generator) -> pl.Series:
    """Draw codes by their shares; what is left to one is empty."""
    import polars as pl

    place = np.searchsorted(np.cumsum(list(shares.values())), random.random(size), side="right")
    return pl.Series([*shares, None], dtype=pl.String).gather(place)


def when(mask: Mask, values: pl.Series, otherwise: pl.Series) -> pl.Series:
    """Take values where a mask holds."""
    import polars as pl

    return values.zip_with(pl.Series(mask), otherwise)


def constant(value: str | None, size: int) -> pl.Series:
    """Repeat a text."""
    import polars as pl

    return pl.Series([value], dtype=pl.String).new_from_index(0, size)


def numbers(values: NDArray[Any], empty: Mask | None = None) -> pl.Series:
    """Write whole numbers, empty where a mask holds."""
    import polars as pl

    text = pl.Series(np.asarray(values)).cast(pl.String)
    return text if empty is None else when(empty, constant(None, len(text)), text)
