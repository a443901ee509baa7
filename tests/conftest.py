"""Timings are never tests: Hypothesis sets no deadline, and its examples are the same everywhere.

A store of synthetic reports is made once a worker.
"""

from __future__ import annotations

import locale
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.browsing import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: Scripts that make reference outputs need what the tests do not.
collect_ignore_glob = ["**/make_*.py"]

settings.register_profile("glabella", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("glabella")


@pytest.fixture(autouse=True)
def _same_locale() -> Iterator[None]:
    """Keep the locale: COPASI sets its own for the whole process, and then UTF-8 from a command cannot be read."""
    before = locale.setlocale(locale.LC_ALL)
    yield
    locale.setlocale(locale.LC_ALL, before)


@pytest.fixture(scope="session")
def synthetic_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an indexed store of synthetic reports of both eras; tests only read it."""
    from glabella.safety import build_index, ingest, synthesise

    folder = tmp_path_factory.mktemp("synthetic")
    made = synthesise(25_000, "2012Q2..2013Q1", folder / "archives", seed=3)
    ingest(made.archives, folder / "store")
    build_index(folder / "store")
    return folder / "store"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a real browser, which is started once a module."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "chromium is missing; `make test` installs it"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=0)
        yield opened
        opened.close()
