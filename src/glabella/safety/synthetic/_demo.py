"""The text of DEMO: who reported what case when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._data import read, scattered
from glabella.safety.synthetic._dates import pads, told_dates
from glabella.safety.synthetic._page import Mask, Page, constant, numbers, pick, text_shape, when

if TYPE_CHECKING:
    import polars as pl

_CASE = ("age", "sex", "weight", "country", "reference", "heaviness")


def demo(page: Page) -> dict[str, pl.Series]:
    """Write every column of DEMO in both eras; the layout chooses."""
    history, content, rows = page.draw.history, page.content, page.rows
    size = len(rows)
    random = page.random("demo")
    version = history.caseversion[rows]
    fda = numbers(history.fda_date[rows])
    primaryid = numbers(history.primaryid[rows])
    empty = constant(None, size)
    kinds = page.draw.people.report_types
    reporters = page.draw.people.reporters
    columns = {
        "primaryid": primaryid,
        "caseid": numbers(history.caseid[rows]),
        "caseversion": numbers(version),
        "i_f_code": when(version == 1, constant("I", size), constant("F", size)),
        "foll_seq": numbers(version.astype(np.int64) - 1, version == 1),
        "image": primaryid + "-0",
        "event_dt": _event_dates(page),
        "mfr_dt": fda,
        "init_fda_dt": fda,
        "fda_dt": fda,
        "rept_cod": _code(kinds, page.draw.people.report_type[content]),
        "auth_num": empty,
        "mfr_num": "SYN-" + primaryid,
        "mfr_sndr": constant("SYNTHETIC", size),
        "e_sub": pick({"Y": 0.8, "N": 0.2}, size, random),
        "rept_dt": fda,
        "to_mfr": pick({"N": 0.1, "Y": 0.02}, size, random),
        "occp_cod": _code(reporters, page.draw.people.reporter[content]),
        "death_dt": empty,
        "confid": empty,
    }
    return columns | _reference(page) | _ages(page) | _sexes(page) | _weights(page) | _countries(page)


def fate(page: Page, what: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give two random numbers a report that are the same in every version and copy of the case."""
    content = page.content.astype(np.uint64)
    place = 2 * _CASE.index(what)
    return scattered(content, page.draw.seed, place), scattered(content, page.draw.seed, place + 1)


def _code(codes: tuple[str, ...], place: NDArray[np.uint8]) -> pl.Series:
    import polars as pl

    return pl.Series([*codes, None], dtype=pl.String).gather(place)


def _event_dates(page: Page) -> pl.Series:
    people, content = page.draw.people, page.content
    padded = np.full(len(content), pads(page.quarter))
    told = told_dates(people.event_date[content], people.event_precision[content], padded)
    if padded.any():
        page.plant("demo", event_date_padded=(told > 0) & (told % 100 == 1))
    return numbers(told, told == 0)


def _reference(page: Page) -> dict[str, pl.Series]:
    import polars as pl

    one, other = fate(page, "reference")
    given = one < text_shape()["literature"]
    number = pl.Series(page.content).cast(pl.String)
    text = "SYNTHETIC REFERENCE NUMBER " + number + ". SYNTHETIC JOURNAL OF EXAMPLES. 2000;1:1"
    accented = given & (other < 20 * page.share("accents"))
    text = when(accented, text + " (Müller, Çelik)", text)
    if page.quarter >= "2014Q3":
        page.plant("demo", accents=accented)
    return {"lit_ref": when(given, text, constant(None, len(given)))}


