"""What is dropped is counted and said, by the command that drops it and by those that count later.

SYNTHETIC reports. The numbers of dropped rows are primes that occur nowhere else, so that they can be found in any
wording.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.edges.files import DRUG, INDI, REAC, archive, few, line, run, texts

REPEATED, ORPHAN_DRUGS, ORPHAN_REACTIONS, NO_TERM, NO_DRUG = 13, 43, 47, 59, 61
COUNTING = {
    "signals": ("--drug", "ABOBOTULINUMTOXINA"),
    "trend": ("--drug", "ABOBOTULINUMTOXINA", "--event", "Dysphagia"),
    "describe": (),
}


def damaged() -> dict[str, str]:
    """Give tables with rows that cannot be used."""
    tables = texts(few())
    demo = tables["DEMO"].splitlines()
    tables["DEMO"] = "\n".join([*demo, *demo[1 : 1 + REPEATED]]) + "\n"
    nowhere = {"primaryid": "999999991", "caseid": "99999999"}
    somewhere = {"primaryid": "100000011", "caseid": "10000001"}
    tables["DRUG"] += f"{line(DRUG, **nowhere, drug_seq=1, role_cod='PS', drugname='DYSPORT')}\n" * ORPHAN_DRUGS
    tables["REAC"] += f"{line(REAC, **nowhere, pt='Rash')}\n" * ORPHAN_REACTIONS
    tables["REAC"] += f"{line(REAC, **somewhere)}\n" * NO_TERM
    tables["INDI"] += f"{line(INDI, **somewhere, indi_drug_seq=9, indi_pt='Pain')}\n" * NO_DRUG
    return tables


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Give a store and what was said when it was made."""
    folder = tmp_path_factory.mktemp("dropped")
    more = {"ascii/EXTRA_NOTES.txt": b"read me"}
    file = archive(folder, more=more, changed=damaged())
    shown = run("safety", "ingest", file, "--into", folder / "store")
    assert shown.exit_code == 0, shown.output
    return folder / "store", shown.output


def numbers(text: str) -> set[int]:
    """Give the whole numbers in a text."""
    return {int(found.replace(",", "")) for found in re.findall(r"(?<![\d.])\d[\d,]*(?![\d.]*\d)", text)}


@pytest.mark.parametrize("dropped", [REPEATED, ORPHAN_DRUGS, ORPHAN_REACTIONS, NO_TERM, NO_DRUG])
def test_ingest_says_what_it_dropped(taken: tuple[Path, str], dropped: int) -> None:
    assert dropped in numbers(taken[1])


def test_ingest_names_the_text_that_it_did_not_read(taken: tuple[Path, str]) -> None:
    # The agency's archives always hold PDFs beside the tables; those are not worth a line.
    assert "EXTRA_NOTES.txt" in taken[1]


@pytest.mark.parametrize("command", COUNTING)
@pytest.mark.parametrize("dropped", [REPEATED, ORPHAN_DRUGS, ORPHAN_REACTIONS, NO_TERM])
def test_counting_says_what_was_dropped(taken: tuple[Path, str], command: str, dropped: int) -> None:
    shown = run("safety", command, taken[0], *COUNTING[command])
    assert shown.exit_code == 0, shown.output
    said = numbers(shown.output)
    # Each by itself, or orphans, or all, together.
    together = {ORPHAN_DRUGS + ORPHAN_REACTIONS, REPEATED + ORPHAN_DRUGS + ORPHAN_REACTIONS + NO_TERM,
                REPEATED + ORPHAN_DRUGS + ORPHAN_REACTIONS + NO_TERM + NO_DRUG}  # fmt: skip
    assert dropped in said or said & together, shown.output


def test_a_cohort_says_what_was_dropped(taken: tuple[Path, str], tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "schema_version: 1\nid: one\ntitle: One\nquestion: Which?\nrationale: None.\n"
        "exposed: [ABOBOTULINUMTOXINA]\n"
        "arms: [{id: a, label: A, comparators: everything else}]\nevents: {primary: Dysphagia}\n",
        encoding="utf-8",
    )
    shown = run("safety", "cohort", taken[0], spec)
    assert shown.exit_code == 0, shown.output
    assert {REPEATED, ORPHAN_DRUGS + ORPHAN_REACTIONS, ORPHAN_DRUGS, NO_TERM} & numbers(shown.output)


def test_signals_say_why_there_is_no_ebgm(taken: tuple[Path, str]) -> None:
    # Four pairs are too few for a prior: its fit is no maximum inside, and the column is empty.
    shown = run("safety", "signals", taken[0], "--drug", "ABOBOTULINUMTOXINA")
    said = " ".join(words for words in shown.output.splitlines() if "ROR (95" not in words)
    assert re.search(r"EBGM|EB05|prior", said), shown.output
