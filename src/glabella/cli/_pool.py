"""``glabella pool``: pool the effects in a CSV file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glabella.cli._files import BAD_INPUT
from glabella.cli._tables import numbers, plain, read

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
    from glabella.synthesis import design, pool

    try:
        table = read(file)
        yi, vi, table, left_out = effects(table, measure)
        mods = design(formula, table) if formula is not None else None
        fit = pool(yi, vi, mods=mods, method=method, test=test, level=level)  # type: ignore[arg-type]
    except ValueError as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(BAD_INPUT)
    if as_json:
        found = {name: plain(value) for name, value in fit.as_dict().items() if name != "reason"}
        click.echo(json.dumps(found | {"left_out": left_out}, indent=2, allow_nan=False))
    else:
        click.echo("\n".join([*left_out, "", str(fit)] if left_out else [str(fit)]))


def effects(table: pl.DataFrame, measure: str | None) -> tuple[Any, Any, pl.DataFrame, tuple[str, ...]]:
    """Take or compute effects and variances, with the rows that have one, and say which were left out."""
    from glabella.synthesis import effect_size

    if measure is None:
        return numbers(table, "yi"), numbers(table, "vi"), table, ()
    columns = {name: numbers(table, name) for name in table.columns if name in _LETTERS}
    found = effect_size(measure, **columns)  # type: ignore[arg-type]
    if not found.defined.any():
        raise ValueError("; ".join(found.left_out) or "the file has no row")
    return found.yi[found.defined], found.vi[found.defined], table.filter(found.defined), found.left_out
