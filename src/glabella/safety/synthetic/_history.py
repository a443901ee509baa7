"""Histories of cases: first reports, follow-ups across eras, second copies, deletions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._data import read, stream
from glabella.safety.synthetic._quarters import as_integer, days, is_legacy

SUPERSEDED, DELETED, DUPLICATE = 1, 2, 4
#: Case numbers of the two eras; the numbering is shared, so a case keeps its number when it is carried over.
_FIRST_CASE, _FIRST_FAERS_CASE, _FIRST_ISR = 4_000_000, 10_000_000, 4_200_000
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class History:
    """Every version of every case, by era and then number, which is the order of ``report_id``.

    Attributes
    ----------
    content : ndarray of shape (reports,)
        What the version tells: a place in the contents. Versions and copies of a case share it.
    primaryid, caseid, caseversion, fda_date, quarter, flags, shortened : ndarray of shape (reports,)
        As FDA numbers them; ``quarter`` is a place among the quarters; ``shortened`` marks superseded versions
        that lack the last reaction. ``flags`` are those of the store: 1 superseded, 2 deleted case, 4 the member of
        a pair of copies that arrived earlier.
    copied : ndarray of shape (copies, 2)
        Case numbers of a second copy and of its original.
    deleted : ndarray of shape (listings, 2)
        Case number and place of the quarter whose list names it.
    first_day : ndarray of shape (contents,)
        Day of the first version, as a place on the axis of days.
    complete : ndarray of shape (contents,)
        Contents that have a second copy, so nothing of the duplicate key may be missing.
    """

    content: NDArray[np.int32]
    primaryid: Ints
    caseid: NDArray[np.int32]
    caseversion: NDArray[np.uint8]
    fda_date: NDArray[np.int32]
    quarter: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    shortened: NDArray[np.bool_]
    copied: Ints
    deleted: Ints
    first_day: NDArray[np.int32]
    complete: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Axis:
    """The days of all quarters in one line: where each quarter starts, and what may be copied in it."""

    start: Ints  # one more than quarters
    dates: NDArray[np.int32]
    faers: int  # first day of the FAERS era, or the end
    regime: Ints  # of each quarter: copies stay within a regime, where names and countries are written alike
    share: NDArray[np.float64]


def day_axis(quarters: tuple[str, ...]) -> NDArray[np.datetime64]:
    """Give all days of all quarters in order."""
    return np.concatenate([days(one) for one in quarters])


def histories(reports: int, quarters: tuple[str, ...], seed: int) -> History:
    """Draw exactly ``reports`` versions of cases."""
    plan: dict[str, Any] = read("shape")["history"]
    random = stream(seed, "history")
    axis = _axis(quarters, plan)
    n_follow = round(plan["follow_ups"] * reports) if reports > 1 else 0
    n_cases = reports - n_follow
    n_copies = round(plan["duplicates"] * n_cases) if (axis.regime > 0).any() else 0

    first = _first_days(n_cases - n_copies, axis, random)
    original, copy_day = _copies(n_copies, first, axis, plan["duplicate_lag_days"], random)
    # Cases in order of arrival; a copy arrives after its original or on the same day.
    case_day = np.concatenate([first, copy_day])
    order = np.argsort(case_day, kind="stable")
    case_day = case_day[order]
    case_content = np.concatenate([np.arange(len(first)), original])[order]
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    legacy_cases = int(np.searchsorted(case_day, axis.faers))
    number = np.arange(n_cases, dtype=np.int64)
    number += np.where(number < legacy_cases, _FIRST_CASE, _FIRST_FAERS_CASE - legacy_cases)

    complete = np.zeros(len(first), bool)
    complete[original] = True
    case, day = _versions(case_day, complete[case_content], n_follow, axis, plan, random)
    is_first = np.concatenate([[True], case[1:] != case[:-1]])
    start = np.flatnonzero(is_first)
    size = np.diff(np.append(start, reports))
    version = np.arange(reports) - np.repeat(start, size) + 1
    last = version == np.repeat(size, size)

    copies = place[len(first) :]
    last_day = day[start + size - 1]
    deleted = _deletions(complete[case_content], last_day, axis, quarters, plan, random)
    gone = np.zeros(n_cases, bool)
    gone[deleted[:, 0]] = True
    flags = np.where(last, 0, SUPERSEDED).astype(np.uint8)
    flags[gone[case]] |= DELETED
    shortened = ~last & (random.random(reports) < plan["shortened"])

    primaryid = _numbers(number[case], version, day, axis.faers)
    order = np.lexsort((primaryid, day >= axis.faers)) if axis.faers < axis.start[-1] else np.argsort(primaryid)
    case, day = case[order], day[order]
    flags = flags[order]
    flags[_earlier(case, flags, day, copies, place[original])] |= DUPLICATE
    return History(
        content=case_content[case].astype(np.int32),
        primaryid=primaryid[order],
        caseid=number[case].astype(np.int32),
        caseversion=version[order].astype(np.uint8),
        fda_date=axis.dates[day],
        quarter=(np.searchsorted(axis.start, day, side="right") - 1).astype(np.uint8),
        flags=flags,
        shortened=shortened[order],
        copied=np.column_stack([number[copies], number[place[original]]]),
        deleted=np.column_stack([number[deleted[:, 0]], deleted[:, 1]]),
        first_day=first.astype(np.int32),
        complete=complete,
    )


def _axis(quarters: tuple[str, ...], plan: dict[str, Any]) -> _Axis:
    size = [len(days(one)) for one in quarters]
    start = np.concatenate([[0], np.cumsum(size)])
    n_legacy = sum(is_legacy(one) for one in quarters)
    weight = []
    for one in quarters:
        era = "legacy" if is_legacy(one) else "faers"
        span = [int(q[:4]) * 4 + int(q[5]) for q in (*plan[f"{era}_span"], one)]
        growth = plan[f"{era}_growth"]
        along = (span[2] - span[0]) / (span[1] - span[0])
        weight.append(growth["first"] + along * (growth["last"] - growth["first"]))
    # 0: no country in the file, so the duplicate key is never complete; 1: legacy; 2: FAERS; 3: with ingredients.
    regime = [0 if one < "2005Q3" else 1 if is_legacy(one) else 2 if one < "2014Q3" else 3 for one in quarters]
    return _Axis(
        start=start,
        dates=as_integer(day_axis(quarters)),
        faers=int(start[n_legacy]),
        regime=np.array(regime),
        share=np.array(weight) / sum(weight),
    )


def _first_days(count: int, axis: _Axis, random: np.random.Generator) -> Ints:
    quarter = np.searchsorted(np.cumsum(axis.share)[:-1], random.random(count), side="right")
    length = np.diff(axis.start)
    day = axis.start[quarter] + (random.random(count) * length[quarter]).astype(np.int64)
    return np.sort(day.astype(np.uint16)).astype(np.int64)  # a radix sort: days number a few thousand


def _copies(
    count: int, first: Ints, axis: _Axis, lag_days: float, random: np.random.Generator
) -> tuple[Ints, Ints]:
    """Choose originals and the day of each second copy, in the same regime."""
    day_regime = np.repeat(axis.regime, np.diff(axis.start))
    able = np.flatnonzero(day_regime[first] > 0)
    original = np.sort(random.choice(able, min(count, len(able)), replace=False))
    if len(original) < count:
        raise ValueError(
            f"reports: too few in quarters with countries for {count} second copies, ask for more reports"
        )
    day = first[original] + random.exponential(lag_days, count).astype(np.int64)
    day = np.minimum(day, axis.start[-1] - 1)
    same = day_regime[day] == day_regime[first[original]]
    return original, np.where(same, day, first[original])


def _versions(
    case_day: Ints,
    paired: NDArray[np.bool_],
    count: int,
    axis: _Axis,
    plan: dict[str, Any],
    random: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Add follow-ups: case and day of every version, by case and then day.

    Follow-ups of a case with a second copy stay in its regime, so that the two remain alike.
    """
    n_cases = len(case_day)
    followed = random.choice(n_cases, max(1, round(plan["followed"] * count)), replace=False)
    case = followed[random.integers(0, len(followed), count)]
    first = case_day[case]
    day = first + 1 + random.exponential(plan["mean_lag_days"], count).astype(np.int64)
    if 0 < axis.faers < axis.start[-1]:
        carried = (first < axis.faers) & (random.random(count) < plan["carried_over"])
        beyond = axis.faers + random.exponential(plan["mean_lag_days"], count).astype(np.int64)
        day = np.where(carried, beyond, day)
    regime = np.repeat(axis.regime, np.diff(axis.start))
    end = np.where(paired[case], np.searchsorted(regime, regime[first], side="right"), axis.start[-1])
    # What would arrive after the end arrives at any day before it, so that the last day holds no heap.
    sooner = first + 1 + (random.random(count) * (end - first - 1)).astype(np.int64)
    day = np.minimum(np.where(day < end, day, sooner), end - 1)
    bits = 14  # days number fewer than 16,384 until 2048
    key = np.concatenate([np.arange(n_cases) << bits | case_day, case << bits | day])
    key.sort()
    return key >> bits, key & ((1 << bits) - 1)


