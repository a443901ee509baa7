"""The command line. It reads arguments, calls the packages before it, and prints; it computes nothing."""

from glabella.cli._main import main

__all__ = ["main"]
