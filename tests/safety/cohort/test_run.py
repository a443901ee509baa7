"""A declared comparison counts what a slow reading of the same tables counts, in every setting, on both engines."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from glabella.safety.cohort import CohortSpec, Setting, load_spec, run_cohort
from glabella.safety.cohort._cube import Names, arm_cube, resolve
from glabella.safety.cohort._settings import settings
from glabella.safety.measures import disproportionality, mantel_haenszel
from glabella.safety.store import Store, load_lists, open_store

DEPRESSION = load_spec("depression_2020")
#: What the shipped rules say, written out: flags left out by each mode, lowest rank of each role.
MODES = {"raw": 0, "latest": 1 | 2, "strict": 1 | 2 | 4, "literature": 1 | 2 | 4 | 8}
ROLES = {"primary": 1, "suspect": 2, "any": 4}


@pytest.fixture
def store(synthetic_store: Path) -> Iterator[Store]:
    with open_store(synthetic_store) as opened:
        yield opened


def only(arm_id: str, **changes: object) -> CohortSpec:
    """Give the shipped cohort with one arm."""
    arm = next(arm for arm in DEPRESSION.arms if arm.id == arm_id)
    return DEPRESSION.model_copy(update={"arms": (arm,), **changes})


def all_uses(**changes: object) -> CohortSpec:
    """Give the shipped cohort as one arm of all uses against all other reports: cells that are not small."""
    arm = DEPRESSION.arms[0].model_copy(
        update={"indications": (), "comparators": "everything else", "printed": None}
    )
    return DEPRESSION.model_copy(update={"arms": (arm,), **changes})


def slow_cells(store: Store, spec: CohortSpec, arm_id: str, names: Names, chosen: Setting) -> tuple[int, ...]:
    """Count one setting report by report, in plain sets of the index tables."""
    table = {name: pl.read_parquet(store.index / f"{name}.parquet") for name in (
        "reports", "report_substance", "report_event", "report_indication")}  # fmt: skip
    given = table["report_substance"].filter(pl.col("role") <= ROLES[chosen.role])
    wanted = names.indications[arm_id]
    if wanted:
        of_arm = table["report_indication"].filter(pl.col("indication_id").is_in(wanted))
        pairs = set(of_arm.select("report_id", "substance_id").iter_rows())
        given = given.filter([pair in pairs for pair in given.select("report_id", "substance_id").iter_rows()])

    def with_drug(ids: tuple[int, ...]) -> set[int]:
        return set(given.filter(pl.col("substance_id").is_in(ids))["report_id"])

    def with_event(ids: tuple[int, ...]) -> set[int]:
        return set(table["report_event"].filter(pl.col("event_id").is_in(ids))["report_id"])

    places = [place for place in range(len(names.comparators[arm_id])) if chosen.comparators >> place & 1]
    each = list(names.comparators[arm_id].values())
    exposed = with_drug(names.exposed)
    others = set().union(*(with_drug(each[place]) for place in places)) - exposed
    assert spec.quarters is not None
    kept = table["reports"].filter(
        pl.col("quarter").is_between(pl.lit(spec.quarters[0]), pl.lit(spec.quarters[1])),
        (pl.col("flags") & MODES[chosen.mode]) == 0,
    )
    if chosen.reporters_out:
        kept = kept.filter(~pl.col("reporter").is_in(chosen.reporters_out).fill_null(False))
    if chosen.only:
        kept = kept.filter((pl.col(chosen.only[0]) == chosen.only[1]).fill_null(False))
    counted = set(kept["report_id"])
    if chosen.drop_excluded:
        counted -= set(
            table["report_substance"].filter(pl.col("substance_id").is_in(names.excluded))["report_id"]
        ) | set(
            table["report_indication"].filter(pl.col("indication_id").is_in(names.excluded_indications))[
                "report_id"
            ]
        )
    if chosen.drop_complaints:
        other_events = table["report_event"].filter(~pl.col("event_id").is_in(names.complaints))
        counted &= set(other_events["report_id"])
    happened = with_event(names.lists[chosen.events])
    sides = [exposed & counted, others & counted]
    return tuple(len(part) for side in sides for part in (side & happened, side - happened))


@pytest.mark.parametrize("arm_id", ["migraine", "cosmetic", "spasticity"])
def test_every_setting_counts_what_a_slow_reading_counts(store: Store, arm_id: str) -> None:
    spec = only(arm_id)
    result = run_cohort(store, spec)
    one = result.arms[0]

    cells = one.frame.select("exposed_with", "exposed_without", "comparator_with", "comparator_without").rows()

    assert sum(cells[0]) > 50, "an empty arm tests nothing"
    assert cells == [slow_cells(store, spec, arm_id, result.names, chosen) for chosen in one.settings]


def test_everything_else_is_every_other_report_with_a_drug_in_the_role(store: Store) -> None:
    spec = all_uses()

    result = run_cohort(store, spec)

    declared = result.arms[0].frame.row(0)[2:6]
    assert declared == slow_cells(store, spec, spec.arms[0].id, result.names, result.arms[0].settings[0])
    assert "comparator" not in result.arms[0].frame["kind"], "there is only one"


def test_ratios_are_those_of_the_cells(store: Store) -> None:
    one = run_cohort(store, all_uses()).arms[0]
    a, b, c, d = (
        one.frame[name].to_numpy()
        for name in ("exposed_with", "exposed_without", "comparator_with", "comparator_without")
    )

    crude = disproportionality(a, a + b, a + c, a + b + c + d)

    assert_frame_equal(one.frame.select("ror", "ror_low", "ror_high"), crude.select("ror", "ror_low", "ror_high"))
    assert one.frame["ror"].drop_nulls().len() > 3


def test_without_strata_the_stratified_ratio_is_the_crude_one(store: Store) -> None:
    one = run_cohort(store, all_uses(adjust=())).arms[0]
    declared = one.frame.row(0, named=True)

    assert declared["mh"] == pytest.approx(declared["ror"])
    assert declared["adjusted"] == pytest.approx(declared["ror"], rel=1e-6)


def test_the_stratified_ratio_is_that_of_the_strata(store: Store) -> None:
    one = run_cohort(store, all_uses(adjust=("sex",))).arms[0]
    rows = one.frame.filter(pl.col("label").is_in(["as declared", "women", "men"]))
    whole, women, men = rows.select(
        "exposed_with", "exposed_without", "comparator_with", "comparator_without"
    ).rows()
    unknown = tuple(w - f - m for w, f, m in zip(whole, women, men, strict=True))

    fit = mantel_haenszel(*zip(women, men, unknown, strict=True))

    assert rows["mh"][0] == pytest.approx(float(fit.ror))


@pytest.mark.xdist_group("spark")
def test_both_engines_count_the_same(synthetic_store: Path) -> None:
    frames = []
    for engine in ("duckdb", "local[2]"):
        with open_store(synthetic_store, engine=engine) as opened:
            names = resolve(opened, DEPRESSION)
            cube = arm_cube(opened, DEPRESSION, DEPRESSION.arms[1], names)
            frames.append(cube.sort(cube.columns, nulls_last=True))

    assert frames[0].height > 50
    assert_frame_equal(frames[0], frames[1])


def test_words_and_checklist_go_with_every_result(store: Store) -> None:
    result = run_cohort(store, DEPRESSION)
    said = str(result)

    assert "SYNTHETIC" in said
    assert all(text in said for text, _ in result.caveats)
    assert any("how often an event happens" in text for text, _ in result.caveats)
    topics = [item.topic for item in result.checklist]
    cells = next(item.text for item in result.checklist if item.topic == "all four cells")
    assert len(topics) > 15
    assert ", ".join(str(n) for n in result.arms[0].frame.row(0)[2:6]) in cells
    assert "{" not in " ".join(item.text for item in result.checklist)


@pytest.mark.parametrize("name", sorted(load_lists().cohorts))
def test_shipped_cohorts_run(store: Store, name: str) -> None:
    result = run_cohort(store, load_spec(name))

    assert result.arms
    assert len(result.arms) + len(result.not_run) == len(result.spec.arms)
    for one in result.arms:
        labels = one.frame["label"].to_list()
        assert len(set(labels)) == len(labels)
        assert labels[0] == "as declared"


def test_settings_change_one_thing_each() -> None:
    tried = settings(DEPRESSION, ("gout",), ("one", "two"))
    base = tried[0]
    fields = [name for name in base.__slots__ if name not in ("kind", "label")]

    changed = [[name for name in fields if getattr(one, name) != getattr(base, name)] for one in tried[1:]]

    assert all(len(each) == 1 for each in changed)
    assert {name for each in changed for name in each} == set(fields)


def test_a_name_that_nobody_knows_is_an_error(store: Store) -> None:
    spec = DEPRESSION.model_copy(update={"exposed": ("botulinum_toxim",)})
    with pytest.raises(ValueError, match="botulinum_toxim"):
        run_cohort(store, spec)
