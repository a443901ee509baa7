"""Defects of lines and files: separators, line ends, marks and bytes."""

from __future__ import annotations

import numpy as np

from glabella.safety.synthetic._page import Page

#: Quarters whose DRUG file lacks one line end, and the one whose DEMO has a separator inside a value.
RUN_ON = ("2011Q2", "2011Q3", "2011Q4")
EMBEDDED = "2012Q1"
MARKED = "2012Q4"


def file_bytes(page: Page, table: str, header: str, body: bytes) -> bytes:
    """Put a file together, with the defects of its quarter.

    ``body`` has a separator after the last field of each row where the legacy habit asks for one.
    """
    if not page.defects:
        return header.encode() + b"\n" + body
    counts = page.counts[table]
    if trailing(page, table):
        counts["trailing_separator"] += body.count(b"\n")
    if table == "drug" and page.quarter in RUN_ON and body.count(b"\n") > 1:
        end = _middle(body)
        body = body[:end] + body[end + 1 :]
        counts["run_on"] += 1
        # Two rows share a line now, and it ends in the one separator that is left over.
        counts["trailing_separator"] -= 2
    if table == "demo" and page.quarter == EMBEDDED and body:
        body = _embed(body)
        counts["embedded_separator"] += 1
        counts["trailing_separator"] -= 1
    if page.quarter[5] == "2" and not body.isascii():
        counts["latin1"] += _lines_beyond_ascii(body)
        body = body.decode().encode("latin-1")
    if table == "demo" and page.quarter == MARKED:
        header = header.replace("$rept_dt", "$ rept_dt")
        counts["header_spaces"] += 1
    text = header.encode() + b"\n" + body
    if table == "drug" and page.quarter == MARKED:
        counts["byte_order_mark"] += 1
        text = b"\xef\xbb\xbf" + text
    if not page.legacy and page.quarter[5] == "3":
        counts["crlf"] += body.count(b"\n")
        text = text.replace(b"\n", b"\r\n")
    return text


def trailing(page: Page, table: str) -> bool:
    """Tell whether rows end in a separator that the header lacks: in legacy, INDI excepted."""
    return page.defects and page.legacy and table != "indi"


def _lines_beyond_ascii(body: bytes) -> int:
    text = np.frombuffer(body, np.uint8)
    ends = np.flatnonzero(text == ord("\n"))
    return len(np.unique(np.searchsorted(ends, np.flatnonzero(text >= 128))))


def _middle(body: bytes) -> int:
    """Find the line end nearest to the middle that is not the last."""
    ends = np.flatnonzero(np.frombuffer(body, np.uint8) == ord("\n"))
    return int(ends[(len(ends) - 1) // 2])


def _embed(body: bytes) -> bytes:
    """Put a separator into the manufacturer's number of a report in the middle."""
    start = body.rfind(b"\n", 0, _middle(body)) + 1
    at = body.index(b"SYN-", start) + len(b"SYN")
    return body[:at] + b"$" + body[at:]
