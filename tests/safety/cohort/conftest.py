"""A store of synthetic reports, made once a session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from glabella.safety.faers import ingest
from glabella.safety.store import Store, build_index, open_store
from glabella.safety.synthetic import synthesise


@pytest.fixture(scope="session")
def synthetic_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic")
    made = synthesise(25_000, "2012Q2..2013Q1", folder / "archives", seed=3)
    ingest(made.archives, folder / "store")
    build_index(folder / "store")
    return folder / "store"


@pytest.fixture
def store(synthetic_store: Path) -> Iterator[Store]:
    with open_store(synthetic_store) as opened:
        yield opened
