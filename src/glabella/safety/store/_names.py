"""Dictionaries of drug names: the general table first, then the dossier's, then those the user brings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from glabella.safety.store._data import shipped_data
from glabella.safety.store._lists import Lists, load_lists

if TYPE_CHECKING:
    import polars

#: Headers by which a column is known, in lower case. `drugname;Substance` is DiAna's dictionary,
#: `name ingredient rxcui` a table made from RxNorm.
_NAME = ("name_as_reported", "drugname", "name")
_SUBSTANCE = ("substance", "ingredient", "rx_ingredient")
_PRODUCT = ("product",)
#: What is taken off the ends of a name.
MARKS = " .,:;'\"“”*_-"
_SEPARATORS = ("\t", ";", "|", ",")
#: How the known dictionaries write that a name has no substance.
_NOTHING = ("NA", "N/A", "-")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Names as reported and what they mean.

    Attributes
    ----------
    table : polars.DataFrame
        ``key`` (normalised, unique), ``product``, ``substance`` (several are joined by a backslash),
        ``shipped`` (whether the entry is of the general table or of a dossier's).
    files : tuple of (str, str, int, int)
        Of each file: its name, SHA-256, entries used, and entries left out because an earlier file, or an earlier
        row, has another substance for the same name.
    wider : Mapping of str to tuple of str
        Ingredients that are wider than a substance, and the substances that a product's own name puts in their
        place.
    ends : tuple of str
        Words that are cut from the ends of a name for the look-up, beside the general ones.
    """

    table: polars.DataFrame
    files: tuple[tuple[str, str, int, int], ...]
    wider: Mapping[str, tuple[str, ...]]
    ends: tuple[str, ...]


def normalised(text: polars.Expr) -> polars.Expr:
    """Spell a drug name one way: upper case, one kind of dash, quote and space, no marks around it."""
    # Marks go before the compatibility forms, which would write ™ as two letters.
    return (
        text.str.replace_all(r"[®™©℠]|\((?i:R|TM|C)\)|\p{Cf}", "")
        .str.normalize("NFKC")
        .str.to_uppercase()
        .str.replace_all(r"[\p{Pd}\x{2212}]", "-")
        .str.replace_all(r"[‘’´`]", "'")
        .str.replace_all(r"[\s_\p{Cc}\x{FFFD}]+", " ")
        .str.strip_chars(MARKS)
    )


def load_dictionary(extra: Sequence[Path | str] = (), lists: Lists | None = None) -> Dictionary:
    r"""Read the general table, that of a dossier, and the user's dictionaries.

    A name keeps its first meaning: the general table and the dossier's come first, because they tell products apart
    that others fold into one (DiAna has one name for all products of a group), then the files in the order given.

    Parameters
    ----------
    extra : sequence of paths
        Delimited text with a header: a column ``name_as_reported``, ``drugname`` or ``name``, a column
        ``substance``, ``ingredient`` or ``rx_ingredient``, optionally ``product``; separated by comma,
        semicolon, tab or ``|``. Several substances of one name are separated by ``\``, ``;`` or `` / ``.
    lists : Lists, optional
        Of a dossier; those of the shipped one when omitted.

    Raises
    ------
    ValueError
        Naming the file and the row.
    """
    import polars as pl

    tables: list[polars.DataFrame] = []
    files: list[tuple[str, str, int, int]] = []
    taken = pl.DataFrame(schema={"key": pl.String, "substance": pl.String})
    lists = load_lists() if lists is None else lists
    ours = [("products.csv", shipped_data() / "products.csv")]
    if lists.products is not None:
        ours.append((f"{lists.name}: names/products.csv", lists.products))
    for named, path in [*ours, *((path.name, path) for path in map(Path, extra))]:
        entries, content = _read(path)
        unique = entries.unique("key", keep="first", maintain_order=True)
        new = unique.join(taken, on="key", how="anti", maintain_order="left")
        known = pl.concat([taken, new.select("key", "substance")])
        other = entries.join(known, on="key").filter(pl.col("substance") != pl.col("substance_right")).height
        taken = known
        tables.append(new.with_columns(shipped=pl.lit(len(tables) < len(ours))))
        files.append((named, hashlib.sha256(content).hexdigest(), new.height, other))
    return Dictionary(pl.concat(tables).sort("key"), tuple(files), lists.wider, lists.ends)


def _read(path: Path) -> tuple[polars.DataFrame, bytes]:
    import polars as pl

    content = path.read_bytes()
    try:
        header = content.split(b"\n", 1)[0].decode("utf-8-sig").rstrip("\r")
    except UnicodeDecodeError as fault:
        raise ValueError(f"{path}, row 1: not UTF-8") from fault
    separator = max(_SEPARATORS, key=header.count)
    columns = [name.strip().strip('"').lower() for name in header.split(separator)]
    name, substance = _column(path, columns, _NAME), _column(path, columns, _SUBSTANCE)
    try:
        raw = pl.read_csv(
            content, separator=separator, has_header=False, skip_rows=1, new_columns=columns, infer_schema=False
        )
    except pl.exceptions.NoDataError as fault:
        raise ValueError(f"{path}: holds no names") from fault
    except pl.exceptions.PolarsError as fault:
        raise ValueError(f"{path}, row {_ragged(content, separator, len(columns))}: {fault}") from fault
    if raw.width != len(columns):
        raise ValueError(f"{path}, row 2: {raw.width} columns, expected {len(columns)} as in the header")
    product = next((column for column in _PRODUCT if column in columns), name)
    table = raw.with_row_index("row", offset=2).select(
        "row",
        key=normalised(pl.col(name)).fill_null(""),
        product=normalised(pl.coalesce(product, name)),
        substance=normalised(pl.col(substance).str.replace_all(r"\s*(\\|;|\s/\s)\s*", "\\")).fill_null(""),
    )
    unnamed = table.filter(pl.col("key") == "")
    if unnamed.height:
        raise ValueError(f"{path}, row {unnamed['row'][0]}: no name in column {name!r}")
    return table.filter(~pl.col("substance").is_in(["", *_NOTHING])).drop("row"), content


def _column(path: Path, columns: list[str], wanted: tuple[str, ...]) -> str:
    found = [column for column in wanted if column in columns]
    if not found:
        raise ValueError(f"{path}, row 1: columns {columns}, expected one named {' or '.join(wanted)}")
    return found[0]


def _ragged(content: bytes, separator: str, width: int) -> str:
    import csv
    import io

    rows = csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""), delimiter=separator)
    return next((str(number) for number, row in enumerate(rows, start=1) if row and len(row) != width), "unknown")
