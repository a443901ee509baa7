"""Signals of bias, exclusions, interests and the search: what a dossier may say of them, and what is a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from glabella.dossier import Signal, check, load, write_starter

DESIGN = 'design: {type: parallel, randomised: "yes", blinding: double}\n'


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    write_starter(tmp_path / "mine")
    return tmp_path / "mine"


def study(folder: Path, more: str) -> list[str]:
    """Add lines to the starter's study, and give the faults."""
    file = folder / "studies" / "example2020.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(DESIGN) == 1
    file.write_text(text.replace(DESIGN, DESIGN + more), encoding="utf-8")
    return [fault.message for fault in check(folder)]


def signal(status: str, **more: object) -> dict[str, object]:
    source = {} if status in ("recalled", "missing", "derived") else {"source": "EXAMPLE"}
    return {"domain": "other", "short": "short", "fact": {"text": "A fact.", "status": status, **source}, **more}


def test_a_study_without_signals_has_none(dossier: Path) -> None:
    (one,) = load(dossier).studies.values()
    assert (one.signals, one.serious, one.excluded, one.funding, one.interests) == ((), (), {}, None, None)
    assert load(dossier).dossier.search.systematic == "unknown"


def test_only_those_that_are_declared_are_serious(dossier: Path) -> None:
    assert study(dossier, (
        "signals:\n"
        "  - {domain: other, short: one, fact: {text: A fact., status: seen, source: EXAMPLE}}\n"
        "  - {domain: measurement, short: other, serious: it matters, fact: {text: A fact., status: derived}}\n"
    )) == []  # fmt: skip
    (one,) = load(dossier).studies.values()
    assert [each.short for each in one.serious] == ["other"]


@pytest.mark.parametrize("status", ["recalled", "missing"])
def test_a_signal_rests_on_no_memory(status: str) -> None:
    with pytest.raises(ValueError, match=f"a signal rests on facts with a source, expected no {status} one"):
        Signal.model_validate(signal(status))
    fact = {"text": "Of {n}.", "status": "derived", "values": {"n": {"value": 3, "status": "recalled"}}}
    with pytest.raises(ValueError, match="expected no recalled one"):
        Signal.model_validate(signal("derived") | {"fact": fact})


def test_what_only_another_source_reports_is_shown_and_leaves_nobody_out() -> None:
    assert Signal.model_validate(signal("reported")).serious is None
    with pytest.raises(ValueError, match="not on what another source reports"):
        Signal.model_validate(signal("reported", serious="it matters"))


def test_the_few_words_name_values_of_the_fact_only() -> None:
    fact = {"text": "{lost} of {all} left.", "status": "derived",
            "values": {key: {"value": 3, "status": "seen", "source": "A"} for key in ("lost", "all")}}  # fmt: skip
    told = Signal.model_validate(signal("derived") | {"fact": fact, "short": "{lost} left"}).in_short
    assert (told.text, set(told.values)) == ("{lost} left", {"lost"})
    with pytest.raises(ValueError, match=r"short names \['some'\], expected a key of the fact's values"):
        Signal.model_validate(signal("derived") | {"fact": fact, "short": "{some} left"})


def test_a_group_must_be_one_of_the_dossier(dossier: Path) -> None:
    faults = study(dossier, "excluded: {elves: {excluded: true, status: seen, source: EXAMPLE}}\n")
    assert faults == ["no group 'elves'; expected a key of groups in dossier.yaml: []"]
    plan = dossier / "dossier.yaml"
    plan.write_text(plan.read_text(encoding="utf-8") + "groups: {elves: elves}\n", encoding="utf-8")
    assert check(dossier) == []


def test_sources_of_new_fields_must_exist(dossier: Path) -> None:
    plan = dossier / "dossier.yaml"
    plan.write_text(plan.read_text(encoding="utf-8") + "groups: {elves: elves}\n", encoding="utf-8")
    faults = study(dossier, (
        "excluded: {elves: {excluded: true, status: seen, source: ELF}}\n"
        "funding: {text: Somebody paid., status: seen, source: PAID}\n"
    ))  # fmt: skip
    assert {fault.split(" is not")[0] for fault in faults} == {"reference 'ELF'", "reference 'PAID'"}


@pytest.mark.parametrize("field", ["short: in 3 words", "short: short, serious: of 3 people"])
def test_a_digit_in_the_words_of_a_signal_is_a_fault(dossier: Path, field: str) -> None:
    (fault,) = study(
        dossier, f"signals: [{{domain: other, {field}, fact: {{text: A fact., status: seen, source: EXAMPLE}}}}]\n"
    )
    assert "holds the bare number '3'" in fault


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("flow: {found: -1}", "search.flow.found: found -1"),
        ("systematic: perhaps", "search.systematic: found 'perhaps'"),
        ("looks: [{sources: [12 books]}]", "sources holds the bare number '12'"),
        ("looks: [{date: spring}]", "search.looks.0.date: found 'spring'"),
    ],
)
def test_a_search_says_what_it_may(dossier: Path, said: str, fault: str) -> None:
    plan = dossier / "dossier.yaml"
    plan.write_text(plan.read_text(encoding="utf-8") + f"search: {{{said}}}\n", encoding="utf-8")
    (found,) = check(dossier)
    assert found.message.startswith(fault)
