"""Who was concerned: sex, age, country, reporter, and when it happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._blocks import blocks
from glabella.safety.synthetic._data import read, stream
from glabella.safety.synthetic._quarters import as_integer


@dataclass(frozen=True, slots=True)
class People:
    """One entry a content.

    Attributes
    ----------
    sex : ndarray of uint8
        0 unknown, 1 F, 2 M.
    age : ndarray of float32
        Years, NaN where unknown; whole years, from 2 on.
    country : ndarray of uint8
        Place in ``countries``; the number of countries where unknown.
    reporter, report_type : ndarray of uint8
        Places in ``reporters`` and ``report_types``.
    event_date : ndarray of int32
        yyyymmdd of the day it happened, also where the report tells less.
    event_precision : ndarray of uint8
        What the report tells of it: 0 nothing, 1 year, 2 month, 3 day.
    countries, reporters, report_types : tuple of str
        Codes.
    """

    sex: NDArray[np.uint8]
    age: NDArray[np.float32]
    country: NDArray[np.uint8]
    reporter: NDArray[np.uint8]
    report_type: NDArray[np.uint8]
    event_date: NDArray[np.int32]
    event_precision: NDArray[np.uint8]
    countries: tuple[str, ...]
    reporters: tuple[str, ...]
    report_types: tuple[str, ...]


def draw_people(
    first_day: NDArray[np.int32], complete: NDArray[np.bool_], axis: NDArray[np.datetime64], seed: int
) -> People:
    """Draw them block by block; where ``complete``, nothing of the duplicate key is missing."""
    shape: dict[str, Any] = read("shape")["people"]
    parts = [
        _block(first_day[a:b], complete[a:b], axis, shape, stream(seed, "people", a))
        for a, b in blocks(len(first_day))
    ]
    sex, age, country, reporter, kind, date, precision = (np.concatenate(one) for one in zip(*parts, strict=True))
    return People(
        sex=sex,
        age=age,
        country=country,
        reporter=reporter,
        report_type=kind,
        event_date=date,
        event_precision=precision,
        countries=tuple(shape["country"]),
        reporters=tuple(shape["reporter"]),
        report_types=tuple(shape["report_type"]),
    )


def _block(
    first_day: NDArray[np.int32],
    complete: NDArray[np.bool_],
    axis: NDArray[np.datetime64],
    shape: dict[str, Any],
    random: np.random.Generator,
) -> tuple[NDArray[Any], ...]:
    size = len(first_day)
    sex = _choose(list(shape["sex"].values()), size, random)
    sex[complete & (sex == 0)] = 1
    age = _ages(size, shape["children"], random)
    age[(random.random(size) < shape["age_unknown"]) & ~complete] = np.nan
    country = _choose(list(shape["country"].values()), size, random)
    country[(random.random(size) < shape["country_unknown"]) & ~complete] = len(shape["country"])
    reporter = _choose(list(shape["reporter"].values()), size, random)
    kind = _choose(list(shape["report_type"].values()), size, random)
    lag = np.minimum(random.exponential(90, size), 3000).astype(np.int64)
    happened = axis[first_day] - lag
    first = complete & (happened == happened.astype("M8[M]"))
    happened[first] -= 1  # a copy on the first of a month could not be told from a padded date
    precision = _choose(list(shape["event_precision"].values()), size, random)
    precision[complete] = 3
    return sex, age, country, reporter, kind, as_integer(happened), precision


def _choose(shares: list[float], size: int, random: np.random.Generator) -> NDArray[np.uint8]:
    return np.searchsorted(np.cumsum(shares)[:-1], random.random(size), side="right").astype(np.uint8)


def _ages(size: int, children: float, random: np.random.Generator) -> NDArray[np.float32]:
    adult = np.clip(np.round(random.normal(56, 18, size)), 18, 104)
    child = random.random(size) * 18
    # Infants are told in months, others in whole years.
    child = np.where(child < 2, np.ceil(child * 12) / 12, np.floor(child))
    return np.where(random.random(size) < children, child, adult).astype(np.float32)
