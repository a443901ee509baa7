"""Where the shipped tables are."""

from pathlib import Path


def shipped_data() -> Path:
    """Give the folder of the shipped tables."""
    return Path(__file__).parent.parent / "data"
