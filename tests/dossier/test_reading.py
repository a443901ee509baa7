"""YAML and JSON within bounds: what is read is what other readers read, and what harms is refused in words."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from glabella._reading import (
    MOST,
    Parsed,
    Path_,
    UnreadableError,
    _json,
    _yaml,
    load_json,
    one_line,
    parse_json,
    parse_yaml,
    read_bytes,
    read_yaml,
)
from glabella._writing import replace
from glabella.dossier import check, shipped
from glabella.dossier._text import Document
from tests.made_up import write_fuller

PLAIN = """\
# a comment
text: a word
quoted: "12"
numbers: [1, -2, 0x10, 1_000, 3.5, 1.5e+3, .inf]
truths: {a: true, b: no, c: ~}
block: |
  two
  lines
tagged: !!str 5
"""


def test_plain_values_are_those_of_another_reader() -> None:
    parsed = parse_yaml(PLAIN)
    assert parsed.faults == ()
    assert parsed.data == yaml.safe_load(PLAIN)
    # Lines counted by hand.
    assert {key: parsed.lines[(key,)] for key in parsed.data} == {
        "text": 2, "quoted": 3, "numbers": 4, "truths": 5, "block": 6, "tagged": 9}  # fmt: skip


def test_keys_and_dates_are_the_texts_that_were_written() -> None:
    assert parse_yaml("no: 2020-02-30\n1: 2\n~: x\n").data == {"no": "2020-02-30", "1": 2, "~": "x"}


def test_a_harmless_alias_stands_for_its_part() -> None:
    parsed = parse_yaml("a: &x {b: [1, 2]}\nc: *x\nd: [*x, 3]\n")
    assert parsed.data == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}, "d": [{"b": [1, 2]}, 3]}
    assert parsed.lines[("c",)] == 2


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: &x [*x]\n", 1, "ends before it"),
        ("a: 1\nb: *y\n", 2, "ends before it"),
        ("a: 1\n<<: {b: 2}\n", 2, "merge key"),
        ("a: 1\n[b]: 2\n", 2, "a key that is no word"),
        ("a: 1\na: 2\n", 2, "stands twice"),
        ("a: 9223372036854775808\n", 1, "less than 2^63"),
        ("a: " + "1" * 500 + "\n", 1, "500 characters"),
        ("a: !!int foo\n", 1, "'foo', expected a whole number"),
        ("a: !!set {b}\n", 1, "tag"),
        ("%TAG ! a\n---\na: 1\n", 1, "%TAG"),
        ("---\na: 1\n---\nb: 1\n", 3, "second document"),
        ("", 0, "empty"),
        ("a:\n" + "\n".join(" " * depth + "-" for depth in range(1, 120)), 101, "more than 100"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(text: str, line: int, said: str) -> None:
    ((found, problem),) = parse_yaml(text).faults
    assert (found, said in problem) == (line, True), problem


@pytest.mark.parametrize(
    "text",
    [
        # A thousand values, and a long text, a thousand times: few parts are written, millions are meant.
        "a: &a [" + "x," * 1000 + "]\nb: [" + "*a," * 1000 + "]\n",
        "a: &a " + "x" * 100_000 + "\nb: [" + "*a," * 1000 + "]\n",
        "[" + "x," * (MOST + 1) + "]",
    ],
    ids=["list", "text", "plain"],
)
def test_what_would_expand_is_met_before_it_is_there(text: str) -> None:
    ((_, problem),) = parse_yaml(text).faults
    assert "more than 500,000 values" in problem


def test_a_chain_of_aliases_is_as_deep_as_what_it_stands_for() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 200))
    ((line, problem),) = parse_yaml(chain).faults
    # The first line has two levels, and each line below one more: the hundredth would have 101.
    assert (line, "more than 100" in problem) == (100, True)


def test_lines_of_json_are_counted_by_hand() -> None:
    text = '[\n {"a": 1,\n  "b": [2,\n   {"c": "}\\"]"}]},\n 5]'
    parsed = parse_json(text)
    assert parsed.data == json.loads(text)
    assert parsed.lines == {(): 1, (0,): 2, (0, "a"): 2, (0, "b"): 3, (0, "b", 0): 3, (0, "b", 1): 4,
                            (0, "b", 1, "c"): 4, (1,): 5}  # fmt: skip


def test_json_is_read_as_its_standard_has_it() -> None:
    # What YAML takes otherwise: both halves of one character, an escaped slash, an exponent without sign or point.
    assert load_json('["\\ud83d\\ude00", "a\\/b", 1e5, "yes"]') == ["\U0001f600", "a/b", 100000.0, "yes"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[1,\n "\\ud83d"]', 0, "half a character"),
        ("[1,\nNaN]", 2, "NaN"),
        ("[1,\n-Infinity]", 2, "-Infinity"),
        ("[1,\n1e999]", 2, "out of range"),
        ("[1,\n" + "9" * 30 + "]", 2, "less than 2^63"),
        ("[\n" * 101, 101, "more than 100"),
        ('{"a": 1,\n"a": 2}', 2, "stands twice"),
        ('["' + '\\"' * 100_000, 1, "Unterminated"),
    ],
)
def test_json_that_is_none_is_named_by_its_line(text: str, line: int, said: str) -> None:
    ((found, problem),) = parse_json(text).faults
    assert (found, said in problem) == (line, True), problem


def test_a_message_is_one_line() -> None:
    assert one_line("a\r\n\tb\x1b[31m\u202e") == "a b\\x1b[31m\\u202e"
    assert len(one_line("x" * 10_000)) < 700


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a" * 11)
    with pytest.raises(UnreadableError, match="larger than"):
        read_bytes(tmp_path / "a.yaml", 10)
    assert read_bytes(tmp_path / "a.yaml", 11) == b"a" * 11


def test_a_file_is_named_with_its_first_faults(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n" * 10, encoding="utf-8-sig")
    with pytest.raises(ValueError, match=r"a.yaml: line 2: key 'a' stands twice.*; and 4 more faults"):
        read_yaml(tmp_path / "a.yaml")


@pytest.mark.parametrize("name", ["dossier.yaml", "references.json", "studies/example2020.yaml"])
def test_a_byte_order_mark_is_no_fault(tmp_path: Path, name: str) -> None:
    write_fuller(tmp_path / "d")
    path = tmp_path / "d" / name
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert check(tmp_path / "d") == []


def test_of_very_many_faults_the_first_are_listed(tmp_path: Path) -> None:
    write_fuller(tmp_path / "d")
    path = tmp_path / "d" / "claims.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "".join(f"k{i}: 1\n" for i in range(3000)), encoding="utf-8")
    found = check(tmp_path / "d")
    assert len(found) == 101
    assert str(found[0]) == "claims.yaml: 3,000 faults, of which the first 100 are listed"
    assert "unknown key 'k0'" in str(found[1])


def test_a_file_that_may_not_be_read_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_fuller(tmp_path / "d")
    original = Path.open

    def opened(path: Path, *args: object, **more: object) -> object:
        if path.name == "products.yaml":
            raise PermissionError(13, "Permission denied", str(path))
        return original(path, *args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", opened)
    assert "products.yaml: cannot be read: Permission denied" in [str(fault) for fault in check(tmp_path / "d")]


def test_a_link_is_followed_and_a_device_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real" / "file")
    replace(tmp_path / "link", b"one")
    replace(tmp_path / "link", b"two")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "file").read_bytes() == b"two"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    replace(tmp_path / "pipe", b"three")
    assert os.read(reader, 10) == b"three"
    os.close(reader)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "pipe", "real"]


@pytest.mark.parametrize(
    ("parse", "text"), [(parse_yaml, "a: [1, {b: 2}]\n"), (parse_json, '{"a": [1, {"b": 2}]}\n')]
)
def test_lines_are_sought_when_asked_for_and_once(
    parse: Callable[[str], Parsed], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = 0
    for module, name in ((_yaml, "_read"), (_json, "_places")):
        original = getattr(module, name)

        def counted(*given: object, original: Callable[..., object] = original) -> object:
            nonlocal passes
            passes += 1
            return original(*given)

        monkeypatch.setattr(module, name, counted)
    parsed = parse(text)
    read = passes
    assert parsed.data == {"a": [1, {"b": 2}]}
    assert {parsed.lines[path] for path in ((), ("a",), ("a", 1), ("a", 1, "b"))} == {1}
    assert parsed.lines is parsed.lines
    assert passes == read + 1


def test_a_sound_dossier_is_read_without_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    original = Document.line

    def line(self: Document, path: Path_) -> int:
        asked.append(self.file)
        return original(self, path)

    monkeypatch.setattr(Document, "line", line)
    assert check(shipped()) == []
    assert asked == []


def test_numbers_are_those_that_people_write() -> None:
    """YAML 1.1 takes 055 for an octal number and 1:20 for parts of sixty."""
    assert parse_yaml("a: 055\nb: 1:20\nc: 09.5\n").data == {"a": "055", "b": "1:20", "c": 9.5}
