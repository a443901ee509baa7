"""The shared SQL keeps to what both engines read the same way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from glabella.safety.store._sql import Name, Query, _literal, statement

FILES = sorted((Path(__file__).parents[3] / "src" / "glabella" / "safety" / "store" / "sql").glob("*.sql"))

#: What is banned, and why.
BANNED = {
    r"\bapprox_|\bquantile|\bpercentile|\bmedian\b": "approximate counts and quantiles differ",
    r"\bstring_agg|\blist\(|\bcollect_|\barray_agg|\bgroup_concat": "ordered aggregates differ",
    r"\bregexp_|\brlike\b|\bsimilar to\b|~": "RE2 is not Java's",
    r"\bhash\(|\bmd5|\bxxhash|\bsha": "hash functions differ",
    r"\bfirst\(|\blast\(|\bany_value": "what is first is not defined",
    r"\bnulls (first|last)\b": "an order that depends on nulls",
    r"::|\btry_cast|\bqualify\b|\bexclude\b|\bgroup by all\b|\bsemi join\b": "one engine's own syntax",
    r'"|`|\[': "identifiers are plain lower case",
    r"//|\bdiv\b": "whole-number division differs",
    r"\bread_parquet|\.parquet": "files belong to the engine",
    r"\bnow\(|\bcurrent_|\brandom\(|\brand\(": "not the same twice",
}


def code(path: Path) -> str:
    return re.sub(r"--.*", "", path.read_text(encoding="utf-8"))


def test_there_are_statements() -> None:
    assert {"pairs", "cohort_cube", "set_trend"} <= {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_banned(path: Path) -> None:
    text = code(path)
    for pattern, why in BANNED.items():
        found = re.search(pattern, text.lower())
        assert found is None, f"{path.name}: {found and found[0]!r}: {why}"
    names = re.sub(r"'[^']*'", "", text)
    lower = {word for word in re.findall(r"[A-Za-z_]\w*", names) if word != word.upper()}
    assert lower == {word.lower() for word in lower}, f"{path.name}: identifiers in mixed case"
    if "GROUP BY $" in text:
        assert "ORDER BY" in text, f"{path.name}: rows in no order"


def test_both_dialects_parse_them() -> None:
    sqlglot = pytest.importorskip("sqlglot", reason="sqlglot is not installed; it only lints")
    for path in FILES:
        text = re.sub(r"\$(for_indication_of_\w+|comparator_ids)", "", code(path))
        text = re.sub(r"\(\$\w+\)", "(SELECT 1 AS report_id)", text)
        text = re.sub(r"\$\w+", "x", re.sub(r"\bIN \$\w+", "IN (1)", text))
        if text.lstrip().upper().startswith(("SELECT", "WITH")):
            for dialect in ("duckdb", "spark"):
                assert sqlglot.parse_one(text, dialect=dialect), path.name


def test_values_go_in_by_type() -> None:
    query = statement("drugs_of_sets", id_table=Name(("t",)), drug_id=Name(("c",)), role=2, mask=True)
    assert "d.c" in query.text
    assert "d.role <= 2 AND (d.flags & 1) = 0" in query.text
    assert _literal([1, 2]) == "(1, 2)"


@pytest.mark.parametrize("value", ["x'; DROP TABLE y; --", "a'b", "", "é", "a\n"])
def test_no_text_ends_a_literal(value: str) -> None:
    with pytest.raises(ValueError, match="not a plain code"):
        statement("cohort_cube", first=value)


@pytest.mark.parametrize("name", ["Drug", "a b", "a;b", "1a", ""])
def test_no_name_is_more_than_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="not an identifier"):
        statement("events_of_sets", mask=Name((name,)))


def test_an_empty_list_and_a_missing_value_are_refused() -> None:
    with pytest.raises(ValueError, match="empty list"):
        statement("events_of_sets", mask=[])
    with pytest.raises(KeyError, match="mask"):
        statement("events_of_sets")
    assert statement("events_of_sets", mask=Query("(1)")).text.count("(1)") == 1
