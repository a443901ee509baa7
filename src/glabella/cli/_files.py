"""What every command does with files: the exit code for bad input, and writing whole or not at all."""

from __future__ import annotations

from glabella._writing import replace

__all__ = ["BAD_INPUT", "replace"]

BAD_INPUT = 2
