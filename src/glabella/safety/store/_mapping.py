r"""From the names of a report's drugs to products and substances.

The product comes from the name as reported, so that FDA's ingredient string cannot hide it (97 % of Exparel would
become plain bupivacaine). The substances are those that FDA coded (``prod_ai``; ``\`` separates several), each
looked up in the dictionary and else taken as it stands: the text of a name never takes one away. It only tells
more: which product's ingredient it is where FDA's is wider, and what is in a product of which FDA names a
part or nothing. Without ``prod_ai`` the name itself is read: as a whole, then as a combination whose parts all
count, then what stands in brackets behind it; not where a word says that this is not what was given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glabella.safety.store._names import Dictionary, normalised
from glabella.safety.store._spelling import (
    Known,
    cleaning,
    cut_clean,
    known_names,
    name_patterns,
    with_meanings,
)

if TYPE_CHECKING:
    import polars

#: How a substance was found, the best first.
SOURCES = ("dictionary", "prod_ai", "drugname")
_BRACKETS = r"\s*[(\[{][^)\]}]*[)\]}]?"
_CUT = "\x1f"
#: What may be an unknown drug behind a hyphen.
_WORD = r"^\p{L}{6,}$"
#: Between the parts of a combination: where they stand side by side, where one of them is known, and where all are.
_JOINS = r"\s*(?:\bW/|[/+])\s*"
_MAY_JOIN = r"\s*(?:\bW/|[/+&;,]|\s(?:AND|WITH|W|PLUS)\s)\s*"
_HUNG = r"\s*(?:\bW/|[/+&;,-]|\s(?:AND|WITH|W|PLUS)\s)\s*"


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
    spelled = _spelled(names)
    known = known_names(dictionary)
    said = _said(spelled, known)
    substances = _decided(said, _coded(names, known), dictionary)
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
    products, name_products = _products(_named(spelled, said), linked)
    return NameMap(
        names.select("name_id", "drugname", "prod_ai"),
        name_products,
        linked.unique().sort("name_id", "substance_id"),
        products,
        vocabulary,
        _shares(names, substances),
    )


def _spelled(names: polars.DataFrame) -> polars.DataFrame:
    """Spell each name: whole, without its brackets, what is within them, and what it is called when unknown."""
    import polars as pl

    patterns = name_patterns()
    spelled = names.select("name_id", "prod_ai", whole=normalised(pl.col("drugname"))).with_columns(
        clean=cut_clean(pl.col("whole")),
        flat=normalised(pl.col("whole").str.replace_all(r"[()\[\]{}]", " ")),
        outer=normalised(pl.col("whole").str.replace_all(_BRACKETS, " ")),
        inside=normalised(pl.col("whole").str.extract(r"[(\[{]([^)\]}]*)")),
    )
    before = normalised(pl.col("clean").str.replace(r"\s*[(\[{/].*$", ""))
    # What says so may stand before brackets or in them.
    placebo = pl.col("whole").str.contains(patterns["not_given"]) | pl.col("whole").str.contains(patterns["alone"])
    other = placebo | pl.col("outer").str.contains(patterns["other_than"])
    says_so = before.str.contains(patterns["not_given"]) | before.str.contains(patterns["other_than"])
    return spelled.with_columns(
        # Of "X (placebo)" there must not be X left.
        called=pl.when((before != "") & (says_so | ~other)).then(before).otherwise(pl.col("clean")),
        outer=pl.when(~placebo).then(pl.col("outer")),
        joined=pl.when(~other).then(pl.col("outer")),
        inside=pl.when(~other).then(pl.col("inside")),
    )


def _said(spelled: polars.DataFrame, known: Known) -> polars.DataFrame:
    """Read the names: ``name_id``, ``product``, ``substance`` and its ``rank`` in :data:`SOURCES`."""
    import polars as pl

    steps: list[polars.DataFrame] = []
    unread = spelled
    for read in (_as_one, _taken_apart, _in_brackets, _side_by_side, _as_it_stands):
        steps.append(_each(read(unread, known)))
        unread = unread.join(steps[-1], on="name_id", how="anti")
    return pl.concat([*steps, _more_in_brackets(spelled, steps[0], known)])


def _each(read: polars.DataFrame) -> polars.DataFrame:
    """Give each substance its row."""
    import polars as pl

    return (
        read.select("name_id", "product", pl.col("substance").str.split("\\"), pl.col("rank").cast(pl.Int8))
        .explode("substance", empty_as_null=True, keep_nulls=True)
        .unique(["name_id", "substance"], keep="first", maintain_order=True)
    )


def _as_one(unread: polars.DataFrame, known: Known) -> polars.DataFrame:
    """Look names up whole, with the marks of their brackets gone, and without the brackets."""
    import polars as pl

    found: list[polars.DataFrame] = []
    for way in ("whole", "flat", "outer"):
        found.append(_as_written(unread, way, known))
        unread = unread.join(found[-1], on="name_id", how="anti").filter(pl.col("whole") != pl.col("outer"))
    return pl.concat(found)


def _as_written(unread: polars.DataFrame, way: str, known: Known) -> polars.DataFrame:
    import polars as pl

    found = with_meanings(unread.select("name_id", way), way, known).drop_nulls(f"{way}_substance")
    return found.select("name_id", product=f"{way}_product", substance=f"{way}_substance", rank=pl.lit(0))


def _taken_apart(unread: polars.DataFrame, known: Known) -> polars.DataFrame:
    """Read names as combinations of which a part is known."""
    import polars as pl

    texts = unread.rename({"joined": "text"}).filter(pl.col("text").str.contains(_HUNG))
    return _combination(texts, "text", known)


def _in_brackets(unread: polars.DataFrame, known: Known) -> polars.DataFrame:
    """Read what stands in brackets behind an unknown name."""
    import polars as pl

    read = _combination(unread.rename({"inside": "text"}), "called", known)
    return read.with_columns(product=pl.when(pl.col("called") != "").then("called").otherwise("product"))


def _side_by_side(unread: polars.DataFrame, known: Known) -> polars.DataFrame:
    """Read names of several unknown parts with a stroke or a plus between them."""
    import polars as pl

    texts = unread.rename({"joined": "text"}).filter(pl.col("text").str.contains(_JOINS))
    parts = _parts(texts, _JOINS, known)
    return parts.filter(pl.len().over("name_id") > 1).with_columns(product="text")


def _as_it_stands(unread: polars.DataFrame, known: Known) -> polars.DataFrame:
    """Let a name stand for itself."""
    import polars as pl

    del known
    named = unread.filter(pl.col("called") != "")
    return named.select("name_id", product="called", substance="called", rank=2)


def _more_in_brackets(spelled: polars.DataFrame, read: polars.DataFrame, known: Known) -> polars.DataFrame:
    """Give what a known name has in brackets beside its own substances: all parts of a combination."""
    import polars as pl

    texts = spelled.join(read, on="name_id", how="semi").rename({"inside": "text"})
    more = _each(_combination(texts, "called", known)).filter(pl.col("rank") == 0).drop("product")
    own = read.select("name_id", "substance")
    other = own.join(more, on=["name_id", "substance"], how="anti")
    more = more.join(other, on="name_id", how="anti").join(own, on=["name_id", "substance"], how="anti")
    products = read.select("name_id", "product").unique("name_id", keep="first", maintain_order=True)
    return more.join(products, on="name_id").select(read.columns)


def _combination(texts: polars.DataFrame, called: str, known: Known) -> polars.DataFrame:
    """Take texts apart where a part is known; at hyphens only where the first is and the others are words."""
    import polars as pl

    found = pl.col("rank") == 0
    some = _parts(texts, _MAY_JOIN, known).filter(found.any().over("name_id"))
    rest = texts.join(some, on="name_id", how="anti").filter(pl.col("text").str.contains("-", literal=True))
    words = found | pl.col("substance").str.contains(_WORD)
    hung = _parts(rest, _HUNG, known).filter((words.all() & found.first() & (pl.len() > 1)).over("name_id"))
    one = pl.col("product").n_unique().over("name_id") == 1
    return pl.concat([some, hung]).with_columns(product=pl.when(one).then("product").otherwise(called))


def _parts(texts: polars.DataFrame, join: str, known: Known) -> polars.DataFrame:
    """Split texts; what names nothing (a number, a dose form, a maker) is no part."""
    import polars as pl

    parts = (
        texts.select("name_id", "text", "called", part=pl.col("text").str.replace_all(join, _CUT).str.split(_CUT))
        .explode("part", empty_as_null=True, keep_nulls=True)
        .with_columns(part=normalised(pl.col("part")))
        .filter(known.trimmed(pl.col("part")).str.contains(r"\p{L}.*\p{L}.*\p{L}"))
    )
    parts = with_meanings(parts, "part", known)
    return parts.select(
        "name_id",
        "text",
        "called",
        product=pl.coalesce("part_product", "part"),
        substance=pl.coalesce("part_substance", cut_clean(pl.col("part"))),
        rank=pl.when(pl.col("part_substance").is_null()).then(2).otherwise(0),
    )


def _coded(names: polars.DataFrame, known: Known) -> polars.DataFrame:
    """Give what FDA coded: ``name_id``, ``substance``, ``rank``."""
    import polars as pl

    parts = (
        names.select("name_id", part=pl.col("prod_ai").str.split("\\"))
        .explode("part", empty_as_null=True, keep_nulls=True)
        .with_columns(part=normalised(pl.col("part")))
        .filter(pl.col("part") != "")
    )
    parts = with_meanings(parts, "part", known)
    coded = parts.select(
        "name_id",
        substance=pl.coalesce("part_substance", "part").str.split("\\"),
        rank=pl.when(pl.col("part_substance").is_null()).then(1).otherwise(0).cast(pl.Int8),
    )
    return coded.explode("substance", empty_as_null=True, keep_nulls=True).unique(
        ["name_id", "substance"], maintain_order=True
    )


def _decided(said: polars.DataFrame, coded: polars.DataFrame, dictionary: Dictionary) -> polars.DataFrame:
    """Take what FDA coded, or all of that and more as the name says; where it coded nothing, what the name says."""
    import polars as pl

    known = said.filter(pl.col("rank") == 0).select("name_id", "substance", "rank")
    coded = _narrowed(coded, known, dictionary)
    nothing = coded.filter(pl.col("substance").is_in(cleaning()["nothing"]).all().over("name_id"))
    # An ingredient without a name gives way to a name that a dictionary knows.
    coded = coded.join(nothing.join(known, on="name_id", how="semi"), on="name_id", how="anti")
    lacking = coded.join(known, on=["name_id", "substance"], how="anti")
    covered = known.join(coded, on="name_id", how="semi").join(lacking, on="name_id", how="anti")
    uncoded = said.join(coded, on="name_id", how="anti").select("name_id", "substance", "rank")
    by_prod_ai = pl.when(pl.col("rank") == 0).then(pl.lit("dictionary_by_prod_ai")).otherwise(pl.lit("prod_ai"))
    by_name = pl.when(pl.col("rank") == 0).then(pl.lit("dictionary_by_drugname")).otherwise(pl.lit("drugname"))
    return pl.concat(
        [
            covered.with_columns(way=by_name),
            coded.join(covered, on="name_id", how="anti").with_columns(way=by_prod_ai),
            uncoded.with_columns(way=by_name),
        ]
    )


def _narrowed(coded: polars.DataFrame, known: polars.DataFrame, dictionary: Dictionary) -> polars.DataFrame:
    """Put what a name says in the place of FDA's wider ingredient, such as a brand's own in that of its kind."""
    import polars as pl

    wider = [(wide, one) for wide, narrow in dictionary.wider.items() for one in narrow]
    narrow = (
        pl.DataFrame(wider, {"substance": pl.String, "narrow": pl.String}, orient="row")
        .join(coded, on="substance")
        .join(known.select("name_id", narrow="substance"), on=["name_id", "narrow"])
    )
    kept = coded.join(narrow, on=["name_id", "substance"], how="anti")
    return pl.concat([kept, narrow.select("name_id", substance="narrow", rank="rank")]).unique(
        ["name_id", "substance"]
    )


def _named(spelled: polars.DataFrame, said: polars.DataFrame) -> polars.DataFrame:
    """Give the product of each name, which is the ingredient where nothing else is said."""
    import polars as pl

    product = said.select("name_id", "product").unique("name_id", keep="first", maintain_order=True)
    ingredient = normalised(pl.col("prod_ai").str.strip_chars("\\ "))
    named = spelled.join(product, on="name_id", how="left", maintain_order="left")
    named = named.with_columns(pl.coalesce("product", pl.when(ingredient != "").then(ingredient)))
    return named.select("name_id", "product").drop_nulls()


def _products(named: polars.DataFrame, linked: polars.DataFrame) -> tuple[polars.DataFrame, polars.DataFrame]:
    """List products; the substance is left empty where a name stands for several."""
    import polars as pl

    products = (
        named.join(linked, on="name_id", how="left")
        .group_by("product")
        .agg(
            pl.when(pl.col("substance_id").drop_nulls().n_unique() == 1).then(
                pl.col("substance_id").drop_nulls().first()
            )
        )
        .sort("product")
        .with_row_index("product_id")
        .select(pl.col("product_id").cast(pl.Int32), pl.col("product").alias("name"), "substance_id")
    )
    links = named.join(products, left_on="product", right_on="name").select("name_id", "product_id")
    return products, links.sort("name_id")


def _shares(names: polars.DataFrame, substances: polars.DataFrame) -> dict[str, dict[str, int]]:
    """Count rows and distinct names by way; a name of several substances counts by the worst of them."""
    import polars as pl

    ways = ("dictionary_by_drugname", "dictionary_by_prod_ai", "prod_ai", "drugname", "nothing")
    order = {way: place for place, way in enumerate(ways)}
    worst = substances.group_by("name_id").agg(pl.col("way").replace_strict(order, return_dtype=pl.Int8).max())
    ranked = names.join(worst, on="name_id", how="left").with_columns(pl.col("way").fill_null(order["nothing"]))
    counted = ranked.group_by("way").agg(rows=pl.col("rows").sum(), names=pl.len())
    by = {ways[way]: (rows, count) for way, rows, count in counted.rows()}
    return {way: {"rows": int(by.get(way, (0, 0))[0]), "names": int(by.get(way, (0, 0))[1])} for way in ways}
