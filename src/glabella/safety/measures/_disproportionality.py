"""Closed-form measures of disproportionality: PRR, ROR, chi-squared, RRR and IC with their limits."""


def disproportionality() -> None:
    """Follow shortly."""


def ema() -> None:
    """Follow shortly."""


def evans() -> None:
    """Follow shortly."""
