"""Lists of deleted cases in every dress: no case is lost, and what was not understood is counted.

SYNTHETIC reports. The cases that each list names are read off by hand.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from glabella.safety import ingest, open_store
from tests.edges.files import archive, report

CASES = [10_000_001, 10_000_002, 10_000_003]
LISTS: dict[str, bytes] = {
    "plain": b"10000001\n10000002\n10000003\n",
    "byte_order_mark": b"\xef\xbb\xbf10000001\n10000002\n10000003\n",
    "quotes": b'"10000001"\n"10000002"\n"10000003"\n',
    "single_quotes": b"'10000001'\n'10000002'\n'10000003'\n",
    "trailing_commas": b"10000001,\n10000002,\n10000003,\n",
    "trailing_separators": b"10000001$\n10000002$\n10000003$\n",
    "mixed_separators": b"10000001$\n10000002\n10000003,\n",
    "header": b"CASEID\n10000001\n10000002\n10000003\n",
    "header_and_quotes": b'"caseid"\r\n"10000001"\r\n"10000002"\r\n"10000003"\r\n',
    "crlf": b"10000001\r\n10000002\r\n10000003\r\n",
    "carriage_returns_alone": b"10000001\r10000002\r10000003\r",
    "no_end": b"10000001\n10000002\n10000003",
    "spaces_and_tabs": b"  10000001\n\t10000002\t\n10000003  \n",
    "no_break_spaces": "\u00a010000001\n10000002\u00a0\n\ufeff10000003\n".encode(),
    "one_line_with_commas": b"10000001,10000002,10000003\n",
    "one_line_with_spaces": b"10000001 10000002 10000003\n",
    "one_line_with_semicolons": b"10000001;10000002; 10000003\n",
    "leading_zeros": b"010000001\n0010000002\n10000003\n",
    "decimal": b"10000001.0\n10000002.0\n10000003.0\n",
    "two_columns": b"caseid,reason\n10000001,duplicate\n10000002,sponsor\n10000003,fda\n",
}


def taken(
    folder: Path, content: bytes, name: str = "ascii/DELETE18Q1_SYNTHETIC.txt"
) -> tuple[set[int], dict[str, int]]:
    """Give the cases that counting leaves out, and the lines that were refused by reason."""
    reports = [report(10_000_001 + i, events=[f"Event {10_000_001 + i}"]) for i in range(6)]
    file = archive(folder / "a", reports, more={name: content})
    found = ingest(file, folder / "store").added[0]
    with open_store(folder / "store") as store:
        kept = {int(event.split()[1]) for event in store.signals(mode="latest", ebgm=False)["event"]}
    rejected: dict[str, int] = {}
    for one in found.files:
        if one.table == "deleted":
            rejected |= one.rejected
    return {one["key"] for one in reports} - kept, rejected


@pytest.mark.parametrize("dress", LISTS)
def test_no_deleted_case_is_lost(tmp_path: Path, dress: str) -> None:
    left_out, _ = taken(tmp_path, LISTS[dress])
    assert left_out == set(CASES)


def test_a_line_that_names_no_case_is_counted(tmp_path: Path) -> None:
    left_out, rejected = taken(tmp_path, b"10000001\nsee the other list\n10000002\n\n1e7\n-10000003\n")
    assert left_out == {10_000_001, 10_000_002}
    # Words, a power of ten and a negative number; the blank line is one more, under its own name.
    assert sum(count for reason, count in rejected.items() if reason != "blank_line") == 3


def test_a_list_by_another_name_is_read_or_named(tmp_path: Path) -> None:
    reports = [report(10_000_001 + i) for i in range(6)]
    file = archive(tmp_path / "a", reports, more={"deleted/ADR18Q1DeletedCases.csv": b"10000001\n"})
    found = ingest(file, tmp_path / "store")
    read = any(one.table == "deleted" for one in found.added[0].files)
    assert read or "ADR18Q1DeletedCases.csv" in str(found)
