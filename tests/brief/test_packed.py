"""What many claims share is written once, and comes back whole."""

import json
from typing import Any

import pytest

from glabella.brief._packed import packed, unpacked
from glabella.brief._verify import embedded

CLAIMS: list[dict[str, Any]] = [
    {"id": "a", "value": 1.0, "inputs": [["file", "digest"]], "sources": [{"reference": "R", "status": "seen"}]},
    {"id": "b", "value": None, "inputs": [["file", "digest"]], "sources": []},
]


def test_claims_come_back_whole() -> None:
    data = packed(CLAIMS)
    assert data["inputs"] == [[["file", "digest"]]]
    assert [claim["inputs"] for claim in data["claims"]] == [0, 0]
    assert [claim["sources"] for claim in data["claims"]] == [0, 1]
    assert unpacked(json.loads(json.dumps(data))) == CLAIMS


def test_claims_that_were_never_packed_are_read_too() -> None:
    assert embedded(json.dumps({"claims": CLAIMS}))["a"] == CLAIMS[0]


def test_a_place_that_is_not_in_the_table_is_no_brief() -> None:
    data = packed(CLAIMS)
    data["sources"] = []
    with pytest.raises(ValueError, match="no claims found"):
        embedded(json.dumps(data))
