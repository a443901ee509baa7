"""What can go wrong with the agency's files, each said in words a user can act on."""

from __future__ import annotations


class IngestError(ValueError):
    """A quarter that cannot be taken in; nothing of it stays behind and the store is as it was."""


class ArchiveError(IngestError):
    """An archive that is damaged, cut short, or not safe to unpack."""


class LayoutError(IngestError):
    """A file whose columns or names are not those of a known layout."""


class StoreError(IngestError):
    """A store that is busy, of another format, or that already holds the quarter from other files."""


class FetchError(ValueError):
    """A file that could not be downloaded whole; no wrong file stays under its final name."""
