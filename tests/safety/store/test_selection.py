"""The building block of cohorts: every condition of an arm, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from glabella.safety.store import Selection, Store, cohort_counts, open_store
from tests.safety.store.tiny import report, write_quarter

REPORTS: list[dict[str, Any]] = [
    report(
        1, drugs=["BOTOX"], events=["DEPRESSION"], indications=[("1", "MIGRAINE")], sex_clean="F", occp_cod="MD"
    ),
    report(2, drugs=["BOTOX"], events=["NAUSEA"], indications=[("1", "MIGRAINE")], sex_clean="M", occp_cod="LW"),
    report(
        3, drugs=["BOTOX", ("ZOLOFT", "C")], events=["DEPRESSION"], indications=[("1", "MIGRAINE")], country="DE"
    ),
    report(4, drugs=["BOTOX"], events=["DRUG INEFFECTIVE"], indications=[("1", "BLEPHAROSPASM")]),
    report(5, drugs=["TOPAMAX"], events=["DEPRESSION", "NAUSEA"], indications=[("1", "MIGRAINE")], country="DE"),
    report(6, drugs=["TOPAMAX"], events=["DRUG INEFFECTIVE"], indications=[("1", "MIGRAINE")]),
    report(7, drugs=["TOPAMAX", "BOTOX"], events=["NAUSEA"], indications=[("1", "MIGRAINE"), ("2", "MIGRAINE")]),
    report(8, drugs=["ASPIRIN", ("BOTOX", "C")], events=["DEPRESSION"], indications=[("1", "MIGRAINE")]),
    report(9, drugs=[("ZOLOFT", "DN"), "TOPAMAX"], events=["PAIN"], indications=[("2", "DEPRESSION")]),
    report(10, drugs=["ASPIRIN"], events=[]),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("cohort")
    write_quarter(folder, "2012Q3", REPORTS[:5])
    write_quarter(folder, "2022Q1", REPORTS[5:])
    return open_store(folder)


def ids(store: Store, kind: str, *names: str) -> tuple[int, ...]:
    find = {"drug": store.find_drugs, "event": store.find_events, "indication": store.find_indications}[kind]
    return tuple(one for found in find(list(names)) for one in found.ids)


def counts(store: Store, exposed: Selection, comparator: Selection, **more: Any) -> dict[tuple[Any, ...], int]:
    frame = cohort_counts(store, exposed, comparator, ids(store, "event", "DEPRESSION"), **more)
    return {row[:-1]: row[-1] for row in frame.rows()}


@pytest.fixture(scope="module")
def botox(store: Store) -> Selection:
    return Selection(substance_ids=ids(store, "drug", "ONABOTULINUMTOXINA"))


@pytest.fixture(scope="module")
def topamax(store: Store) -> Selection:
    return Selection(substance_ids=ids(store, "drug", "TOPIRAMATE"))


def test_a_report_in_both_arms_is_in_neither(store: Store, botox: Selection, topamax: Selection) -> None:
    assert counts(store, botox, topamax) == {
        ("exposed", True): 2,
        ("exposed", False): 2,
        ("comparator", True): 1,
        ("comparator", False): 2,
        ("both", False): 1,
    }


@pytest.mark.parametrize(
    ("more", "exposed", "comparator"),
    [
        ({}, (2, 2), (1, 2)),
        ({"role": "any"}, (3, 2), (1, 2)),
        ({"indication_ids": ("MIGRAINE",)}, (2, 1), (1, 1)),
        ({"indication_ids": ()}, (0, 0), (0, 0)),
        ({"without_substance_ids": ("SERTRALINE",)}, (1, 2), (1, 2)),
        ({"without_indication_ids": ("DEPRESSION",)}, (2, 2), (1, 1)),
        ({"reporters_excluded": ("LW",)}, (2, 1), (1, 2)),
        ({"reporters_excluded": ("unknown",)}, (1, 1), (0, 0)),
        ({"first_quarter": "2012Q4"}, (0, 0), (0, 2)),
        ({"last_quarter": "2012Q3"}, (2, 2), (1, 0)),
        ({"countries": ("DE",)}, (1, 0), (1, 0)),
        ({"countries": ("unknown",)}, (1, 2), (0, 2)),
        ({"only_event_ids": ("DRUG INEFFECTIVE",)}, (2, 1), (1, 1)),
        ({"only_event_ids": ("DRUG INEFFECTIVE", "NAUSEA")}, (2, 0), (1, 1)),
    ],
    ids=str,
)
def test_each_condition(
    store: Store,
    botox: Selection,
    topamax: Selection,
    more: dict[str, Any],
    exposed: tuple[int, int],
    comparator: tuple[int, int],
) -> None:
    kinds = {"without_substance_ids": "drug", "only_event_ids": "event"}
    kinds |= {"indication_ids": "indication", "without_indication_ids": "indication"}
    asked: dict[str, Any] = {
        name: ids(store, kinds[name], *value) if name in kinds else value for name, value in more.items()
    }
    found = counts(store, replace(botox, **asked), replace(topamax, **asked))
    for arm, (events, others) in (("exposed", exposed), ("comparator", comparator)):
        assert (found.get((arm, True), 0), found.get((arm, False), 0)) == (events, others)


def test_each_arm_keeps_to_its_own_conditions(store: Store, botox: Selection, topamax: Selection) -> None:
    found = counts(store, replace(botox, last_quarter="2012Q3"), replace(topamax, first_quarter="2022Q1"))
    # Report 7 of 2022 is no longer exposed, so it is in the comparator alone.
    assert found == {("exposed", True): 2, ("exposed", False): 2, ("comparator", False): 3}


def test_everything_else_as_the_comparator(store: Store, botox: Selection) -> None:
    everything = Selection()
    assert counts(store, botox, everything) == {
        ("both", True): 2,
        ("both", False): 3,
        ("comparator", True): 2,
        ("comparator", False): 3,
    }
    without = Selection(without_substance_ids=botox.substance_ids or (), reporters_excluded=("LW",))
    assert counts(store, botox, without) == {
        ("exposed", True): 2,
        ("exposed", False): 3,
        ("comparator", True): 1,
        ("comparator", False): 3,
    }
    swapped = counts(store, without, botox)
    assert swapped[("comparator", False)] == 3
    assert swapped[("exposed", True)] == 1
    only = Selection(only_event_ids=ids(store, "event", "NAUSEA", "PAIN"))
    assert counts(store, replace(botox, role="any"), only)[("comparator", False)] == 2


def test_an_indication_without_a_drug_and_a_product_with_one(store: Store) -> None:
    migraine = ids(store, "indication", "MIGRAINE")
    exposed = Selection(product_ids=store.find_drugs("BOTOX", level="product")[0].ids, indication_ids=migraine)
    assert counts(store, exposed, Selection(indication_ids=migraine)) == {
        ("both", True): 2,
        ("both", False): 2,
        ("comparator", True): 2,
        ("comparator", False): 1,
    }


def test_strata_add_up(store: Store, botox: Selection, topamax: Selection) -> None:
    found = cohort_counts(store, botox, topamax, ids(store, "event", "DEPRESSION"), strata=("sex", "era", "year"))
    assert found.columns == ["sex", "era", "year", "arm", "event", "n"]
    assert found["n"].sum() == 8
    assert set(found["sex"]) == {"F", "M", "unknown"}
    assert found.rows() == sorted(found.rows())


def test_no_event_of_interest_in_the_store(store: Store, botox: Selection, topamax: Selection) -> None:
    assert not cohort_counts(store, botox, topamax, ())["event"].any()


def test_wrong_conditions_are_refused(store: Store, botox: Selection, topamax: Selection) -> None:
    with pytest.raises(ValueError, match="both substances and products"):
        counts(store, replace(botox, product_ids=(1,)), topamax)
    with pytest.raises(ValueError, match="role: 'main'"):
        counts(store, replace(botox, role="main"), topamax)
    with pytest.raises(ValueError, match="not a plain code"):
        counts(store, replace(botox, countries=("D'E",)), topamax)
    with pytest.raises(ValueError, match="strata"):
        counts(store, botox, topamax, strata=("weight",))
