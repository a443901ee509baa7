"""The shipped reference sets: as their origin has them, and every name mapped."""

from pathlib import Path

import polars as pl
import pytest

from glabella.safety.evaluation import REFERENCE_SETS, reference_set
from glabella.safety.store import load_dictionary, load_terms
from tests.safety.data import DATA

SHIPPED = Path(__file__).parents[3] / "src" / "glabella" / "safety" / "data" / "reference_sets"


@pytest.mark.parametrize("name", REFERENCE_SETS)
def test_controls_are_those_of_the_origin(name: str) -> None:
    origin = pl.read_csv(DATA / f"{name}ReferenceSet.csv.gz", infer_schema=False)
    shipped = pl.read_csv(SHIPPED / f"{name}.csv", infer_schema=False)
    assert shipped.rows() == origin.select("exposureName", "outcomeName", "groundTruth").rows()


def test_counts_of_the_sets() -> None:
    omop = reference_set("omop").controls
    by = omop.group_by("outcome").agg(pl.col("positive").sum(), pl.len()).sort("outcome").rows()
    assert by == [
        ("acute_liver_failure", 81, 118),
        ("acute_myocardial_infarction", 36, 102),
        ("acute_renal_failure", 24, 88),
        ("upper_gastrointestinal_bleeding", 24, 91),
    ]
    euadr = reference_set("euadr").controls
    assert (euadr.height, euadr["positive"].sum(), euadr["outcome"].n_unique()) == (93, 43, 10)


@pytest.mark.parametrize("name", REFERENCE_SETS)
def test_every_drug_and_outcome_is_mapped(name: str) -> None:
    found = reference_set(name)
    assert found.unmapped == ()
    assert found.controls["substances"].list.len().min() > 0  # type: ignore[operator]
    assert found.controls["terms"].list.len().min() > 0  # type: ignore[operator]
    assert found.controls.null_count().sum_horizontal().item() == 0
    assert {group.id for group in found.outcomes} == set(found.controls["outcome"])


def test_what_the_table_does_not_know_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import shutil

    from glabella.safety.evaluation import _reference

    shutil.copytree(SHIPPED, tmp_path / "data" / "reference_sets")
    table = tmp_path / "data" / "reference_sets" / "drug_substances.csv"
    lines = [line for line in table.read_text().splitlines() if not line.startswith("Captopril,")]
    table.write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(_reference, "__file__", str(tmp_path / "evaluation" / "_reference.py"))
    found = _reference._read.__wrapped__("omop")
    assert found.unmapped == ("Captopril",)
    assert found.controls.height == 399
    assert found.controls.filter(drug="Captopril")["substances"].to_list()[0] == []


@pytest.mark.parametrize(
    ("drug", "substances"),
    [
        ("Acetaminophen", {"ACETAMINOPHEN", "PARACETAMOL"}),
        ("Aspirin", {"ASPIRIN", "ACETYLSALICYLIC ACID"}),
        ("Rifampin", {"RIFAMPIN", "RIFAMPICIN"}),
        ("Diltiazem", {"DILTIAZEM", "DILTIAZEM HYDROCHLORIDE"}),
        ("Estrogens, Conjugated (USP)", {"ESTROGENS, CONJUGATED"}),
        ("Valproate", {"VALPROIC ACID", "DIVALPROEX SODIUM"}),
    ],
)
def test_salts_and_both_names_are_there(drug: str, substances: set[str]) -> None:
    table = pl.read_csv(SHIPPED / "drug_substances.csv", infer_schema=False)
    assert substances <= set(table.filter(drug=drug)["substance"])


def test_table_of_substances_is_spelled_as_the_store_spells() -> None:
    table = pl.read_csv(SHIPPED / "drug_substances.csv", infer_schema=False)
    assert not table.select("drug", "substance").is_duplicated().any()
    assert set(table["kind"]) == {"name", "synonym", "form"}
    assert (table["substance"] == table["substance"].str.to_uppercase().str.strip_chars()).all()
    controls = pl.concat([reference_set(name).controls for name in REFERENCE_SETS])
    assert set(table["drug"]) == set(controls["drug"])
    # The dictionary renames some spellings; the name it gives must then be among the drug's own.
    renamed = table.join(load_dictionary().table, left_on="substance", right_on="key")
    assert renamed.height > 20
    own = {drug: set(part["substance"]) for (drug,), part in table.group_by("drug")}
    for drug, substance in renamed.select("drug", "substance_right").rows():
        assert substance in own[drug], (drug, substance)


@pytest.mark.parametrize("path", sorted((SHIPPED / "outcomes").glob("*.yaml")), ids=lambda path: str(path.stem))
def test_lists_of_terms_say_what_they_are(path: Path) -> None:
    group = load_terms(path)
    assert group.id == path.stem
    assert group.version >= 1
    assert group.author
    assert group.date
    assert "not a MedDRA SMQ" in group.note
    assert list(group.terms) == sorted(group.terms)


def test_no_such_set() -> None:
    with pytest.raises(ValueError, match="'vigibase', expected one of euadr, omop"):
        reference_set("vigibase")
