"""``glabella pool``: pool the effects in a CSV file."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glabella.cli._files import BAD_INPUT

if TYPE_CHECKING:
    import polars as pl

#: Columns of a study that effects are computed from, in metafor's letters.
_LETTERS = frozenset(
    "ai bi ci di n1i n2i m1i m2i sd1i sd2i x1i x2i t1i t2i xi mi ri ti ni".split()  # noqa: SIM905
)


@click.command("pool")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--measure", help="Compute effects by this measure (OR, RR, SMD, ...) from metafor's column letters; "
              "without it the file holds yi and vi.")  # fmt: skip
@click.option("--mods", "formula", help="Moderators as a formula over the file's columns, such as '~ dose + year'.")
@click.option("--method", default="REML", show_default=True, help="REML ML DL PM EB HE HS SJ or common.")
@click.option("--test", default="knha", show_default=True, help="knha, adhoc, t or z.")
@click.option("--level", default=0.95, show_default=True, type=float, help="Level of every interval.")
@click.option("--json", "as_json", is_flag=True, help="Print every field as JSON.")
def pool_command(
    file: Path, measure: str | None, formula: str | None, method: str, test: str, level: float, as_json: bool
) -> None:
    """Pool the studies in FILE, a CSV table with one row a study."""
    from glabella.synthesis import design, effect_size, pool

    try:
        table = _read(file)
        if measure is not None:
            columns = {name: _numbers(table, name) for name in table.columns if name in _LETTERS}
            effects = effect_size(measure, **columns)  # type: ignore[arg-type]
            yi, vi = effects.yi, effects.vi
        else:
            yi, vi = _numbers(table, "yi"), _numbers(table, "vi")
        mods = design(formula, table) if formula is not None else None
        fit = pool(yi, vi, mods=mods, method=method, test=test, level=level)  # type: ignore[arg-type]
    except ValueError as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(BAD_INPUT)
    if as_json:
        found = {name: _plain(value) for name, value in fit.as_dict().items() if name != "reason"}
        click.echo(json.dumps(found, indent=2, allow_nan=False))
    else:
        click.echo(str(fit))


def _read(file: Path) -> pl.DataFrame:
    import polars as pl

    try:
        return pl.read_csv(file, infer_schema_length=None, null_values=["", "NA"])
    except (OSError, pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot be read as CSV: {error}") from error


def _numbers(table: pl.DataFrame, name: str) -> Any:
    import polars as pl

    if name not in table.columns:
        raise ValueError(f"column {name!r} is missing; the file holds {table.columns}")
    column = table[name]
    if not column.dtype.is_numeric():
        wrong = column.cast(pl.Float64, strict=False).is_null() & column.is_not_null()
        row = int(wrong.arg_max() or 0) if wrong.any() else 0
        raise ValueError(f"column {name!r} holds {column[row]!r} in row {row + 1}, expected a number")
    if column.null_count():
        row = int(column.is_null().arg_max() or 0)
        raise ValueError(f"column {name!r} is empty in row {row + 1}, expected a number")
    return column.cast(pl.Float64).to_numpy()


def _plain(value: Any) -> Any:
    """JSON has no NaN: what is unknown is null."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
