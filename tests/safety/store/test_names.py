"""Names at two levels: the product is what the reporter wrote, the substance what it contains."""

from __future__ import annotations

import csv
import importlib.util
import random
import re
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from glabella.dossier import list_folder
from glabella.safety.store import load_dictionary, load_lists, load_terms, open_store
from glabella.safety.store._mapping import NameMap, map_names
from tests.safety.data import DATA as PUBLIC
from tests.safety.store.tiny import report, write_quarter

DATA = Path(__file__).parents[3] / "src" / "glabella" / "safety" / "data"
LISTS = list_folder().folder
assert LISTS is not None
SHIPPED = load_dictionary()
#: Each shipped table of names, and the page that says where its rows are from.
TABLES = ((DATA / "products.csv", DATA / "products.md"), (LISTS / "names" / "products.csv", LISTS / "README.md"))


def table_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _benchmark() -> ModuleType:
    """Load the measure of the benchmarks, which lie outside the package."""
    path = Path(__file__).parents[3] / "benchmarks" / "drug_names.py"
    spec = importlib.util.spec_from_file_location("drug_names", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


drug_names = _benchmark()


def mapped(*names: tuple[str, str]) -> list[tuple[str | None, list[str]]]:
    """Give the product and the substances of each name, in the order of names."""
    found = run(*names)
    products = dict(found.name_products.join(found.products, on="product_id").select("name_id", "name").rows())
    substances = found.name_substances.join(found.substances, on="substance_id").sort("name_id", "name")
    ids = {(name, ai): one for one, name, ai in found.names.rows()}
    return [
        (
            products.get(ids[pair]),
            substances.filter(pl.col("name_id") == ids[pair])["name"].to_list(),
        )
        for pair in names
    ]


def run(*names: tuple[str, str]) -> NameMap:
    frame = pl.DataFrame([(*one, 1) for one in names], ["drugname", "prod_ai", "rows"], orient="row")
    return map_names(frame, SHIPPED)


@pytest.mark.parametrize(
    ("drugname", "prod_ai", "product", "substances"),
    [
        ("EXPAREL", "BUPIVACAINE", "EXPAREL", ["BUPIVACAINE"]),
        ("Botox Cosmetic", "ONABOTULINUMTOXINA", "BOTOX COSMETIC", ["ONABOTULINUMTOXINA"]),
        ("BOTOX (BOTULINUM TOXIN TYPE A)", "", "BOTOX", ["ONABOTULINUMTOXINA"]),
        ("BOTOX 100 UNITS INJECTION", "", "BOTOX", ["ONABOTULINUMTOXINA"]),
        ("Botox®", "", "BOTOX", ["ONABOTULINUMTOXINA"]),
        ("MYOBLOC", "DIACEREIN", "MYOBLOC", ["DIACEREIN"]),
        ("MYOBLOC", "UNSPECIFIED INGREDIENT", "MYOBLOC", ["RIMABOTULINUMTOXINB"]),
        ("letibotulinumtoxinA-wlbg", "", "LETIBOTULINUMTOXINA", ["LETIBOTULINUMTOXINA"]),
        ("SOME TOXIN", "PRABOTULINUMTOXINA-XVFS", "SOME TOXIN", ["PRABOTULINUMTOXINA"]),
        ("Вистабел", "", "VISTABEL", ["ONABOTULINUMTOXINA"]),
        ("ZOLOFT TABLETS 50 MG", "", "ZOLOFT", ["SERTRALINE"]),
        ("A PILL", "SERTRALINE HYDROCHLORIDE", "A PILL", ["SERTRALINE"]),
        ("EFFEXOR XR", "", "EFFEXOR XR", ["VENLAFAXINE"]),
        ("CO-SOMETHING", "LEVODOPA\\CARBIDOPA", "CO-SOMETHING", ["CARBIDOPA", "LEVODOPA"]),
        ("UNHEARD-OF 5 MG", "", "UNHEARD-OF", ["UNHEARD-OF"]),
        ("VITAMIN B12", "", "VITAMIN B12", ["VITAMIN B12"]),
        ("", "ASPIRIN", "ASPIRIN", ["ASPIRIN"]),
        ("", "", None, []),
        ("  ...  ", "\\", None, []),
    ],
)
def test_product_and_substance(drugname: str, prod_ai: str, product: str | None, substances: list[str]) -> None:
    assert mapped((drugname, prod_ai)) == [(product, substances)]


@pytest.mark.parametrize(
    ("drugname", "prod_ai", "substances"),
    [
        # FDA coded two, and the shipped table knows one of them by the name.
        ("ZOLOFT", "SERTRALINE HYDROCHLORIDE\\CAFFEINE", ["CAFFEINE", "SERTRALINE"]),
        ("ZOLOFT", "CITALOPRAM HYDROBROMIDE", ["CITALOPRAM"]),
        ("ADT", "LEUPROLIDE ACETATE", ["LEUPROLIDE ACETATE"]),
        ("ZOLOFT", "PLACEBO", ["PLACEBO"]),
        ("ASPIRIN (ZOLOFT)", "ASPIRIN", ["ASPIRIN"]),
        ("SERTRALINE", "\\SERTRALINE\\\\CAFFEINE\\", ["CAFFEINE", "SERTRALINE"]),
        # The brand's toxin is one of those FDA's wider ingredient stands for.
        ("BOTOX", "BOTULINUM TOXIN TYPE A", ["ONABOTULINUMTOXINA"]),
        ("DYSPORT", "BOTULINUM TOXIN NOS\\LIDOCAINE", ["ABOBOTULINUMTOXINA", "LIDOCAINE"]),
        ("MYOBLOC", "BOTULINUM TOXIN TYPE A", ["BOTULINUM TOXIN TYPE A"]),
        ("BOTULINUM TOXIN", "BOTULINUM TOXIN TYPE A", ["BOTULINUM TOXIN TYPE A"]),
        ("UNHEARD-OF", "UNSPECIFIED INGREDIENT", ["UNSPECIFIED INGREDIENT"]),
    ],
)
def test_no_ingredient_of_fda_is_lost_to_the_text_of_a_name(
    drugname: str, prod_ai: str, substances: list[str]
) -> None:
    assert mapped((drugname, prod_ai))[0][1] == substances


@pytest.mark.parametrize(
    ("drugname", "product", "substances"),
    [
        ("SERTRALINE/CLONAZEPAM", "SERTRALINE/CLONAZEPAM", ["CLONAZEPAM", "SERTRALINE"]),
        ("LEVODOPA/CARBIDOPA", "LEVODOPA/CARBIDOPA", ["CARBIDOPA", "LEVODOPA"]),
        ("sertraline HCl 50 mg + diazepam", "SERTRALINE HCL 50 MG + DIAZEPAM", ["DIAZEPAM", "SERTRALINE"]),
        ("SERTRALINE, DIAZEPAM AND BACLOFEN", None, ["BACLOFEN", "DIAZEPAM", "SERTRALINE"]),
        ("SERTRALINE W/ CAFFEINE", None, ["CAFFEINE", "SERTRALINE"]),
        ("OLANZAPINE-SAMIDORPHAN", "OLANZAPINE-SAMIDORPHAN", ["OLANZAPINE", "SAMIDORPHAN"]),
        ("UNHEARD-OF (FLUOXETINE/OLANZAPINE)", "UNHEARD-OF", ["FLUOXETINE", "OLANZAPINE"]),
        ("PROZAC (FLUOXETINE AND OLANZAPINE)", "PROZAC", ["FLUOXETINE", "OLANZAPINE"]),
        ("BOTOX/DYSPORT", "BOTOX/DYSPORT", ["ABOBOTULINUMTOXINA", "ONABOTULINUMTOXINA"]),
        # One drug with something else behind the stroke.
        ("ZOLOFT /01011401/", "ZOLOFT", ["SERTRALINE"]),
        ("ASPIRIN /00002701/", "ASPIRIN", ["ASPIRIN"]),
        ("BOTOX 100 U/VIAL", "BOTOX", ["ONABOTULINUMTOXINA"]),
        ("SERTRALINE/TEVA", "SERTRALINE", ["SERTRALINE"]),
        ("JOHNSON & JOHNSON", "JOHNSON & JOHNSON", ["JOHNSON & JOHNSON"]),
    ],
)
def test_a_combination_keeps_all_its_parts(drugname: str, product: str | None, substances: list[str]) -> None:
    found, got = mapped((drugname, ""))[0]
    assert got == substances
    assert product is None or found == product


@pytest.mark.parametrize(
    "drugname",
    [
        "PLACEBO (ZOLOFT)",
        "Placebo [sertraline hydrochloride 50 mg]",
        "ZOLOFT (PLACEBO)",
        "SERTRALINE PLACEBO",
        "PLACEBO/SERTRALINE",
        "SERTRALINE/PLACEBO",
        "SERTRALINE OR PLACEBO",
        "BLINDED THERAPY (SERTRALINE)",
        "SHAM INJECTION (BOTOX)",
        "COMPARATOR (SERTRALINE)",
        "ACTIVE CONTROL {SERTRALINE}",
        "NORMAL SALINE (BOTOX)",
        "NOT ZOLOFT (SERTRALINE)",
        "BOTOX (VEHICLE)",
        "BOTOX [VEHICLE]",
        "BOTOX (NOT GIVEN)",
        "BOTOX (100 UNITS) (NOT YET STARTED)",
        "BOTOX, NOT GIVEN",
        "BOTOX - NEVER RECEIVED",
        "SERTRALINE (NOT TAKEN)",
        "SERTRALINE (DID NOT TAKE)",
        "SERTRALINE {WAS NEVER ADMINISTERED}",
        "SERTRALINE (PLAC)",
        "SERTRALINE (DILUENT)",
        "SERTRALINE (ALLERGY)",
        "NEVER STARTED (BOTOX)",
        "NOT TAKEN (SERTRALINE)",
        "REFERENCE (BOTOX)",
        "CONTROL (BOTOX)",
        "SEROTONIN ANTAGONISTS (SERTRALINE)",
        "SERTRALINE ANTAGONISTS",
        "ANTI-SERTRALINE",
        "NORSERTRALINE",
        "SERTRALINE-INDUCED MANIA",
        "DESMETHYL-SERTRALINE",
        "BOTULINUM ANTITOXIN",
        "BOTULISM ANTITOXIN, HEPTAVALENT (BOTULINUM TOXIN)",
        "VITAMIN A",
        "SODIUM CHLORIDE",
        "HYDROCHLORIDE",
    ],
)
def test_what_stands_near_a_name_is_not_the_drug(drugname: str) -> None:
    (_, substances), *_ = mapped((drugname, ""))
    assert len(substances) == 1
    assert substances[0] not in set(SHIPPED.table["substance"])


def test_a_comparator_in_brackets_does_not_hide_the_drug_before_them() -> None:
    assert mapped(("PAROXETINE (COMPARATOR)", ""), ("ZOLOFT (NO LOT NUMBER)", "")) == [
        ("PAROXETINE", ["PAROXETINE"]),
        ("ZOLOFT", ["SERTRALINE"]),
    ]


@pytest.mark.parametrize("said", ["NOT SPECIFIED", "NOT RELATED", "NOT CODED", "STARTED", "REFERENCE", "CONTROL"])
def test_brackets_that_say_something_else_do_not_hide_the_drug_before_them(said: str) -> None:
    assert mapped((f"SERTRALINE ({said})", ""), ("BIRTH CONTROL (SERTRALINE)", "")) == [
        ("SERTRALINE", ["SERTRALINE"]),
        ("BIRTH CONTROL", ["SERTRALINE"]),
    ]


def test_the_ways_in_which_names_are_written_are_found() -> None:
    # Drawn from the shipped names; the benchmark of the same name measures all of them.
    lists = {kind: random.Random(1).sample(names, 60) for kind, names in drug_names.shipped().items()}
    for names in lists.values():
        assert min(drug_names.shares(names).values()) >= 0.98
    # A name with a join in it ("… +PHARMA") is a combination with whatever is put beside it.
    single = [one for names in lists.values() for one in names if not re.search(r"[+/,(]", one[0])]
    assert set(drug_names.mistaken(single).values()) == {0.0}
    # Every toxin is found in every way.
    toxins = [(name, substance) for substance, names in FAMILY.items() for name in names]
    assert set(drug_names.shares(toxins).values()) == {1.0}


#: Every string of the real quarter and of the map of the field, section 1.5.
FAMILY = {
    "ONABOTULINUMTOXINA": ["BOTOX", "BOTOX COSMETIC", "VISTABEL"],
    "ABOBOTULINUMTOXINA": ["DYSPORT", "AZZALURE", "ALLUZIENCE"],
    "INCOBOTULINUMTOXINA": ["XEOMIN", "BOCOUTURE"],
    "PRABOTULINUMTOXINA": ["JEUVEAU", "NUCEIVA"],
    "DAXIBOTULINUMTOXINA": ["DAXXIFY"],
    "LETIBOTULINUMTOXINA": ["LETYBO"],
    "RELABOTULINUMTOXINA": ["RELFYDESS"],
    "RIMABOTULINUMTOXINB": ["MYOBLOC", "NEUROBLOC", "RIMABOTULINUMTOXINB"],
    "BOTULINUM TOXIN TYPE A": ["BOTULINUM TOXIN TYPE A"],
    "BOTULINUM TOXIN NOS": ["BOTULINUM TOXIN NOS"],
}


def test_the_whole_botulinum_family_is_told_apart_and_kept_together() -> None:
    groups = load_lists().drug_groups
    assert set(FAMILY) <= set(groups["botulinum_toxin"])
    assert "RIMABOTULINUMTOXINB" not in groups["botulinum_toxin_A"]
    for substance, names in FAMILY.items():
        assert mapped(*((name.title(), "") for name in names)) == [(name, [substance]) for name in names]


@pytest.mark.parametrize(
    "word",
    ["CONTROL", "ADT", "MELT", "PRAM", "FLUX", "PORTAL", "GRADIENT", "TRITICUM", "CONTROL (BOTOX)", "ADT 5 MG"],
)
def test_a_word_that_is_also_a_brand_somewhere_is_no_shipped_name(word: str) -> None:
    # ADT is androgen deprivation therapy, a melt a dose form, Triticum wheat.
    (_, substances), *_ = mapped((word, ""))
    assert not {"LORAZEPAM", *SHIPPED.table["substance"]} & set(substances)


def test_every_shipped_name_has_a_source_and_one_meaning() -> None:
    every = [row for table, _ in TABLES for row in table_rows(table)]
    for table, page in TABLES:
        said = {
            line.split("`")[1] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
        }
        assert {row["source"] for row in table_rows(table)} <= said
    assert len({row["name_as_reported"] for row in every}) == len(every) == SHIPPED.table.height
    assert all(row["product"] and row["substance"] for row in every)
    known = {row["substance"] for row in every}
    members = {one for group in load_lists().drug_groups.values() for one in group}
    assert members <= known


def test_general_names_know_nothing_of_a_dossiers_products() -> None:
    """Without a dossier a name stands for itself; with it a brand is found, and FDA's wider ingredient narrowed."""
    frame = pl.DataFrame([("BOTOX", "BOTULINUM TOXIN NOS", 1)], ["drugname", "prod_ai", "rows"], orient="row")
    general = map_names(frame, load_dictionary(lists=load_lists("none")))
    assert general.substances["name"].to_list() == ["BOTULINUM TOXIN NOS"]
    assert map_names(frame, SHIPPED).substances["name"].to_list() == ["ONABOTULINUMTOXINA"]


def spelled(name: str) -> str:
    without = "".join(mark for mark in name.upper() if mark not in "®™©")
    return " ".join(without.split()).strip(" .,;'\"*-")


def test_rows_from_aioli_are_in_aioli() -> None:
    table = pl.read_csv(PUBLIC / "names_art57.tsv.gz", separator="\t", quote_char=None, infer_schema=False)
    there = {spelled(name) for name in [*table["name"].to_list(), *table["ingredient"].to_list()]}
    rows = [row for table, _ in TABLES for row in table_rows(table)]
    taken = [row["name_as_reported"] for row in rows if row["source"] == "art57"]
    missing = [name for name in taken if name not in there]
    assert missing == []


def test_the_unmapped_share_is_counted_and_said(tmp_path: Path) -> None:
    drugs = [
        ("BOTOX", "PS", "ONABOTULINUMTOXINA"),
        ("X1", "C", "SERTRALINE"),
        ("X2", "C", "NEWDRUG"),
        ("X3", "C", None),
    ]
    write_quarter(tmp_path, "2022Q1", [report(1, drugs=[*drugs, ("X3", "C", None), (None, "C", None)])])
    said: list[str] = []
    with open_store(tmp_path, progress=said.append) as store:
        names = store.describe().names
        assert "drug names in no dictionary: 66.7% of 6 rows, 3 of 5 distinct names" in str(store.describe())
    assert any("66.7%" in line for line in said)
    assert {way: share["rows"] for way, share in names["by_way"].items()} == {
        "dictionary_by_drugname": 1,
        "dictionary_by_prod_ai": 1,
        "prod_ai": 1,
        "drugname": 2,
        "nothing": 1,
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("diana.csv", 'drugname;Substance;Checked\nUNHEARD-OF;"sertraline;diazepam";TRUE\nNOTHING;na;FALSE\n'),
        ("rxnorm.tsv", "name\tingredient\trxcui\nunheard-of\tsertraline / diazepam\t36437\n"),
        ("plain.csv", "drugname,substance\nUnheard-of,sertraline\\diazepam\n"),
        ("bom.csv", "\ufeffdrugname,substance\r\nUnheard-of,sertraline\\diazepam\r\n"),
    ],
)
def test_a_dictionary_of_the_user_is_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    write_quarter(tmp_path / "store", "2022Q1", [report(1, drugs=["unheard-of"])])
    with open_store(tmp_path / "store", names=[tmp_path / name]) as store:
        assert {one.label for one in store.find_drugs(["Sertraline", "DIAZEPAM"])} == {"SERTRALINE", "DIAZEPAM"}
        assert store.describe().names["unmapped"]["rows"] == 0


