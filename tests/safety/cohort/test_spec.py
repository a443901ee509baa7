"""A cohort file: read whole, or refused with the file, the field and what was expected."""

from pathlib import Path

import pytest
import yaml

from glabella.safety.cohort import load_spec
from glabella.safety.store import load_lists

GOOD = {
    "schema_version": 1,
    "id": "mine",
    "title": "Mine",
    "question": "Is it?",
    "rationale": "Because.",
    "exposed": ["botulinum_toxin"],
    "arms": [{"id": "all", "label": "all", "comparators": "everything else"}],
    "events": {"primary": "depression_core"},
}


def written(folder: Path, **changes: object) -> Path:
    file = folder / "cohort.yaml"
    file.write_text(yaml.safe_dump({**GOOD, **changes}), encoding="utf-8")
    return file


def test_a_short_file_is_enough(tmp_path: Path) -> None:
    spec = load_spec(written(tmp_path))

    assert (spec.mode, spec.role) == ("strict", "suspect")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mode": "tidy"}, "mode"),
        ({"exposed": []}, "exposed"),
        ({"arms": []}, "arms"),
        ({"arms": [{"id": "all", "label": "all", "comparators": []}]}, "no comparator is named"),
        ({"arms": GOOD["arms"] * 2}, "arms share the id 'all'"),  # type: ignore[operator]
        ({"quarters": ["2014Q1", "2013Q1"]}, "expected the earlier first"),
        ({"quarters": ["2014Q5", "2015Q1"]}, "quarters"),
        ({"unknown": 1}, "unknown"),
        ({"events": {"primary": "x", "also": [f"list {i}" for i in range(80)]}}, "expected at most"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    file = written(tmp_path, **changes)
    with pytest.raises(ValueError, match=said) as fault:
        load_spec(file)
    assert str(file) in str(fault.value)


def test_no_such_file_names_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="depression_2020"):
        load_spec(tmp_path / "nowhere.yaml")


def test_text_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("a: [1", encoding="utf-8")
    with pytest.raises(ValueError, match="not valid YAML"):
        load_spec(file)


@pytest.mark.parametrize("name", sorted(load_lists().cohorts))
def test_shipped_files_say_what_was_not_seen(name: str) -> None:
    spec = load_spec(name)

    assert spec.id == name
    assert spec.reproduces
    assert spec.limits
    assert "not seen" in spec.limits
    assert spec.events.negative_controls
