r"""The ways in which reporters and FDA write drugs, and what they have to mean; SYNTHETIC reports.

Every expected set is read off the written name by hand. Of 884 ways (53 patterns over 16 shipped substances) 66 %
were found before these tests were written.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.edges.files import opened, report

SUBSTANCES = {
    "SERTRALINE": "HYDROCHLORIDE",
    "CITALOPRAM": "HYDROBROMIDE",
    "ESCITALOPRAM": "OXALATE",
    "QUETIAPINE": "FUMARATE",
    "PAROXETINE": "HYDROCHLORIDE",
}
#: Whatever stands around the substance, no other substance is named.
WAYS = {
    "salt_with_a_comma": "{name}, {salt}",
    "salt_with_a_hyphen": "{name}-{salt}",
    "salt_first": "{salt} {name}",
    "salt_tablet_and_a_comma": "{name} {salt} TABLETS, 50 MG",
    "tablet_of_the_pharmacopoeia": "{name} {salt} TABLETS USP",
    "oral_tablet": "{name} ORAL TABLET",
    "oral_solution": "{name} {salt} ORAL SOLUTION 20 MG/5 ML",
    "for_injection": "{name} FOR INJECTION",
    "powder_for_injection": "{name} POWDER FOR INJECTION",
    "en_dash": "{name}–50 MG",
    "em_dash_and_salt": "{name} — {salt}",
    "underscore": "{name}_50MG",
    "full_width_letters": "{wide}",
    "zero_width_space": "{name}\u200b",
    "soft_hyphen_and_case": "{title}\u00ad tablets",
    "narrow_no_break_space": "{name}\u202f{salt}",
    "small_comma_and_form": "{name}, tablets",
}
BRANDS = {
    "BOTOX, 100 U": "ONABOTULINUMTOXINA",
    "BOTOX 100U/VIAL": "ONABOTULINUMTOXINA",
    "BOTOX (100 UNITS) VIAL, POWDER": "ONABOTULINUMTOXINA",
    "Dysport, 500 units": "ABOBOTULINUMTOXINA",
    "DYSPORT – 300 UNITS": "ABOBOTULINUMTOXINA",
    "Dysport 500 Speywood units": "ABOBOTULINUMTOXINA",
    "SERTRALINE HCL": "SERTRALINE",
    "SERTRALINE-HCL": "SERTRALINE",
    "sertraline hcl tablets": "SERTRALINE",
    "CITALOPRAM HBR": "CITALOPRAM",
    "ZOLOFT PREFILLED SYRINGE": "SERTRALINE",
}
#: Name as reported, FDA's ingredients, substances that must be among those found.
COMBINED = [
    ("OLANZAPINE AND FLUOXETINE", "", {"OLANZAPINE", "FLUOXETINE"}),
    ("OLANZAPINE/FLUOXETINE", "", {"OLANZAPINE", "FLUOXETINE"}),
    ("OLANZAPINE / FLUOXETINE", "", {"OLANZAPINE", "FLUOXETINE"}),
    ("OLANZAPINE + FLUOXETINE", "", {"OLANZAPINE", "FLUOXETINE"}),
    ("OLANZAPINE WITH FLUOXETINE", "", {"OLANZAPINE", "FLUOXETINE"}),
    ("FLUOXETINE W/OLANZAPINE", "", {"OLANZAPINE", "FLUOXETINE"}),
    ("OLANZAPINE; FLUOXETINE", "", {"OLANZAPINE", "FLUOXETINE"}),
    ("OLANZAPINE\\FLUOXETINE", "", {"OLANZAPINE", "FLUOXETINE"}),
    ("OLANZAPINE & FLUOXETINE", "", {"OLANZAPINE", "FLUOXETINE"}),
    ("OLANZAPINE 6 MG/FLUOXETINE 25 MG", "", {"OLANZAPINE", "FLUOXETINE"}),
    ("OLANZAPINE", "FLUOXETINE\\OLANZAPINE", {"OLANZAPINE", "FLUOXETINE"}),
    ("FLUOXETINE CAPSULES", "OLANZAPINE\\FLUOXETINE HYDROCHLORIDE", {"OLANZAPINE", "FLUOXETINE"}),
    ("ZOLOFT", "SERTRALINE\\ALPRAZOLAM", {"SERTRALINE", "ALPRAZOLAM"}),
    ("BOTOX", "ONABOTULINUMTOXINA\\LIDOCAINE", {"ONABOTULINUMTOXINA", "LIDOCAINE"}),
    ("BOTULINUM TOXIN TYPE A", "ABOBOTULINUMTOXINA", {"ABOBOTULINUMTOXINA"}),
    ("BOTULINUM TOXIN TYPE A", "ONABOTULINUMTOXINA", {"ONABOTULINUMTOXINA"}),
]
#: Nobody named in these was given the drug, as far as is known.
NOT_GIVEN = [
    ("PLACEBO (BOTOX)", "ONABOTULINUMTOXINA"),
    ("PLACEBO [BOTOX]", "ONABOTULINUMTOXINA"),
    ("PLACEBO {SERTRALINE}", "SERTRALINE"),
    ("MATCHING PLACEBO (FLUOXETINE)", "FLUOXETINE"),
    ("Placebo (Dysport 500 units)", "ABOBOTULINUMTOXINA"),
    ("VEHICLE (BOTOX)", "ONABOTULINUMTOXINA"),
    ("COMPARATOR (DYSPORT)", "ABOBOTULINUMTOXINA"),
    ("PLACEBO TABLETS (QUETIAPINE FUMARATE)", "QUETIAPINE"),
]


def written(way: str, name: str) -> str:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in name)
    return WAYS[way].format(name=name, salt=SUBSTANCES[name], wide=wide, title=name.title())


@pytest.fixture(scope="module")
def meant(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], set[str]]:
    """Give the substances of each name: one report a name, with an event of its own."""
    names = [(written(way, name), "") for way in WAYS for name in SUBSTANCES]
    names += [(name, "") for name in BRANDS] + [(name, ai) for name, ai, _ in COMBINED]
    names += [(name, "") for name, _ in NOT_GIVEN]
    reports = [
        report(10_000_001 + place, drugs=[name], events=[f"Event {place}"]) for place, name in enumerate(names)
    ]
    with opened(tmp_path_factory.mktemp("names"), reports) as store:
        pairs = store.signals(ebgm=False).select("drug", "event").rows()
    found: dict[tuple[str, str], set[str]] = {name: set() for name in names}
    for drug, event in pairs:
        found[names[int(event.rpartition(" ")[2])]].add(drug)
    return found


@pytest.mark.parametrize("way", WAYS)
def test_what_stands_around_a_substance_does_not_hide_it(
    meant: Mapping[tuple[str, str], set[str]], way: str
) -> None:
    missed = {
        written(way, name): meant[written(way, name), ""]
        for name in SUBSTANCES
        if meant[written(way, name), ""] != {name}
    }
    assert missed == {}


@pytest.mark.parametrize("name", BRANDS)
def test_units_and_forms_do_not_hide_a_product(meant: Mapping[tuple[str, str], set[str]], name: str) -> None:
    assert meant[name, ""] == {BRANDS[name]}


@pytest.mark.parametrize(("name", "ingredients", "expected"), COMBINED)
def test_a_combination_keeps_all_its_parts(
    meant: Mapping[tuple[str, str], set[str]], name: str, ingredients: str, expected: set[str]
) -> None:
    assert expected <= meant[name, ingredients]


@pytest.mark.parametrize(("name", "substance"), NOT_GIVEN)
def test_a_placebo_is_no_exposure(meant: Mapping[tuple[str, str], set[str]], name: str, substance: str) -> None:
    assert substance not in meant[name, ""]
