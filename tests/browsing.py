"""A real browser for tests: where it is, how it is started, and the mark of tests that need it."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
NEEDED = pytest.mark.skipif(CHROMIUM is None, reason="chromium is missing; `make test` installs it")


def axe() -> str:
    """Give the script that looks for what keeps people out; a test that needs it is skipped where it is missing."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is missing; `make test` installs it")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")