def _deletions(
    kept: NDArray[np.bool_],
    last_day: Ints,
    axis: _Axis,
    quarters: tuple[str, ...],
    plan: dict[str, Any],
    random: np.random.Generator,
) -> Ints:
    """Choose deleted cases and the lists that name them; copies and their originals are kept."""
    lists = np.array([i for i, one in enumerate(quarters) if one >= plan["first_list"]])
    if not len(lists):
        return np.empty((0, 2), np.int64)
    able = np.flatnonzero(~kept)
    case = np.sort(random.choice(able, round(plan["deleted"] * len(able)), replace=False))
    quarter = np.searchsorted(axis.start, last_day[case], side="right") - 1
    later = quarter + random.integers(0, 3, len(case))
    # The first list also names every earlier deletion.
    when = lists[np.minimum(np.searchsorted(lists, later), len(lists) - 1)]
    again = (random.random(len(case)) < plan["listed_twice"]) & (when < lists[-1])
    return np.concatenate([np.column_stack([case, when]), np.column_stack([case[again], when[again] + 1])])


def _earlier(case: Ints, flags: NDArray[np.uint8], day: Ints, copies: Ints, originals: Ints) -> Ints:
    """Find the latest version of that member of each pair that arrived earlier; the store keeps the later one."""
    latest = np.zeros(case.max() + 1, np.int64)
    at = np.flatnonzero(flags & SUPERSEDED == 0)
    latest[case[at]] = at
    one, other = latest[copies], latest[originals]
    earlier = (day[one] < day[other]) | ((day[one] == day[other]) & (one < other))
    return np.where(earlier, one, other)


def _numbers(number: Ints, version: Ints, day: Ints, faers: int) -> Ints:
    """Give each version its number: ISR by arrival in legacy, case number followed by version in FAERS."""
    result = np.where(version < 10, number * 10, number * 100) + version
    legacy = np.flatnonzero(day < faers)
    arrival = legacy[np.argsort(day[legacy].astype(np.uint16), kind="stable")]
    result[arrival] = _FIRST_ISR + np.arange(len(arrival))
    return result
