"""YAML, JSON and text written to exhaust or to crash a reader: one clear line that names the file, exit code two.

Each file is far below 10 MB. Memory is limited by the system; the time-out is a net only.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.edges.files import few, run, store_of
from tests.edges.limits import clear, limited
from tests.made_up import write_fuller


def nested(leaf: str, link: str) -> str:
    """Give ten anchors, each of ten aliases of the one before: 10^10 leaves when expanded."""
    rows = [f"a0: &a0 {leaf}"]
    rows += [f"a{i}: &a{i} {link.format(','.join([f'*a{i - 1}'] * 10))}" for i in range(1, 10)]
    return "\n".join(rows) + "\n"


BOMBS: dict[str, str | bytes] = {
    "aliases_that_expand": nested("[x,x,x,x,x,x,x,x,x,x]", "[{}]"),
    "merge_keys_that_expand": nested("{x: 1}", "{{<<: [{}]}}"),
    "a_list_that_holds_itself": "title: &a [*a]\n",
    "a_map_that_holds_itself": "title: &a {b: *a}\n",
    "lists_in_lists": "title: " + "[" * 3000 + "]" * 3000,
    "lists_in_lists_far": "title: " + "[" * 100_000 + "]" * 100_000,
    "maps_in_maps": "title: " + "{a: " * 5000 + "}" * 5000,
    "blocks_in_blocks": "title:\n" + "".join(" " * i + "-\n" for i in range(1, 1500)),
    "a_number_of_many_digits": "schema_version: " + "9" * 100_000 + "\n",
    "a_number_in_hexadecimal": "schema_version: 0x" + "f" * 100_000 + "\n",
    "a_tag_that_is_no_number": "title: !!int foo\n",
    "a_tag_that_is_no_truth": "title: !!bool foo\n",
    "a_tag_that_is_no_time": "updated: !!timestamp xx\n",
    "a_tag_of_python": "title: !!python/object/apply:os.system [true]\n",
    "no_text": b"title: \xff\xfe\n",
    "a_zero_byte": "title: a\0b\n",
}
COHORTS = [
    "merge_keys_that_expand", "lists_in_lists", "blocks_in_blocks", "a_number_of_many_digits",
    "a_tag_that_is_no_truth",
    "a_tag_that_is_no_time",
]  # fmt: skip
PASSED_BEFORE = {"a_tag_of_python", "no_text", "a_zero_byte", "merge_keys_that_expand"}


def content(name: str) -> bytes:
    bomb = BOMBS[name]
    return bomb if isinstance(bomb, bytes) else bomb.encode()


@pytest.mark.parametrize("name", [name for name in BOMBS if name not in PASSED_BEFORE])
def test_a_dossier_written_to_harm_is_refused(tmp_path: Path, name: str) -> None:
    write_fuller(tmp_path / "d")
    (tmp_path / "d" / "dossier.yaml").write_bytes(content(name))
    clear(limited("dossier", "check", tmp_path / "d"), "dossier.yaml")


@pytest.mark.parametrize("file", ["studies/example2020.yaml", "claims.yaml"])
def test_every_file_of_a_dossier_is_read_with_care(tmp_path: Path, file: str) -> None:
    write_fuller(tmp_path / "d")
    (tmp_path / "d" / file).write_bytes(content("lists_in_lists"))
    clear(limited("brief", tmp_path / "d", "--to", tmp_path / "out", "--format", "json"), Path(file).name)


@pytest.mark.parametrize(
    ("bad", "note"),
    [
        ("[" * 100_000 + "]" * 100_000, "deep"),
        ('[{"a":' * 20_000 + "1" + "}]" * 20_000, "deep maps"),
        ("[" + "9" * 100_000 + "]", "digits"),
        ('[{"id": NaN, "type": Infinity}]', "no JSON"),
    ],
)
def test_json_written_to_harm_is_refused(tmp_path: Path, bad: str, note: str) -> None:
    del note
    write_fuller(tmp_path / "d")
    (tmp_path / "d" / "references.json").write_text(bad, encoding="utf-8")
    clear(limited("dossier", "check", tmp_path / "d"), "references.json")


@pytest.mark.parametrize("command", ["verify", "diff"])
@pytest.mark.parametrize(
    "bad", ["[" * 100_000 + "]" * 100_000, '{"claims": [' + "9" * 100_000 + "]}", '{"claims": 7}']
)
def test_a_brief_written_to_harm_is_refused(tmp_path: Path, command: str, bad: str) -> None:
    file = tmp_path / "brief.json"
    file.write_text(bad, encoding="utf-8")
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"glabella": "0", "claims": []}), encoding="utf-8")
    shown = run("brief", command, *([file, other] if command == "diff" else [file]))
    assert shown.exit_code == 2, repr(shown.exception)
    assert isinstance(shown.exception, SystemExit)
    assert command == "diff" or "brief.json" in shown.output


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(tmp_path_factory.mktemp("bombs"), few())


@pytest.mark.parametrize("name", COHORTS)
def test_a_cohort_file_written_to_harm_is_refused(store: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / "spec.yaml"
    file.write_bytes(content(name))
    clear(limited("safety", "cohort", store, file), "spec.yaml")


@pytest.mark.parametrize("bomb", ["merge_keys_that_expand", "lists_in_lists", "a_number_of_many_digits"])
def test_rules_written_to_harm_are_refused(store: Path, tmp_path: Path, bomb: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_bytes(content(bomb))
    code = (
        "import sys\nfrom glabella.safety import open_store\n"
        "try:\n open_store(sys.argv[1], rules=sys.argv[2])\n"
        "except ValueError as error:\n print(error, file=sys.stderr); sys.exit(2)\n"
    )
    clear(limited(store, file, code=code), "rules.yaml")


@pytest.mark.parametrize(
    "raw", [b"\0" * 1000, b"\xff\xfe" + "yi,vi\n1,1\n".encode("utf-16-le"), b"yi,vi\n1,\xff\n"]
)
@pytest.mark.parametrize("command", ["pool", "network"])
def test_a_table_that_is_no_text_is_refused(tmp_path: Path, command: str, raw: bytes) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(raw)
    shown = run(command, file)
    assert shown.exit_code == 2, repr(shown.exception)
    assert isinstance(shown.exception, SystemExit)
    assert "t.csv" in shown.output
