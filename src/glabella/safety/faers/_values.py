"""Values read: ages in years, dates as numbers, terms in one spelling. The text as written stays beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from glabella.safety.faers._layout import Era, countries, layout
from glabella.safety.faers._quarter import Quarter

if TYPE_CHECKING:
    import polars as pl

_TERMS = {"reac": "pt", "indi": "indi_pt"}


def keyed(rows: pl.DataFrame, key: str) -> tuple[pl.DataFrame, int, int]:
    """Keep the rows whose key is a whole number.

    Parameters
    ----------
    rows : DataFrame
        With text columns.
    key : str
        Column of the key.

    Returns
    -------
    rows : DataFrame
        Those with a key, without spaces around it.
    rejected, spaced : int
        Rows without one, and rows whose key had spaces around it.
    """
    import polars as pl

    if rows.select(_is_key(key).all()).item():
        return rows, 0, 0
    stripped = rows.with_columns(pl.col(key).str.strip_chars().alias("_key"))
    kept = stripped.filter(_is_key("_key"))
    spaced = kept.select((pl.col("_key") != pl.col(key)).sum()).item()
    return kept.with_columns(pl.col("_key").alias(key)).drop("_key"), rows.height - kept.height, spaced


def _is_key(column: str) -> pl.Expr:
    """Say whether a text is a whole number above zero of at most eighteen digits."""
    import polars as pl

    number = pl.col(column).cast(pl.Int64, strict=False)
    return (number.is_between(1, 10**18 - 1) & ~pl.col(column).str.starts_with("+")).fill_null(value=False)


def normalise(rows: pl.DataFrame, table: str, era: Era, quarter: Quarter) -> tuple[pl.DataFrame, Mapping[str, int]]:
    """Add the columns read from a table's text.

    Parameters
    ----------
    rows : DataFrame
        All text columns of the table.
    table : str
        Such as ``demo``.
    era : "aers" or "faers"
        Layout of the quarter.
    quarter : Quarter
        Whose habits of writing count.

    Returns
    -------
    rows : DataFrame
        With the typed columns after the text.
    counts : Mapping[str, int]
        Values read otherwise than written, by reason; see ``faers_defects.yaml``.
    """
    if table == "demo":
        return _demo(rows, era, quarter)
    if table == "drug":
        return _drug(rows, quarter)
    if table in _TERMS:
        return _terms(rows, _TERMS[table])
    return rows, {}


def _counted(rows: pl.DataFrame, counts: Mapping[str, pl.Expr]) -> dict[str, int]:
    """Count conditions, leaving out those that never hold."""
    found = rows.select(**{name: condition.sum() for name, condition in counts.items()}).row(0, named=True)
    return {name: int(number) for name, number in found.items() if number}


def _demo(rows: pl.DataFrame, era: Era, quarter: Quarter) -> tuple[pl.DataFrame, dict[str, int]]:
    """Read ages, sexes, weights, dates and countries."""
    import polars as pl

    del era
    known = layout()
    latest = _latest(quarter)
    raw = rows.lazy().with_columns(
        _age=pl.col("age").str.strip_chars().cast(pl.Float64, strict=False),
        _age_cod=_capitals("age_cod"),
        _wt=pl.col("wt").str.strip_chars().cast(pl.Float64, strict=False),
        _wt_cod=_capitals("wt_cod"),
        _sex=_capitals("sex"),
        _country=_capitals("reporter_country"),
        _event=_number("event_dt"),
        _fda=_number("fda_dt"),
    )
    years = _scaled("_age", "_age_cod", known.units["age_years"], missing="YR")
    kilograms = _scaled("_wt", "_wt_cod", known.units["weight_kg"], missing=None)
    raw = raw.with_columns(
        _years=years,
        _kilograms=kilograms,
        _iso=pl.col("_country").replace_strict(dict(countries()), default=None, return_dtype=pl.String),
        _day=_calendar("_event", known.limits["event_first_year"], quarter.year, 8) & (pl.col("_event") <= latest),
        _month=_calendar("_event", known.limits["event_first_year"], quarter.year, 6)
        & (pl.col("_event") <= latest // 100),
        _year=_calendar("_event", known.limits["event_first_year"], quarter.year, 4),
        _receipt=_calendar("_fda", 1900, 2099, 8),
        _possible=pl.col("_fda").is_between(int(known.limits["receipt_first"]), latest),
    )
    possible_age = pl.col("_years").is_between(0, known.limits["age_years"])
    possible_weight = (pl.col("_kilograms") > 0) & (pl.col("_kilograms") <= known.limits["weight_kg"])
    precise = pl.col("_day") | pl.col("_month") | pl.col("_year")
    padded = pl.col("_day") & (pl.col("_event") % 100 == 1) & known.within("padded_event_dates", quarter)
    wide = raw.with_columns(
        age_years=pl.when(possible_age).then(pl.col("_years")),
        sex_clean=pl.when(pl.col("_sex").is_in(["F", "M"])).then(pl.col("_sex")),
        # A date that cannot be must not say which version is the latest, nor the year of a report.
        fda_date=pl.when(pl.col("_receipt") & pl.col("_possible")).then(pl.col("_fda")),
        event_date=pl.when(precise).then(pl.col("_event")),
        event_precision=pl.when(pl.col("_day"))
        .then(pl.lit("day"))
        .when(pl.col("_month"))
        .then(pl.lit("month"))
        .when(pl.col("_year"))
        .then(pl.lit("year")),
        event_maybe_padded=padded.fill_null(value=False),
        wt_kg=pl.when(possible_weight).then(pl.col("_kilograms")),
        country=pl.col("_iso"),
    ).collect()
    counts = _counted(
        wide,
        {
            "case_number_missing": pl.col("caseid").is_null(),
            "decimal_suffix": pl.any_horizontal(
                pl.col("event_dt", "fda_dt").str.ends_with(".0").fill_null(value=False)
            ),
            "event_date_invalid": pl.col("event_dt").is_not_null() & pl.col("event_date").is_null(),
            "fda_date_invalid": pl.col("fda_dt").is_not_null() & ~pl.col("_receipt").fill_null(value=False),
            "fda_date_impossible": pl.col("_receipt") & ~pl.col("_possible"),
            "event_date_padded": pl.col("event_maybe_padded"),
            "age_not_number": pl.col("age").is_not_null() & ~pl.col("_age").is_finite().fill_null(value=False),
            "age_unit_missing": pl.col("_age_cod").is_null() & pl.col("age_years").is_not_null(),
            "age_unit_unknown": pl.col("_years").is_null()
            & pl.col("_age").is_finite()
            & pl.col("_age_cod").is_not_null(),
            "age_foetal": pl.col("_age") == -1,
            "age_negative": (pl.col("_age") < 0) & pl.col("_age").is_finite() & (pl.col("_age") != -1),
            "age_impossible": (pl.col("_years") > known.limits["age_years"]) & pl.col("_years").is_finite(),
            "sex_unknown": pl.col("sex").is_not_null() & pl.col("sex_clean").is_null(),
            "weight_not_number": pl.col("wt").is_not_null() & ~pl.col("_wt").is_finite().fill_null(value=False),
            "weight_unit_missing": pl.col("_wt").is_finite() & pl.col("_wt_cod").is_null(),
            "weight_unit_unknown": pl.col("_kilograms").is_null()
            & pl.col("_wt").is_finite()
            & pl.col("_wt_cod").is_not_null(),
            "weight_impossible": pl.col("_kilograms").is_finite() & ~possible_weight,
            "country_name": (pl.col("_country").str.len_bytes() > 2) & pl.col("country").is_not_null(),
            "country_unknown": pl.col("reporter_country").is_not_null() & pl.col("country").is_null(),
        },
    )
    return wide.drop([name for name in wide.columns if name.startswith("_")]), counts


def _drug(rows: pl.DataFrame, quarter: Quarter) -> tuple[pl.DataFrame, dict[str, int]]:
    """Leave out the rechallenge that fills empty fields in some quarters."""
    import polars as pl

    if not layout().within("rechallenge_filler", quarter):
        return rows.with_columns(rechal_clean=pl.col("rechal")), {}
    filler = (pl.col("rechal") == "D").fill_null(value=False)
    wide = rows.with_columns(rechal_clean=pl.when(~filler).then(pl.col("rechal")))
    return wide, _counted(rows, {"rechallenge_filler": filler})


def _terms(rows: pl.DataFrame, column: str) -> tuple[pl.DataFrame, dict[str, int]]:
    """Write terms in capitals, with apostrophes, and with single spaces."""
    import polars as pl

    # Terms repeat: each spelling is rewritten once.
    spellings = rows.select(pl.col(column).value_counts()).unnest(column).drop_nulls(column)
    joined = pl.col(column).str.replace_all("^", "'", literal=True).str.to_uppercase()
    spellings = spellings.with_columns(
        term=joined.str.replace_all(r"\s+", " ").str.strip_chars(),
        _caret=pl.col(column).str.contains("^", literal=True),
        _spaces=pl.col(column).str.contains(r"^\s|\s\s|[^\S ]|\s$"),
    ).with_columns(term=pl.when(pl.col("term") != "").then(pl.col("term")))
    counts = spellings.select(
        caret=pl.col("count").filter("_caret").sum(), white_space=pl.col("count").filter("_spaces").sum()
    ).row(0, named=True)
    wide = rows.join(spellings.select(column, "term"), on=column, how="left", maintain_order="left")
    return wide, {name: int(number) for name, number in counts.items() if number}


def _capitals(column: str) -> pl.Expr:
    """Give a code in capitals without spaces around it; blank is null."""
    import polars as pl

    text = pl.col(column).str.strip_chars().str.to_uppercase()
    return pl.when(text != "").then(text)


def _number(column: str) -> pl.Expr:
    """Read a date written in digits as a number; a decimal suffix is left out."""
    import polars as pl

    return pl.col(column).str.strip_chars().str.strip_suffix(".0").cast(pl.Int32, strict=False)


def _scaled(value: str, unit: str, factors: Mapping[str, tuple[float, float]], missing: str | None) -> pl.Expr:
    """Give a number in the unit of the factors; null where the unit is unknown, or missing and none stands in."""
    import polars as pl

    written = pl.col(unit).fill_null(missing) if missing else pl.col(unit)
    times = written.replace_strict({name: pair[0] for name, pair in factors.items()}, default=None)
    over = written.replace_strict({name: pair[1] for name, pair in factors.items()}, default=None)
    return pl.col(value) * times / over


def _latest(quarter: Quarter) -> int:
    """Give the latest day on which the agency can have received what is in the files of a quarter."""
    after = quarter.next()
    last = date(after.year, 3 * after.number - 2, 1) + timedelta(days=layout().limits["receipt_days_after"] - 1)
    return 10_000 * last.year + 100 * last.month + last.day


def _calendar(column: str, first: float, last: int, digits: int) -> pl.Expr:
    """Say whether a number of so many digits is a day, a month or a year of the calendar."""
    import polars as pl

    number = pl.col(column)
    year = number // 10 ** (digits - 4)
    valid: pl.Expr = number.is_between(10 ** (digits - 1), 10**digits - 1) & year.is_between(int(first), last)
    if digits >= 6:
        month = number // 10 ** (digits - 6) % 100
        valid &= month.is_between(1, 12)
    if digits == 8:
        day = number % 100
        leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
        length = (
            pl.when(month == 2)
            .then(28 + leap.cast(pl.Int32))
            .when(month.is_in([4, 6, 9, 11]))
            .then(30)
            .otherwise(31)
        )
        valid &= day.is_between(1, length)
    return valid.fill_null(value=False)