@pytest.mark.parametrize(
    ("entry", "same", "others"),
    [
        (
            "VITAMIN B 12",
            ["VITAMIN B12", "VITAMIN B 12 TABLETS", "VITAMIN B-12 1000 MCG", "VITAMIN B 12 100"],
            ["VITAMIN B 6", "VITAMIN B6", "VITAMIN B"],
        ),
        ("SYNTHDRUG 00044", ["SYNTHDRUG 00044 HCL"], ["SYNTHDRUG 00045", "SYNTHDRUG", "SYNTHDRUG 50 MG"]),
        ("FACTOR 8", ["FACTOR 8 VIAL"], ["FACTOR 9", "FACTOR", "FACTOR 10 INJECTION"]),
        ("PREVNAR 13", ["PREVNAR 13 SYRINGE"], ["PREVNAR 20", "PREVNAR"]),
        ("IODINE-131", ["IODINE 131"], ["IODINE-125", "IODINE"]),
        ("INTERLEUKIN 2", ["INTERLEUKIN-2 INJECTION"], ["INTERLEUKIN 6", "INTERLEUKIN"]),
        ("GARDASIL 9", ["GARDASIL 9 SUSPENSION"], ["GARDASIL", "GARDASIL 4"]),
        ("WATER PILL", ["WATER PILL 25 MG"], ["WATER", "WATER FOR INJECTION"]),
        ("BIRTH CONTROL PILL", ["BIRTH CONTROL PILL, ORAL"], ["BIRTH CONTROL PATCH", "BIRTH CONTROL"]),
        ("SUNDRUG", ["SUNDRUG 50", "SUNDRUG 100 MG TABLETS"], ["SUNDRUG ANTAGONIST"]),
    ],
)
def test_a_name_of_the_user_is_read_as_written(
    tmp_path: Path, entry: str, same: list[str], others: list[str]
) -> None:
    # What another number or dose form belongs to is another drug, as anybody knows of these.
    path = tmp_path / "names.csv"
    path.write_text(f"drugname,substance\n{entry},THE ONE\n", encoding="utf-8")
    frame = pl.DataFrame({"drugname": [entry, *same, *others]}).with_columns(prod_ai=pl.lit(""), rows=1)
    found = map_names(frame, load_dictionary([path]))
    linked = found.name_substances.join(found.substances, on="substance_id").join(found.names, on="name_id")
    assert set(linked.filter(name="THE ONE")["drugname"].to_list()) == {entry, *same}


