"""One Spark context for all tests that need it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def spark() -> Iterator[str]:
    """Give a Spark master; the context is stopped at the end."""
    if shutil.which("java") is None:
        pytest.skip("no Java here; scripts/system-packages installs it")
    yield "local[2]"
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    if session is not None:
        session.stop()