def _ages(page: Page) -> dict[str, pl.Series]:
    import polars as pl

    age = page.draw.people.age[page.content].astype(np.float64)
    known, whole = ~np.isnan(age), ~page.draw.history.complete[page.content]
    draw, _ = fate(page, "age")
    adult = known & (age >= 18)
    infant = known & (age < 2)
    bounds = np.cumsum([page.share(f"age_{one}") for one in ("in_days", "foetal", "unit_missing", "impossible")])
    kind = np.where(known & whole, np.searchsorted(bounds, draw, side="right"), 4)
    days, foetal = (kind == 0) & adult, kind == 1
    unitless, impossible = (kind == 2) & ~infant, kind == 3
    value = np.where(infant, age * 12, age)
    value = np.select([days, foetal, impossible], [age * 365.25, -1, age + 200], value)
    value = np.round(np.nan_to_num(value)).astype(np.int64)
    unit = np.select([days, infant & ~foetal & ~impossible, unitless | ~known], [1, 2, 3], 0)
    page.plant("demo", age_in_days=days, age_foetal=foetal, age_unit_missing=unitless, age_impossible=impossible)
    group = np.where(known, np.searchsorted([28 / 365.25, 2, 12, 18, 65], np.nan_to_num(age), side="right"), 6)
    return {
        "age": numbers(value, ~known),
        "age_cod": pl.Series(["YR", "DY", "MON", None], dtype=pl.String).gather(unit),
        "age_grp": pl.Series(["N", "I", "C", "T", "A", "E", None], dtype=pl.String).gather(group),
    }


def _sexes(page: Page) -> dict[str, pl.Series]:
    import polars as pl

    sex = page.draw.people.sex[page.content].astype(np.int64)
    unknown = sex == 0
    draw, other = fate(page, "sex")
    # Codes that all mean unknown: NS from 2013Q1 to 2014Q2, UNK in other even quarters, rarely P, I, T and YR.
    named = 3 if "2013Q1" <= page.quarter <= "2014Q2" else 4 if page.quarter[5] in "24" else 0
    sex[unknown & (draw < page.share("sex_named_unknown"))] = named
    odd = unknown & (draw > 1 - page.share("sex_odd") * 10)
    sex[odd] = 5 + (other[odd] * 4).astype(np.int64)
    page.plant("demo", sex_unknown=sex >= 3)
    return {"sex": pl.Series([None, "F", "M", "NS", "UNK", "P", "I", "T", "YR"], dtype=pl.String).gather(sex)}


def _weights(page: Page) -> dict[str, pl.Series]:
    import polars as pl

    draw, other = fate(page, "weight")
    shape = text_shape()
    known = draw < shape["weight_known"]
    pounds = known & (other < shape["weight_pounds"])
    kind, heavy = fate(page, "heaviness")
    unitless = known & (kind < page.share("weight_unit_missing"))
    impossible = known & ~unitless & (kind > 1 - page.share("weight_impossible"))
    kilograms = 40 + 70 * heavy
    value = np.where(pounds, kilograms / 0.45359237, kilograms)
    value = np.where(impossible, np.where(other < 0.5, 0.0, 9999.0), np.round(value, 1))
    page.plant("demo", weight_unit_missing=unitless, weight_impossible=impossible, weight_pounds=pounds & ~unitless)
    empty = constant(None, len(known))
    unit = pl.Series(["KG", "LBS"]).gather(pounds.astype(np.int64))
    return {
        "wt": when(known, pl.Series(value).cast(pl.String), empty),
        "wt_cod": when(known & ~unitless, unit, empty),
    }


def _countries(page: Page) -> dict[str, pl.Series]:
    import polars as pl

    people = page.draw.people
    place = people.country[page.content].astype(np.int64)
    unknown: Mask = place == len(people.countries)
    draw, _ = fate(page, "country")
    odd = unknown & (draw < 20 * page.share("country_odd"))
    if page.legacy:
        names = read("layout")["country_names"]
        words = [names[one] for one in people.countries]
        place[odd] = len(words) + 1
        words = [*words, None, "COUNTRY NOT SPECIFIED"]
        if page.quarter >= "2005Q3":
            page.plant("demo", country_name=~unknown, country_unknown=odd)
    else:
        words = [*people.countries, None, "A1", "EU"]
        place[odd] += 1 + (draw[odd] * 1e6).astype(np.int64) % 2
        page.plant("demo", country_unknown=odd)
    text = pl.Series(words, dtype=pl.String).gather(place)
    return {"reporter_country": text, "occr_country": text}
