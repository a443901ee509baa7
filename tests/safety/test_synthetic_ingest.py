"""What the generator planted is what the ingest's ledger counts, and what the store's rules find."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from glabella.safety.faers import IngestReport, ingest, read_quarter_manifests
from glabella.safety.synthetic import Synthesis, synthesise

QUARTERS = "2004Q1,2008Q2,2011Q2..2013Q1,2014Q3,2015Q3,2018Q1..2019Q1,2021Q4,2025Q1"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesise(8_000, QUARTERS, tmp_path_factory.mktemp("synthetic") / "zips", seed=11)


@pytest.fixture(scope="module")
def store(made: Synthesis) -> Path:
    store = made.folder.parent / "store"
    report = ingest(made.archives, store)
    assert isinstance(report, IngestReport)
    return store


def test_the_ledger_counts_what_was_planted(made: Synthesis, store: Path) -> None:
    card = json.loads((made.folder / "defects.json").read_text())
    planted: dict[tuple[str, str], dict[str, Any]] = {(one["archive"], one["member"]): one for one in card["files"]}
    for manifest in read_quarter_manifests(store).values():
        assert manifest.synthetic
    for path in store.glob("quarters/*/quarter.json"):
        for file in json.loads(path.read_text())["files"]:
            entry = planted.pop((file["archive"], file["member"]))
            counted = Counter(file["repaired"]) + Counter(file["rejected"]) + Counter(file["normalised"])
            assert dict(counted) == entry["defects"], file["member"]
            assert file["rows_kept"] == entry["rows"], file["member"]
    assert not planted, "members that the ingest did not read"
