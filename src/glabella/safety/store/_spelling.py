"""The many ways a drug's name is written, led back to a name that the dictionary knows.

A name is looked up as it stands, then with ever more cut off: strengths and dose forms, what stands at its ends
(routes, units, makers), the four letters behind a biological's name, the salt, and last all marks and accents.
Whatever is cut, the rest has to be a known name as a whole: a substance inside another word, or beside a word
that is not cut, is not found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from glabella.safety.store._data import shipped_data
from glabella.safety.store._names import MARKS, Dictionary

if TYPE_CHECKING:
    import polars

#: Below this, letters without their marks are too few to tell a name; two fewer where only the ends were cut.
_SHORTEST = 6
_BETWEEN = r"[ ,;:/.()\[\]{}-]+"


@dataclass(frozen=True, slots=True)
class Known:
    """Known names, and how a name is cut before it is looked for among them.

    Attributes
    ----------
    tables : Mapping of str to polars.DataFrame
        The names as they are, with those whose ends were trimmed, and the letters of these.
    ends : tuple of str
        Words of the dictionary that are cut from the ends, beside the general ones.
    """

    tables: Mapping[str, polars.DataFrame]
    ends: tuple[str, ...]

    def trimmed(self, text: polars.Expr) -> polars.Expr:
        """Cut what tells nothing from both ends; nothing is left of a text of this."""
        return _trimmed(text, self.ends)


def cut_clean(text: polars.Expr) -> polars.Expr:
    """Cut strengths and dose forms, wherever they stand in a normalised name."""
    patterns = name_patterns()
    return _tidy(text.str.replace_all(patterns["strength"], " ").str.replace_all(patterns["form"], " "))


def _trimmed(text: polars.Expr, ends: tuple[str, ...], *, numbers: bool = True) -> polars.Expr:
    """Cut numbers, units, dose forms, routes and makers from both ends; nothing is left of a text of these."""
    patterns = name_patterns(ends)
    kind = "" if numbers else "numbered_"
    rest = text.str.replace(patterns[f"{kind}head"], "").str.replace(patterns[f"{kind}tail"], "")
    return _tidy(rest.str.replace(patterns[f"{kind}noise"], ""))


def with_meanings(names: polars.DataFrame, column: str, known: Known) -> polars.DataFrame:
    """Look up each name of a column.

    Parameters
    ----------
    names : polars.DataFrame
        With the column; normalised names, null where there is none.
    column : str
        To look up.
    known : Known
        As from :func:`known_names`.

    Returns
    -------
    polars.DataFrame
        With ``{column}_product`` and ``{column}_substance``, null where nothing is known.
    """
    import polars as pl

    unread = names.select(name=column).filter(pl.col("name") != "").unique()
    found: list[polars.DataFrame] = []
    for table, way, spelled in _ways(known.ends):
        if unread.is_empty():
            break
        unread = unread.with_columns(spelled.alias(way))
        found.append(unread.select("name", key=way).join(known.tables[table], on="key").drop("key"))
        unread = unread.join(found[-1], on="name", how="anti")
    meant = pl.concat(found) if found else unread.with_columns(product=pl.lit(""), substance=pl.lit(""))
    meant = meant.rename({"name": column, "product": f"{column}_product", "substance": f"{column}_substance"})
    return names.join(meant, on=column, how="left", maintain_order="left")


def known_names(dictionary: Dictionary) -> Known:
    """Give the names of a dictionary in the spellings in which they are looked up.

    Only a shipped name is known without what stands at its ends, and never without a number, which may be what
    tells it from another ("VITAMIN B 12"); a user's name is known as it is written.
    """
    import polars as pl

    table = dictionary.table.select("key", "product", "substance")
    shipped = dictionary.table.filter("shipped")
    own = pl.concat([shipped["key"], shipped["substance"].str.split("\\").explode()])
    # An ingredient of a name is itself a name, unless the dictionary says otherwise.
    alone = table.select(key=pl.col("substance").str.split("\\")).explode(
        "key", empty_as_null=True, keep_nulls=True
    )
    names = _with_more(table, alone.select("key", product="key", substance="key"), 1)
    rest = _trimmed(pl.col("key"), dictionary.ends, numbers=False)
    ends = names.filter(pl.col("key").is_in(own.implode())).select(key=rest, product=rest, substance="substance")
    ends = _with_more(names, ends, _SHORTEST - 2)
    letters = ends.with_columns(key=_letters(pl.col("key")))
    tables = {"names": names, "trimmed": ends, "letters": _with_more(letters.clear(), letters, _SHORTEST)}
    return Known(tables, dictionary.ends)


def _with_more(table: polars.DataFrame, more: polars.DataFrame, shortest: int) -> polars.DataFrame:
    """Add names that are long enough, new, and have one meaning."""
    import polars as pl

    one = (
        more.filter(pl.col("key").str.len_chars() >= shortest)
        .group_by("key")
        .agg(pl.col("product").min(), pl.col("substance").unique())
        .filter(pl.col("substance").list.len() == 1)
        .with_columns(pl.col("substance").list.first())
    )
    return pl.concat([table, one.join(table, on="key", how="anti").sort("key").select(table.columns)])


def _ways(more: tuple[str, ...]) -> list[tuple[str, str, polars.Expr]]:
    """Give the ways of cutting a ``name``, the least first: the table to look it up in, a name for it, and it."""
    import polars as pl

    patterns = name_patterns()
    name, clean, numbered = pl.col("name"), pl.col("clean"), pl.col("numbered")
    ends, unsalted = pl.col("ends"), pl.col("unsalted")
    return [
        ("names", "whole", name),
        ("names", "clean", cut_clean(name)),
        ("names", "plain", _tidy(clean.str.replace_all(patterns["release"], " "))),
        # With its numbers first: they may be part of a known name.
        ("trimmed", "numbered", _trimmed(name, more, numbers=False)),
        ("trimmed", "numbered_unsalted", _unsalted(numbered, more, numbers=False)),
        ("letters", "letters", _letters(name)),
        ("letters", "numbered_letters", _letters(numbered)),
        ("letters", "numbered_unsalted_letters", _letters(pl.col("numbered_unsalted"))),
        ("trimmed", "less_a_number", _tidy(numbered.str.replace(patterns["number"], ""))),
        ("letters", "less_a_number_letters", _letters(pl.col("less_a_number"))),
        ("names", "unnumbered", _tidy(name.str.replace(patterns["numbers"], ""))),
        ("trimmed", "ends", _trimmed(name, more)),
        ("trimmed", "bare", ends.str.replace(r"-[A-Z]{4}$", "")),
        ("trimmed", "unsalted", _unsalted(ends, more)),
        ("letters", "ends_letters", _letters(ends)),
        ("letters", "unsalted_letters", _letters(unsalted)),
    ]


def _unsalted(ends: polars.Expr, more: tuple[str, ...], *, numbers: bool = True) -> polars.Expr:
    patterns = name_patterns()
    rest = _tidy(ends.str.replace(patterns["salt_head"], "").str.replace(patterns["salt_tail"], ""))
    return _trimmed(rest, more, numbers=numbers)


def _letters(text: polars.Expr) -> polars.Expr:
    """Give the letters and digits alone, without accents."""
    return text.str.normalize("NFKD").str.replace_all(r"[^\p{L}\p{N}]", "")


def _tidy(text: polars.Expr) -> polars.Expr:
    """Put a normalised name of which something was cut in order."""
    return text.str.replace_all(" {2,}", " ").str.strip_chars(MARKS)


@cache
def cleaning() -> dict[str, Any]:
    """Give the shipped words of ``name_cleaning.yaml``."""
    import yaml

    words: dict[str, Any] = yaml.safe_load((shipped_data() / "name_cleaning.yaml").read_text(encoding="utf-8"))
    return words


@cache
def name_patterns(more: tuple[str, ...] = ()) -> dict[str, str]:
    """Give the patterns made of the shipped words, and of more that are cut from the ends."""
    words = cleaning()
    units = _either(words["units"])
    number = r"[0-9]+(?:[.,][0-9]+)*"
    one = rf"{number} *(?:{units})"
    long_units = [unit for unit in words["units"] if len(unit) > 1]
    ends = [
        *words["forms"],
        *words["release"],
        *long_units,
        *(word for group in words["ends"] for word in group),
        *more,
    ]
    noise, numbered = rf"(?:{one}|{number}|{_either(ends)})", rf"(?:{one}|{_either(ends)})"
    salt = _either(words["salts"])
    denied = rf"{_words(words['denials'])}\W+(?:\w+\W+)?{_words(words['denied'])}"
    return {
        "strength": rf"(?:^|[ (,-]){one}(?: */ *(?:{one}|{number}|{units}))*(?:$|[ ),])",
        "form": _words(words["forms"]),
        "release": _words(words["release"]),
        "numbers": rf"(?:{_BETWEEN}(?:{one}|{number}))+$",
        "head": rf"^(?:{noise}{_BETWEEN})+",
        "tail": rf"(?:{_BETWEEN}{noise})+$",
        "noise": rf"^{noise}$",
        "number": rf"{_BETWEEN}{number}$",
        "numbered_head": rf"^(?:{numbered}{_BETWEEN})+",
        "numbered_tail": rf"(?:{_BETWEEN}{numbered})+$",
        "numbered_noise": rf"^{numbered}$",
        "salt_head": rf"^(?:{salt}(?:{_BETWEEN}|$))+",
        "salt_tail": rf"(?:{_BETWEEN}{salt})+$",
        "not_given": rf"{_words(words['not_given'])}|{denied}",
        "other_than": rf"{_words(words['other_than'])}|^(?:{_either(words['controls'])})$",
        "alone": rf"[(\[{{]\W*(?:{_either(words['alone'])})\W*(?:[)\]}}]|$)",
    }


def _words(words: list[str]) -> str:
    return rf"\b(?:{_either(words)})\b"


def _either(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
