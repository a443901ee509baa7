"""A call that may be refused: its value, or the sentence of its ValueError; any other error is a failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def attempt(call: Callable[[], Any]) -> tuple[Any, str]:
    """Give the value and an empty text, or None and what the ValueError says."""
    try:
        return call(), ""
    except ValueError as error:
        return None, str(error) or pytest.fail("an error without a word")