def test_the_shipped_table_comes_first_and_other_meanings_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "diana.csv"
    path.write_text("drugname;Substance\nDYSPORT;botulinum toxin\nBOTOX;onabotulinumtoxinA\nNEW;x\nNEW;y\n")
    dictionary = load_dictionary([path])
    assert dictionary.files[-1][2:] == (1, 2)
    meaning = dict(dictionary.table.select("key", "substance").rows())
    assert meaning["DYSPORT"] == "ABOBOTULINUMTOXINA"
    assert meaning["NEW"] == "X"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"one,two\nA,B\n", "row 1: columns"),
        (b"drugname,substance\nA,B\n,C\n", "row 3: no name"),
        (b"drugname,substance\nA,B\nC,D,E\n", "row 3"),
        (b"drugname,substance\n", "no names"),
        (b"dr\xffgname,substance\nA,B\n", "row 1: not UTF-8"),
    ],
)
def test_a_wrong_dictionary_is_refused_with_its_row(tmp_path: Path, text: bytes, words: str) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(text)
    with pytest.raises(ValueError, match=words) as fault:
        load_dictionary([path])
    assert str(path) in str(fault.value)


def test_every_shipped_group_of_terms_says_what_it_is_not() -> None:
    lists = load_lists()
    for name, group in [*lists.event_groups.items(), *lists.indication_groups.items()]:
        assert group.id == name
        assert group.version >= 1
        assert group.author == "Glabella"
        assert group.date
        assert "It is not a MedDRA" in group.note
        assert len(set(group.terms)) == len(group.terms) > 1


def test_the_core_is_within_the_broad_list_and_suicide_apart() -> None:
    core, broad, suicide = (
        set(load_lists().event_groups[name].terms)
        for name in ("depression_core", "depression_broad", "suicide_self_injury")
    )
    assert core < broad
    assert not suicide & broad


def test_a_list_of_the_user_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "smq.txt"
    path.write_text("# mine\nDepressed mood\n\n  crow^s   feet # twice\nDEPRESSED MOOD\n", encoding="utf-8")
    group = load_terms(path)
    assert (group.id, group.terms) == ("smq", ("DEPRESSED MOOD", "CROW'S FEET"))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.txt", "# nothing\n", "no terms"),
        ("a.yaml", "terms: []\n", "no terms"),
        ("a.yaml", "- A\n", "mapping"),
        ("a.yaml", "terms: [A, 5]\n", "term 2"),
        ("a.yaml", "terms: [A\n", "not valid YAML"),
        ("a.yaml", "version: one\nterms: [A]\n", "version"),
    ],
)
def test_a_wrong_list_is_refused(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=words):
        load_terms(tmp_path / name)
