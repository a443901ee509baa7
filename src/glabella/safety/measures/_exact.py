"""Exact and mid-p limits of the reporting odds ratio."""


def exact_ror() -> None:
    """Follow shortly."""
