"""A problem weighed: the same as its parts by hand, the gate, what was said, and what holds of any problem."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella.decision.preferences import (
    Reading,
    draw_outcomes,
    draw_weights,
    evpi,
    linear,
    means,
    perfect_information,
    smaa,
    trial_information,
)
from glabella.decision.weighing import Weighed, weigh
from tests.decision.preferences import reference_cases as cases
from tests.problems_made import changed, everything, read, trial


def weighed(folder: Path, data: dict[str, Any]) -> Weighed:
    return weigh(read(folder, data).problem)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Weighed:
    return weighed(tmp_path_factory.mktemp("whole"), everything())


def test_the_trial_is_ranked_as_its_parts_are(tmp_path: Path) -> None:
    found = weighed(tmp_path, trial())
    outcomes = draw_outcomes(cases.R3_CELLS)
    alone = smaa(linear(outcomes, *np.transpose(cases.R3_RANGES)), draw_weights(4).draws)
    assert found.ranking is not None
    assert found.ranking.said is None
    assert found.ranking.used.rank_acceptability.tolist() == alone.rank_acceptability.tolist()
    assert found.ranking.ranges[0].tolist() == pytest.approx(alone.first.tolist())
    assert (found.gate, found.net, found.information, found.planes) == (None, None, None, {})


def test_what_may_be_said_of_the_trial(tmp_path: Path) -> None:
    whole = weighed(tmp_path, changed(everything(), "gate", None))
    assert whole.ranking is not None
    said = dict(zip(whole.criteria, whole.ranking.first, strict=True))
    readings = {key: it.reading for key, it in said.items()}
    assert readings == {
        "response": Reading.UNSETTLED,
        "nausea": Reading.CHOOSE,
        "insomnia": Reading.LEAN,
        "anxiety": Reading.CHOOSE,
    }
    assert said["nausea"].share == pytest.approx(0.952, abs=4 * 0.0008)
    assert said["insomnia"].share == pytest.approx(0.730, abs=4 * 0.0016)
    assert whole.ranking.shares[0] == pytest.approx([0.371, 0.331, 0.298], abs=4 * 0.0018)
    assert whole.ranking.own is not None
    assert whole.ranking.own.reading is Reading.UNSETTLED


def test_who_does_too_little_is_not_ranked(tmp_path: Path) -> None:
    # Ten more of a hundred: 8 more with fluoxetine, 16 more with venlafaxine.
    found = weighed(tmp_path, everything())
    assert found.gate is not None
    assert found.gate.enters.tolist() == [True, False, True]
    assert found.entering == (0, 2)
    assert found.ranking is not None
    assert found.ranking.used.rank_acceptability.shape == (2, 2)
    assert found.net is not None
    assert found.net.mean.shape == (3,)
    none = weighed(tmp_path, changed(everything(), "gate.least", 0.5))
    assert (none.entering, none.ranking) == ((0,), None)
    harm = changed(everything(), "gate", {"criterion": "nausea", "least": 0.01, "why": "less"})
    assert weighed(tmp_path, harm).entering == (0,)


def test_net_benefit_and_the_plane_are_of_the_draws(whole: Weighed) -> None:
    assert whole.net is not None
    beyond = 1000 * (whole.mean - whole.mean[0])
    by_hand = beyond @ np.array([1, -0.2, -0.25, 0])
    assert whole.net.mean == pytest.approx(by_hand)
    assert whole.information is not None
    assert whole.information.perfect.all == pytest.approx(evpi(whole.net.per_draw[:, list(whole.entering)]))
    assert list(whole.planes) == [1, 2]
    it = whole.planes[2]
    assert it.better + it.worse + it.trade_more + it.trade_less == pytest.approx(1)


def test_knowing_more_is_worth_what_its_parts_say(whole: Weighed) -> None:
    it = whole.information
    assert it is not None
    assert (it.says, it.counted, it.arms, it.perfect.now) == ("trial", (0, 1, 2), (0, 1), 1)
    cells = [cases.R3_CELLS[option][:3] for option in (0, 2)]
    each = [1000, -200, -250]
    outcomes = draw_outcomes(cases.R3_CELLS)[:, [0, 2], :3]
    alone = perfect_information(outcomes * each, means(cells) * each)
    assert it.perfect.value == pytest.approx(alone.value)
    assert it.trials is not None
    assert (
        it.trials.value.tolist() == trial_information(cells, outcomes, each, (0, 1), it.trials.sizes).value.tolist()
    )
    # The trial that is named settles it with the chance wanted, and one half as large does not.
    assert it.settling in it.trials.sizes
    assert it.settling is not None
    large, small = trial_information(cells, outcomes, each, (0, 1), (it.settling // 2, it.settling)).settles[::-1]
    assert small < 2 / 3 - 0.05 < 2 / 3 - 0.02 < large < 2 / 3 + 0.03


def test_a_trial_settles_whether_an_option_does_enough_as_often_as_simulated(whole: Weighed) -> None:
    random, least = np.random.default_rng(7), 0.1
    assert list(whole.doubted) == [1, 2]
    for option, named in whole.doubted.items():
        assert named is not None
        arms = [
            random.beta(cell.events, cell.others, 100_000)
            for cell in (cases.R3_CELLS[option][0], cases.R3_CELLS[0][0])
        ]
        with_, without = (random.binomial(named.n, p) / named.n for p in arms)
        error = np.sqrt((with_ * (1 - with_) + without * (1 - without)) / named.n)
        settled = np.abs(with_ - without - least) > 1.959963984540054 * error
        assert settled.mean() == pytest.approx(named.settles, abs=0.01)
        assert 2 / 3 <= named.settles < 0.68


def test_what_is_as_good_as_sure_is_not_in_doubt(tmp_path: Path) -> None:
    data = changed(everything(), "options.fluoxetine.cells.response.counts", {"events": 900, "people": 1000})
    data = changed(data, "options.venlafaxine.cells.response.counts", {"events": 370, "people": 1000})
    sure = weighed(
        tmp_path, changed(data, "options.placebo.cells.response.counts", {"events": 370, "people": 1000})
    )
    assert sure.doubted == {}
    assert sure.information is not None
    assert (sure.information.says, sure.information.trials) == ("never", None)


def test_a_trial_too_large_to_be_tried_is_none(tmp_path: Path) -> None:
    data = everything()
    for option, events in (("placebo", 3000), ("fluoxetine", 4001), ("venlafaxine", 4000)):
        counts = {"events": events, "people": 10_000}
        data = changed(data, f"options.{option}.cells.response.counts", counts)
    assert weighed(tmp_path, data).doubted == {1: None, 2: None}


def test_a_prior_of_half_an_event_is_the_other(tmp_path: Path) -> None:
    found = weighed(tmp_path, changed(trial(), "prior", "jeffreys"))
    assert found.mean[0, 3] == pytest.approx(1.5 / 103, rel=0.01)
    assert weighed(tmp_path, trial()).mean[0, 3] == pytest.approx(2 / 104, rel=0.01)


def test_numbers_of_every_kind(tmp_path: Path) -> None:
    data = trial()
    for option, cell in (
        ("placebo", {"fixed": 1.0}),
        ("fluoxetine", {"normal": {"mean": 2.0, "sd": 0.5}}),
        ("venlafaxine", {"lognormal": {"mean": 1.0, "sd": 0.2}}),
    ):
        data = changed(data, f"options.{option}.cells.response", {**cell, "source": "TER11"})
    data = changed(data, "criteria.response.scale", "number")
    data = changed(data, "criteria.response.unit", "points")
    data = changed(data, "criteria.response.range", {"low": 0, "high": 4, "source": "TER11"})
    found = weighed(tmp_path, data)
    assert found.mean[:, 0] == pytest.approx([1, 2, np.exp(1.02)], rel=0.01)
    assert found.low[0, 0] == found.high[0, 0] == 1


def test_numbers_all_known_leave_a_range_as_it_is(tmp_path: Path) -> None:
    data = trial()
    for option in cases.R3_OPTIONS:
        data = changed(data, f"options.{option}.cells.nausea", {"fixed": 0.2, "source": "TER11"})
    found = weighed(tmp_path, data)
    assert found.ranking is not None
    assert found.ranking.hull[1].tolist() == [0.5, 0.04]


@pytest.mark.parametrize(
    ("statements", "kept"),
    [
        ([{"ratio": {"of": "response", "to": "nausea", "low": 2}}], 1 / 3),
        ([{"ratio": {"of": "response", "to": "nausea", "low": 1, "high": 3}}], 1 / 4),
        ([{"weight": {"of": "response", "low": 0.5}}], 1 / 8),
        ([{"first": "nausea"}], 1),
        ([{"first": "nausea"}, {"rank": ["anxiety", "insomnia"]}], 1 / 4),
    ],
)
def test_statements_leave_the_weights_that_they_should(
    tmp_path: Path, statements: list[dict[str, Any]], kept: float
) -> None:
    found = weighed(tmp_path, trial() | {"statements": statements})
    assert found.ranking is not None
    assert found.ranking.kept == pytest.approx(kept, abs=0.01)


def test_statements_that_contradict_each_other_name_their_field(tmp_path: Path) -> None:
    said = [{"rank": ["response", "nausea"]}, {"rank": ["nausea", "response"]}]
    with pytest.raises(ValueError, match="statements: 0 of 100 weights agree"):
        weighed(tmp_path, trial() | {"statements": said})


def test_a_number_too_large_names_its_field(tmp_path: Path) -> None:
    huge = {"lognormal": {"mean": 0, "sd": 1e9}, "source": "TER11"}
    data = changed(trial(), "criteria.nausea.scale", "number")
    data = changed(data, "criteria.nausea.unit", "days")
    for option, cell in zip(cases.R3_OPTIONS, (huge, *[{"fixed": 0.1, "source": "TER11"}] * 2), strict=True):
        data = changed(data, f"options.{option}.cells.nausea", cell)
    with pytest.raises(ValueError, match=r"options\.placebo\.cells\.nausea: draws reach"):
        weighed(tmp_path, data)


def test_evidence_too_unsure_ranks_nothing(tmp_path: Path) -> None:
    data = trial()
    for option in cases.R3_OPTIONS:
        for key in cases.R3_CRITERIA:
            none = {"counts": {"events": 1, "people": 2}, "source": "TER11"}
            data = changed(data, f"options.{option}.cells.{key}", none)
    found = weighed(tmp_path, data)
    assert found.ranking is not None
    assert {it.reading for it in found.ranking.first} == {Reading.EVIDENCE}


@settings(max_examples=4, deadline=None)
@given(st.permutations(range(3)), st.permutations(range(4)))
def test_the_order_of_the_file_moves_nothing_but_the_draws(
    tmp_path_factory: pytest.TempPathFactory, options: list[int], criteria: list[int]
) -> None:
    data = trial()
    data["options"] = {cases.R3_OPTIONS[o]: data["options"][cases.R3_OPTIONS[o]] for o in options}
    data["criteria"] = {cases.R3_CRITERIA[c]: data["criteria"][cases.R3_CRITERIA[c]] for c in criteria}
    found = weighed(tmp_path_factory.mktemp("order"), data)
    assert found.ranking is not None
    shares = dict(zip(found.options, found.ranking.free.first, strict=True))
    expected = dict(zip(cases.R3_OPTIONS, cases.R3_FIRST, strict=True))
    assert shares == pytest.approx(expected, abs=0.0005 + 4 * np.sqrt(0.25 / found.draws + 0.25 / cases.R3_DRAWS))
