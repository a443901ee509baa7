"""Observations between visits, of the same people, and priors of a course: read, or refused with reasons."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from glabella.dossier import check, load, shipped
from glabella.dossier._course import CoursePriors
from glabella.dossier._observations import Observations

UNITS = {"value": 20, "unit": "U", "status": "seen", "source": "EXAMPLE"}


def number(value: float, **more: Any) -> dict[str, Any]:
    return {"value": value, "status": "seen", "source": "EXAMPLE", **more}


def time(**own: Any) -> dict[str, Any]:
    return {"id": "median", "study": "trial", "product": "drug", "dose": UNITS, "use": "fit",
            "kind": "median_duration", "observer": "physician", "definition": "onset", "responders_at": 30,
            "days": number(120), "after_day": 90, "by_day": 120, "people": number(100), **own}  # fmt: skip


def share(**own: Any) -> dict[str, Any]:
    return {"id": "share", "study": "trial", "product": "drug", "dose": UNITS, "use": "fit",
            "observer": "physician", "definition": "onset", "day": 30,
            "arm": {"events": number(40), "n": number(50)}, **own}  # fmt: skip


def read(**parts: Any) -> Observations:
    return Observations.model_validate({"muscle": [share()], "times": [time()], **parts})


def test_a_median_between_visits_is_read_and_an_older_one_without_them_too() -> None:
    assert read().times[0].last_day == 120
    assert read(times=[time(by_day=None, days=number(100, bound=">="))]).times[0].last_day == 90
    assert read(times=[time(after_day=None, by_day=None)]).times[0].last_day == 0
    mean = time(kind="mean_duration", after_day=None, by_day=None, visits=[28, 56], se=number(14))
    assert read(times=[mean]).times[0].last_day == 56


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ({"after_day": 130}, "lower limit 130 is above upper limit 120"),
        ({"after_day": 120}, "after_day and by_day are both 120"),
        ({"after_day": None}, "by_day stands alone"),
        ({"days": number(85)}, "days is 85, expected within after_day and by_day"),
        ({"days": number(121)}, "days is 121"),
        ({"responders_at": 91}, "responders_at is 91, expected no later than after_day, 90"),
        ({"kind": "mean_onset"}, "after_day is for a median_duration"),
        ({"visits": [28, 56]}, "visits and se are for a mean_duration"),
        (
            {"kind": "mean_duration", "after_day": None, "by_day": None, "visits": [56, 28]},
            "visits are out of order",
        ),
    ],
)
def test_what_cannot_be_of_a_time_is_said(own: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        read(times=[time(**own)])


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"muscle": [share(responders_at=30)]}, "responders_at is 30, expected a day before 30"),
        ({"ends": {"trial": number(100)}}, "median is of day 120, but trial ended on day 100"),
        ({"ends": {"trial": number(29)}, "times": []}, "share is of day 30, but trial ended on day 29"),
        ({"muscle": [share(group="all"), share(id="two", group="all", sex="men")]}, "of another sex"),
        ({"muscle": [share(group="all")], "times": [time(group="all", product="other")]}, "of another product"),
        ({"muscle": [share(group="all"), share(id="two", group="all")]}, "the same people on the same day"),
        (
            {"muscle": [share(group="all"),
                        share(id="two", group="all", day=60, arm={"events": number(4), "n": number(9)})]},
            "of 9.0 and 50.0 people|of 50.0 and 9.0 people",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_of_the_same_people_or_after_the_end_is_said(parts: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        read(**parts)


def test_visits_of_the_same_people_may_be_of_fewer_where_one_has_a_weight() -> None:
    fewer = share(id="two", group="all", day=60, weight=0.5, arm={"events": number(4), "n": number(9)})
    assert len(read(muscle=[share(group="all"), fewer]).muscle) == 2


def priors(**own: Any) -> dict[str, Any]:
    belief = {"mean": 0, "sd": 1}
    spread = {"ceiling": {"scale": 1}, "days": {"scale": 1}}
    return {
        "label_doses": {"drug": UNITS}, "responders_at": 30, "men_in_mixed": {"value": 0.1, "why": "made up"},
        "days": belief, "shape": belief, "onset": belief, "onset_spread": belief,
        "definitions": {"onset": {"ceiling": belief}}, "men": {}, "dose": {}, "trials": spread, "products": spread,
        **own,
    }  # fmt: skip


def test_what_cannot_be_believed_of_a_course_is_said() -> None:
    assert CoursePriors.model_validate(priors()).trials.onset is None
    belief = {"mean": 0, "sd": 1}
    for own, says in (
        ({"definitions": {"onset": {"ceiling": belief, "days": "one_grade"}}},
         "days of onset are those of one_grade"),
        ({"unknown": {"not_stated": {"between": ["onset", "one_grade"], "ceiling": belief, "days": belief}}},
         "definitions has no one_grade"),
        ({"label_doses": {"drug": {**UNITS, "unit": "mg"}}}, "label dose of drug is 20.0 mg"),
        ({"men_in_mixed": {"value": 2, "why": "made up"}}, "the share of men is 2"),
        ({"days": {"mean": 0, "sd": 0}}, "greater than 0"),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match=says):
            CoursePriors.model_validate(priors(**own))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "dossier"
    shutil.copytree(shipped(), folder)
    (folder / "mechanism" / "fit.json").unlink(missing_ok=True)
    return folder


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("loss: k_loss", "loss: k_gone", "the model has no 'k_gone'; expected one of its constants"),
        ("  relabotulinumtoxinA: {", "  saline: {", "no treatment 'saline' in products.yaml"),
        (
            "  relabotulinumtoxinA: {",
            "  letibotulinumtoxinA: {",
            "'relabotulinumtoxinA' has no dose under label_doses",
        ),
        ("  two_grades:\n", "  improved:\n", "course.yaml has no definition 'two_grades'; expected one of ["),
    ],
)
def test_the_course_and_the_observations_fit_each_other(copied: Path, old: str, new: str, says: str) -> None:
    path = copied / "mechanism" / "course.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    faults = [fault for fault in check(copied) if says in fault.message]
    assert faults
    assert all(fault.line > 1 for fault in faults)


def test_every_trial_is_held_out_in_turn_and_nothing_remembered_is_among_them() -> None:
    mechanism = load(fitted=False).mechanism
    assert mechanism is not None
    for each in (*mechanism.observations.muscle, *mechanism.observations.times):
        assert each.status not in ("recalled", "reported") or each.use == "context", each.id
