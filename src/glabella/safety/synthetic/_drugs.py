"""The text of DRUG, THER and INDI: what was taken, when, and for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._blocks import gather
from glabella.safety.synthetic._dates import told_dates
from glabella.safety.synthetic._medication import NONE, ROLES
from glabella.safety.synthetic._page import Page, Words, constant, numbers, pick, text_shape, when

if TYPE_CHECKING:
    import polars as pl

Ints = NDArray[np.int64]
_PER_DOSE = "2024Q4"
_FILLER = ("2012Q4", "2015Q3")
_FIRST_SEQUENCE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """The drugs of a quarter's reports, the primary suspect first.

    Attributes
    ----------
    report : ndarray
        Place among the quarter's reports.
    where : ndarray
        Place among all drugs of the draw.
    sequence : ndarray
        ``drug_seq``: an order number in the report, in legacy a number of its own.
    """

    report: Ints
    where: Ints
    sequence: Ints


def taken(page: Page) -> Taken:
    """List the drugs of the quarter."""
    drugs = page.draw.medication
    where, count = gather(drugs.start, page.content)
    report = np.repeat(np.arange(len(page.rows)), count)
    order = np.argsort(report * 8 + drugs.role[where], kind="stable")
    where = where[order]
    sequence = np.arange(len(where)) - np.repeat(np.cumsum(count) - count, count) + 1
    if page.legacy:
        sequence += _FIRST_SEQUENCE + page.rows[report] * 16
    return Taken(report, where, sequence)


def drug(page: Page, rows: Taken, words: Words) -> dict[str, pl.Series]:
    """Write every column of DRUG in both eras."""
    import polars as pl

    random = page.random("drug")
    doses = np.ones(len(rows.where), np.int64)
    if page.quarter >= _PER_DOSE:
        several = random.random(len(doses)) < page.share("doses")
        doses[several] += random.integers(1, 4, np.count_nonzero(several))
    which = np.repeat(np.arange(len(doses)), doses)
    dose = np.arange(len(which)) - np.repeat(np.cumsum(doses) - doses, doses) + 1
    where, size = rows.where[which], len(which)
    page.plant("drug", dose_rows=dose > 1)
    drugs, history = page.draw.medication, page.draw.history
    report = page.rows[rows.report[which]]
    amount = random.integers(1, 100, size) * 5
    substance = drugs.substance[where]
    names = {rank: role for role, rank in ROLES.items()}
    empty = constant(None, size)
    told = random.random(size) < 0.6
    milligrams = numbers(amount)
    return {
        "primaryid": numbers(history.primaryid[report]),
        "caseid": numbers(history.caseid[report]),
        "drug_seq": numbers(rows.sequence[which]),
        "role_cod": pl.Series([None, *(names[rank] for rank in sorted(names))], dtype=pl.String).gather(
            drugs.role[where]
        ),
        "drugname": words.products.gather(drugs.product[where]),
        "prod_ai": words.ingredients.gather(substance),
        "val_vbm": pick({"1": 0.85, "2": 0.15}, size, random),
        "route": _cased(page, pick(text_shape()["routes"], size, random)),
        "dose_vbm": _dose_text(page, milligrams, told, random),
        "cum_dose_chr": empty,
        "cum_dose_unit": empty,
        "dechal": pick(text_shape()["dechallenge"], size, random),
        "rechal": _rechallenge(page, size, random),
        "lot_num": constant("SYNTHETIC", size),
        "exp_dt": empty,
        "nda_num": numbers(substance.astype(np.int64) + 20000, drugs.role[where] > ROLES["PS"]),
        "dose_amt": when(told, milligrams, empty),
        "dose_unit": when(told, constant("MG", size), empty),
        "dose_form": pick({"Tablet": 0.3, "Injection": 0.1}, size, random),
        "dose_freq": pick({"QD": 0.3, "BID": 0.1}, size, random),
    }


def _cased(page: Page, text: pl.Series) -> pl.Series:
    return text.str.to_uppercase() if page.legacy else text


def _dose_text(page: Page, amount: pl.Series, told: NDArray[np.bool_], random: np.random.Generator) -> pl.Series:
    draw = random.random(len(told))
    bounds = np.cumsum([page.share("quotes"), page.share("accents")])
    quoted, accented = draw < bounds[0], (draw >= bounds[0]) & (draw < bounds[1])
    page.plant("drug", hash_and_quotes=quoted, accents=accented)
    text = when(told, amount + " MG, SYNTHETIC DOSE", constant(None, len(told)))
    text = when(quoted, '#3 OF "' + amount + " MG\", PATIENT'S OWN", text)
    return when(accented, amount + " MG, ÜBLICHE DOSIS À JEUN", text)


def _rechallenge(page: Page, size: int, random: np.random.Generator) -> pl.Series:
    draw = random.random(size)
    if _FILLER[0] <= page.quarter <= _FILLER[1]:
        filler = draw < page.share("rechallenge_filler")
        page.plant("drug", rechallenge_filler=filler)
        return when(filler, constant("D", size), pick({"U": 0.7, "N": 0.2, "Y": 0.02}, size, random))
    return pick({"U": 0.3, "N": 0.05, "Y": 0.01}, size, random)


def ther(page: Page, rows: Taken) -> dict[str, pl.Series]:
    """Write THER: therapy dates, which are partial and never padded."""
    random = page.random("ther")
    at = np.flatnonzero(random.random(len(rows.where)) < text_shape()["therapy_dates"])
    report = page.rows[rows.report[at]]
    begun = page.draw.people.event_date[page.draw.history.content[report]]
    precision = np.array([3, 3, 3, 2, 1], np.uint8)[random.integers(0, 5, len(at))]
    start = told_dates(begun, precision, np.zeros(len(at), bool))
    ended = (random.random(len(at)) < 0.4) & (precision == 3)
    return _keys(page, report) | {
        "dsg_drug_seq": numbers(rows.sequence[at]),
        "start_dt": numbers(start),
        "end_dt": numbers(begun, ~ended),
        "dur": numbers(np.ones(len(at), np.int64), ~ended),
        "dur_cod": when(ended, constant("DAY", len(at)), constant(None, len(at))),
    }


def indi(page: Page, rows: Taken, words: Words) -> dict[str, pl.Series]:
    """Write INDI: what each drug was given for, where that is told."""
    indication = page.draw.medication.indication[rows.where]
    at = np.flatnonzero(indication != NONE)
    report = page.rows[rows.report[at]]
    text = apostrophes(page, "indi", words.indications[page.legacy].gather(indication[at]))
    return _keys(page, report) | {"indi_drug_seq": numbers(rows.sequence[at]), "indi_pt": text}


def apostrophes(page: Page, table: str, text: pl.Series) -> pl.Series:
    """Write apostrophes as carets: always in legacy, in every second row of FAERS."""
    if not page.defects:
        return text
    marked = text.str.contains("'", literal=True).to_numpy()
    if not page.legacy:
        marked = marked & (np.arange(len(marked)) % 2 == 0)
    page.plant(table, caret=marked)
    return when(marked, text.str.replace_all("'", "^", literal=True), text)


def _keys(page: Page, report: Ints) -> dict[str, pl.Series]:
    history = page.draw.history
    return {"primaryid": numbers(history.primaryid[report]), "caseid": numbers(history.caseid[report])}
