"""What the evidence means: how far to trust a result, and what may be said of it.

Rules on results, each documented where it stands. Here are no pages and no files.
"""

from glabella.decision.rating import rate

__all__ = ["rate"]
