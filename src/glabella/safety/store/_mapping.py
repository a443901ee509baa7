r"""From the names of a report's drugs to products and substances.

The product comes from the name as reported, so that FDA's ingredient string cannot hide it (97 % of Exparel would
become plain bupivacaine). The substance comes from the dictionary by that name, else from FDA's ingredient string
``prod_ai`` (``\`` separates several), each looked up in the dictionary and else taken as it stands, else from the
name itself, cut clean of strengths and dosage forms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glabella.safety.store._data import shipped_data
from glabella.safety.store._names import Dictionary, normalised

if TYPE_CHECKING:
    import polars

#: How a substance was found, the best first.
SOURCES = ("dictionary", "prod_ai", "drugname")


@dataclass(frozen=True, slots=True)
class NameMap:
    """Every distinct pair of reported name and ingredient string, mapped.

    Attributes
    ----------
    names : polars.DataFrame
        ``name_id``, ``drugname``, ``prod_ai``.
    name_products, name_substances : polars.DataFrame
        ``name_id`` with ``product_id``, and with each ``substance_id``.
    products, substances : polars.DataFrame
        The vocabularies of the index.
    shares : dict
        Rows and distinct names by the way they were mapped.
    """

    names: polars.DataFrame
    name_products: polars.DataFrame
    name_substances: polars.DataFrame
    products: polars.DataFrame
    substances: polars.DataFrame
    shares: dict[str, dict[str, int]]


def map_names(names: polars.DataFrame, dictionary: Dictionary) -> NameMap:
    """Map distinct names.

    Parameters
    ----------
    names : polars.DataFrame
        ``drugname``, ``prod_ai`` (empty where missing), ``rows``.
    dictionary : Dictionary
        Of names.
    """
    import polars as pl

    names = names.sort("drugname", "prod_ai").with_row_index("name_id").cast({"name_id": pl.Int32})
    found = _by_drugname(names, dictionary)
    substances = pl.concat([_from_dictionary(found), _from_ingredients(found, dictionary), _from_name(found)])
    vocabulary = (
        substances.group_by("substance")
        .agg(pl.col("rank").min())
        .sort("substance")
        .with_row_index("substance_id")
        .select(
            pl.col("substance_id").cast(pl.Int32),
            pl.col("substance").alias("name"),
            pl.col("rank").replace_strict(dict(enumerate(SOURCES)), return_dtype=pl.String).alias("source"),
        )
    )
    linked = substances.join(vocabulary, left_on="substance", right_on="name").select("name_id", "substance_id")
    products, name_products = _products(found, linked)
    return NameMap(
        names.select("name_id", "drugname", "prod_ai"),
        name_products,
        linked.unique().sort("name_id", "substance_id"),
        products,
        vocabulary,
        _shares(found, substances),
    )


def _by_drugname(names: polars.DataFrame, dictionary: Dictionary) -> polars.DataFrame:
    """Look the name up as it stands, then cut clean, then without a release, a suffix or brackets."""
    import polars as pl

    patterns = _patterns()
    tidy = pl.col("whole").str.replace_all(patterns["strength"], " ").str.replace_all(patterns["form"], " ")
    names = names.with_columns(whole=normalised(pl.col("drugname")))
    names = names.with_columns(clean=normalised(tidy))
    before = normalised(pl.col("clean").str.replace(r"\s*[(\[{/].*$", ""))
    names = names.with_columns(before=pl.when(before == "").then(pl.col("clean")).otherwise(before))
    names = names.with_columns(
        plain=normalised(pl.col("before").str.replace_all(patterns["release"], " ")),
        bare=pl.col("before").str.replace(r"-[A-Z]{4}$", ""),
        inside=normalised(pl.col("clean").str.extract(r"[(\[{]([^)\]}]*)")),
    )
    ways = ["whole", "clean", "before", "plain", "bare", "inside"]
    table = dictionary.table
    for way in ways:
        meant = table.select(
            pl.col("key").alias(way),
            pl.col("product").alias(f"product_{way}"),
            pl.col("substance").alias(f"of_{way}"),
        )
        names = names.join(meant, on=way, how="left", maintain_order="left")
    empty = pl.col("before") == ""
    ingredient = normalised(pl.col("prod_ai").str.strip_chars("\\ "))
    fallback = pl.when(~empty).then(pl.col("before")).when(ingredient != "").then(ingredient)
    return names.select(
        "name_id",
        "rows",
        "prod_ai",
        product=pl.coalesce(*(f"product_{way}" for way in ways), fallback),
        meant=pl.coalesce(f"of_{way}" for way in ways),
        cleaned=pl.when(~empty).then(pl.col("before")),
    )


def _from_dictionary(found: polars.DataFrame) -> polars.DataFrame:
    import polars as pl

    return (
        found.filter(pl.col("meant").is_not_null())
        .select("name_id", substance=pl.col("meant").str.split("\\"))
        .explode("substance", empty_as_null=True, keep_nulls=True)
        .with_columns(rank=pl.lit(0, pl.Int8))
    )


def _from_ingredients(found: polars.DataFrame, dictionary: Dictionary) -> polars.DataFrame:
    import polars as pl

    parts = (
        found.filter(pl.col("meant").is_null())
        .select("name_id", part=pl.col("prod_ai").str.split("\\"))
        .explode("part", empty_as_null=True, keep_nulls=True)
        .with_columns(part=normalised(pl.col("part")))
        .filter(pl.col("part") != "")
        .with_columns(bare=pl.col("part").str.replace(r"-[A-Z]{4}$", ""))
    )
    meaning = dictionary.table.select("key", "substance")
    for way in ("part", "bare"):
        parts = parts.join(
            meaning.rename({"key": way, "substance": f"of_{way}"}), on=way, how="left", maintain_order="left"
        )
    meant = pl.coalesce("of_part", "of_bare")
    return (
        parts.with_columns(
            substance=pl.coalesce(meant, "part").str.split("\\"),
            rank=pl.when(meant.is_not_null()).then(0).otherwise(1).cast(pl.Int8),
        )
        .select("name_id", "substance", "rank")
        .explode("substance", empty_as_null=True, keep_nulls=True)
    )


def _from_name(found: polars.DataFrame) -> polars.DataFrame:
    import polars as pl

    without = pl.col("meant").is_null() & (normalised(pl.col("prod_ai").str.strip_chars("\\ ")) == "")
    return found.filter(without & pl.col("cleaned").is_not_null()).select(
        "name_id", substance=pl.col("cleaned"), rank=pl.lit(2, pl.Int8)
    )


def _products(found: polars.DataFrame, linked: polars.DataFrame) -> tuple[polars.DataFrame, polars.DataFrame]:
    """List products; the substance is left empty where a name stands for several."""
    import polars as pl

    named = found.filter(pl.col("product").is_not_null()).select("name_id", "product")
    one = pl.col("substance_id").drop_nulls().unique()
    products = (
        named.join(linked, on="name_id", how="left")
        .group_by("product")
        .agg(pl.when(one.len() == 1).then(one.first()).alias("substance_id"))
        .sort("product")
        .with_row_index("product_id")
        .select(pl.col("product_id").cast(pl.Int32), pl.col("product").alias("name"), "substance_id")
    )
    links = named.join(products, left_on="product", right_on="name").select("name_id", "product_id")
    return products, links.sort("name_id")


def _shares(found: polars.DataFrame, substances: polars.DataFrame) -> dict[str, dict[str, int]]:
    """Count rows and distinct names by way; a name of several substances counts by the worst of them."""
    import polars as pl

    way = substances.group_by("name_id").agg(pl.col("rank").max())
    ranked = found.join(way, on="name_id", how="left").with_columns(
        way=pl.when(pl.col("meant").is_not_null())
        .then(pl.lit("dictionary_by_drugname"))
        .when(pl.col("rank") == 0)
        .then(pl.lit("dictionary_by_prod_ai"))
        .when(pl.col("rank") == 1)
        .then(pl.lit("prod_ai"))
        .when(pl.col("rank") == 2)
        .then(pl.lit("drugname"))
        .otherwise(pl.lit("nothing"))
    )
    counted = ranked.group_by("way").agg(rows=pl.col("rows").sum(), names=pl.len())
    by = {way: (rows, count) for way, rows, count in counted.rows()}
    ways = ("dictionary_by_drugname", "dictionary_by_prod_ai", "prod_ai", "drugname", "nothing")
    return {way: {"rows": int(by.get(way, (0, 0))[0]), "names": int(by.get(way, (0, 0))[1])} for way in ways}


def _patterns() -> dict[str, str]:
    import yaml

    words: dict[str, Any] = yaml.safe_load((shipped_data() / "name_cleaning.yaml").read_text(encoding="utf-8"))
    units = "|".join(re.escape(unit) for unit in sorted(words["units"], key=len, reverse=True))
    number = r"\d+(?:[.,]\d+)*"
    one = rf"{number}\s*(?:{units})"
    return {
        "strength": rf"(?:^|[\s(,-]){one}(?:\s*/\s*(?:{one}|{number}|{units}))*(?:$|[\s),])",
        "form": _words(words["forms"]),
        "release": _words(words["release"]),
    }


def _words(words: list[str]) -> str:
    return r"\b(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + r")\b"
