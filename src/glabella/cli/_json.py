"""``--json``: what a command would print for reading, as data on the standard output, with the same exit code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import polars as pl

#: For every command that prints what it found and has no other form.
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


def echo_json(values: Any) -> None:
    """Print values; what is unknown is null."""
    click.echo(json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False, default=_other))


def fields_of(result: Any) -> dict[str, Any]:
    """Give the fields of a result."""
    return {each.name: getattr(result, each.name) for each in fields(result)}


def _other(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return fields_of(value) if is_dataclass(value) else str(value)


def rows_of(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a table."""
    from glabella.cli._tables import plain

    return [{name: plain(value) for name, value in row.items()} for row in table.iter_rows(named=True)]
