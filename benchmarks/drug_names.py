"""Which share of the shipped drug names is found under thirty ways of writing each, and what must not be found.

Run ``python benchmarks/drug_names.py``; it prints a table, and takes about a minute. Each way is applied to each of
the shipped substances and products; a name counts as found when the index would link it to its substance and to no
other. No row has FDA's ingredient, which would decide: only what the name says is measured.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

import polars as pl

from glabella.safety.store import load_dictionary
from glabella.safety.store._mapping import map_names

#: Thirty ways of writing a name, as they stand in reports.
WAYS: dict[str, Callable[[str], str]] = {
    "as shipped": str,
    "lower case": str.lower,
    "title case": str.title,
    "blanks around and within": lambda name: f"  {name.replace(' ', '   ')} ",
    "no-break space, zero-width mark": lambda name: f"{name}\u200b\u00a0TABLETS",
    "full-width letters": lambda name: "".join(chr(ord(c) + 0xFEE0) if "A" <= c <= "Z" else c for c in name),
    "trade mark": lambda name: f"{name}™",
    "trade mark in brackets": lambda name: f"{name}(R)",
    "quotes": lambda name: f'"{name}"',
    "full stop": lambda name: f"{name}.",
    "salt": lambda name: f"{name} HYDROCHLORIDE",
    "salt, short": lambda name: f"{name} HCL",
    "salt behind a dash": lambda name: f"{name}\u2013HCL",
    "salt in brackets": lambda name: f"{name} (MESYLATE)",
    "salt before it": lambda name: f"SODIUM {name}",
    "strength": lambda name: f"{name} 50 MG",
    "strength behind a comma": lambda name: f"{name}, 0.5MG",
    "strength in a volume": lambda name: f"{name} 100 MG/5 ML",
    "strength a day": lambda name: f"{name} 20MG/DAY",
    "bare number": lambda name: f"{name} 100",
    "units of the product": lambda name: f"{name} 100 ALLERGAN UNITS",
    "units, short": lambda name: f"{name} 100U",
    "dose form": lambda name: f"{name} FILM-COATED TABLETS",
    "dose form behind a comma": lambda name: f"{name}, SOLUTION FOR INJECTION",
    "dose form behind a dash": lambda name: f"{name} - CAPSULES",
    "dose form before it": lambda name: f"TAB. {name}",
    "salt, strength, form and route": lambda name: f"{name} HYDROCHLORIDE 10 MG ORAL TABLET",
    "release": lambda name: f"{name} EXTENDED RELEASE",
    "in brackets behind an unknown brand": lambda name: f"QZXAVOR ({name})",
    "maker": lambda name: f"{name} TEVA",
}

#: Names near a shipped one that are something else.
NEAR = (
    "PLACEBO ({})",
    "{} PLACEBO",
    "PLACEBO FOR {}",
    "PLACEBO/{}",
    "{} (PLACEBO)",
    "{} OR PLACEBO",
    "BLINDED ({})",
    "COMPARATOR ({})",
    "ACTIVE CONTROL [{}]",
    "NORMAL SALINE ({})",
    "{} ANTAGONISTS",
    "{} ANTIBODY",
    "ANTI-{}",
    "NOR{}",
    "{}OL",
    "{} WITHDRAWAL",
    "ALLERGY TO {}",
    "NOT {}",
)


def found(names: Sequence[tuple[str, str]]) -> list[set[str]]:
    """Give the substances of each pair of name and ingredient string."""
    frame = pl.DataFrame([(*one, 1) for one in names], ["drugname", "prod_ai", "rows"], orient="row").unique(
        ["drugname", "prod_ai"]
    )
    mapped = map_names(frame, load_dictionary())
    linked = mapped.name_substances.join(mapped.substances, on="substance_id")
    sets = linked.group_by("name_id").agg("name").join(mapped.names, on="name_id")
    by = {(name, ai): set(substances) for name, ai, substances in sets.select("drugname", "prod_ai", "name").rows()}
    return [by.get(one, set()) for one in names]


def shipped() -> dict[str, list[tuple[str, str]]]:
    """Give the shipped substances and products, each with its substance."""
    table = load_dictionary().table
    substances = sorted(set(table["substance"].to_list()))
    products = table.select("product", "substance").unique("product").sort("product")
    return {"substances": [(one, one) for one in substances], "products": products.rows()}


def shares(names: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Give the share of names found by each way of writing."""
    written = [(write(name), "") for write in WAYS.values() for name, _ in names]
    wanted = [substance for _ in WAYS for _, substance in names]
    right = [got == {want} for got, want in zip(found(written), wanted, strict=True)]
    return {way: sum(right[at * len(names) : (at + 1) * len(names)]) / len(names) for at, way in enumerate(WAYS)}


def mistaken(names: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Give the share of names found under each near name, which should be none."""
    written = [(pattern.format(name), "") for pattern in NEAR for name, _ in names]
    wanted = [substance for _ in NEAR for _, substance in names]
    wrong = [want in got for got, want in zip(found(written), wanted, strict=True)]
    return {
        pattern: sum(wrong[at * len(names) : (at + 1) * len(names)]) / len(names) for at, pattern in enumerate(NEAR)
    }


def main() -> None:
    """Print the table."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    lists = shipped()
    lines = []
    for title, count in (("found, should be all", shares), ("found, should be none", mistaken)):
        columns = {kind: count(names) for kind, names in lists.items()}
        lines.append(f"{title:45}" + "".join(f"{kind:>12}" for kind in columns))
        rows = next(iter(columns.values()))
        lines += [f"{row:45}" + "".join(f"{column[row]:12.1%}" for column in columns.values()) for row in rows]
        means = (sum(column.values()) / len(column) for column in columns.values())
        lines.append(f"{'all':45}" + "".join(f"{mean:12.1%}" for mean in means))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
