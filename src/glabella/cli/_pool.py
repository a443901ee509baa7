"""``glabella pool``: pool the effects in a CSV file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glabella.cli._files import BAD_INPUT
from glabella.cli._tables import moderators, numbers, plain, read

if TYPE_CHECKING:
    from glabella.cli._tables import Table
    from glabella.synthesis import Design, EffectSizes

#: By how much a variance may miss the square of its standard error, as both are rounded in print.
_ROUNDED = 0.05


@click.command("pool")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--measure", help="Compute effects by this measure (OR, RR, SMD, ...) from metafor's column letters; "
              "without it the file holds yi and vi (or sei).")  # fmt: skip
@click.option("--mods", "formula", help="Moderators as a formula over the file's columns, such as '~ dose + year'.")
@click.option("--method", default="REML", show_default=True, help="REML ML DL PM EB HE HS SJ or common.")
@click.option("--test", default="knha", show_default=True, help="knha, adhoc, t or z.")
@click.option("--level", default=0.95, show_default=True, type=float, help="Level of every interval.")
@click.option("--json", "as_json", is_flag=True, help="Print every field as JSON.")
def pool_command(
    file: Path, measure: str | None, formula: str | None, method: str, test: str, level: float, as_json: bool
) -> None:
    """Pool the studies in FILE, a CSV table with one row a study."""
    from glabella.synthesis import few_trials, pool

    try:
        table = read(file)
        yi, vi, mods, scale, notes = effects(table, measure, formula)
        fit = pool(yi, vi, mods=mods, method=method, test=test, level=level)  # type: ignore[arg-type]
    except ValueError as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(BAD_INPUT)
    if as_json:
        found = {name: plain(value) for name, value in fit.as_dict().items() if name != "reason"}
        found |= {"scale": scale, "left_out": notes, "few_trials": few_trials(fit)}
        click.echo(json.dumps(found, indent=2, allow_nan=False, ensure_ascii=False))
    else:
        rules = [f"Of so few trials a report says otherwise: {each}" for each in few_trials(fit)]
        click.echo("\n".join([*head(scale, notes), str(fit), *([""] if rules else []), *rules]))


def effects(
    table: Table, measure: str | None, formula: str | None
) -> tuple[Any, Any, Design | None, str | None, list[str]]:
    """Take effects and variances from a table, or compute them by a measure, without studies that have none.

    Returns effects, variances and moderators, then the scale and what was added and left out, where a measure says.
    """
    import numpy as np

    from glabella.synthesis import effect_size
    from glabella.synthesis._effect_size import _LETTERS, _NAMES

    if measure is None:
        yi, vi = numbers(table, "yi"), _variances(table)
        keep, scale, notes = np.ones(yi.shape, dtype=bool), None, []
    else:
        letters = [name for name in _LETTERS.get(measure, ()) if table.find(name) is not None]
        given: Any = {name: numbers(table, name) for name in letters}
        try:
            found = effect_size(measure, **given)  # type: ignore[arg-type]
        except ValueError as error:
            holds = f"; the file holds {table.columns}" if str(error).endswith("is missing") else ""
            raise ValueError(f"{error}{holds}") from error
        yi, vi, keep, scale = found.yi, found.vi, found.defined, f"{_NAMES[measure]} ({measure})"
        notes = [*_added(found, given), *found.left_out]
        if not keep.any():
            raise ValueError("; ".join(notes))
    mods = moderators(table, formula, keep) if formula is not None else None
    return yi[keep], vi[keep], mods, scale, notes


def head(scale: str | None, notes: list[str]) -> list[str]:
    """Write the lines above a result."""
    return [scale, *notes, ""] if scale else []


def _variances(table: Table) -> Any:
    """Take variances, or standard errors in their place; where both are given they must agree."""
    if table.find("sei") is None:
        return numbers(table, "vi")
    errors = numbers(table, "sei")
    if (errors <= 0).any():
        row = int((errors <= 0).argmax())
        raise ValueError(f"column 'sei' holds {errors[row]:g} in row {row + 1}, expected a standard error above 0")
    if table.find("vi") is None:
        return errors**2
    variances = numbers(table, "vi")
    apart = abs(errors**2 - variances) > _ROUNDED * abs(variances)
    if apart.any():
        row = int(apart.argmax())
        raise ValueError(f"column 'vi' holds {variances[row]:g} in row {row + 1} and 'sei' {errors[row]:g}, the "
                         f"square of which is {errors[row] ** 2:g}; expected one of them, or the same")  # fmt: skip
    return variances


def _added(found: EffectSizes, given: dict[str, Any]) -> tuple[str, ...]:
    """Say to which studies a half was added, by what changes without it."""
    from glabella.synthesis import effect_size

    plainly = effect_size(found.measure, to="none", **given)  # type: ignore[arg-type]
    changed = found.defined & ~((plainly.yi == found.yi) & (plainly.vi == found.vi))
    rows = (changed.nonzero()[0] + 1).tolist()
    if not rows:
        return ()
    where = f"row{'s' * (len(rows) > 1)} {', '.join(map(str, rows))}"
    only = " for the variance alone" * bool((plainly.yi == found.yi)[changed].all())
    return (f"0.5 added to each cell of {len(rows)} of {len(changed)} studies with an empty one{only} ({where})",)
