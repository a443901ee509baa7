"""The chances of a consultation from what was pooled: of the shipped dossier, and of one about a vaccine."""

from datetime import date
from typing import Any

import pytest

from glabella.brief import Results
from glabella.brief.consulted import effects_of
from glabella.decision.chances import Chance, Reading, consult
from glabella.dossier import Answers, Consultation, load
from tests import dossiers_made
from tests.decision.consultations import SAID, number, option, yes_no

TODAY = date(2026, 11, 30)


def baseline(control: str, share: dict[str, Any], when: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "label": "x",
        "control": control,
        "when": when or {},
        "time": "6 weeks",
        "percent": share,
        "why": SAID,
    }


def made(**more: Any) -> Consultation:
    """Give a consultation of the shipped dossier with the baselines of the methods, shortened."""
    return Consultation.model_validate({
        "title": "Shall we?", "first": [SAID], "event": "feel much better", "better": "higher", "gate": number(10),
        "asks": {"failed": {"label": "failed", "ask": "How many?", "kind": "number", "low": 0, "high": 9},
                 "expecting": yes_no("expecting")},
        "rules": {"expecting": {"when": {"expecting": ["yes"]}, "then": "caution", "text": SAID, "withhold": True}},
        "baselines": {
            "failed": baseline("placebo", number(23.5, low=18, high=30), {"failed": {"at_least": 2}}),
            "placebo": baseline("placebo", number(37.5, low=35, high=40)),
            "care": baseline("care", number(17, low=12, high=23)),
            "left": baseline("alone", number(23)),
        },
        "options": {
            "toxin": option(this=True, control="placebo",
                            effect={"analysis": "scores_all", "readings": ["scores_industry", "response_saline"]}),
            "tablet": option(control="placebo", effect={"treatment": "SSRI", "against": "Placebo"}),
            "talking": option(control="care", effect={"treatment": "Face-to-face CBT", "against": "UC"}),
            "waiting": option(effect={"baseline": "left"}),
        },
        **more,
    })  # fmt: skip


def of(results: Results, answers: Answers) -> dict[str, Chance]:
    asked = made()
    return consult(asked, answers, TODAY, effects_of(results, asked)).chances


def people(reading: Reading) -> list[int]:
    """Give of how many of a hundred, and the limits."""
    return [round(100 * value) for value in (reading.share.middles[0], reading.share.low, reading.share.high)]


@pytest.mark.parametrize(
    ("failed", "pooled", "largest", "less"),
    [(1.0, [65, 13, 98], [42, 31, 53], [55, 9, 96]), (2.0, [49, 7, 95], [27, 18, 39], [38, 5, 93])],
)
def test_the_made_up_people_of_the_methods(
    results: Results, failed: float, pooled: list[int], largest: list[int], less: list[int]
) -> None:
    """Each number as it was worked out apart from this program, within one of a hundred."""
    chance = of(results, {"failed": failed, "expecting": False})["toxin"]
    assert (chance.state, chance.certainty) == ("readings", "very low")
    assert [each.why for each in chance.refused] == ["very low", "wide"]
    assert chance.main is not None
    first, small, last = chance.readings
    assert [each.effect.id for each in chance.readings] == ["scores_industry", "response_saline", "scores_all"]
    assert last.effect.less == "observer"
    for reading, expected in ((chance.main, pooled), (first, largest), (last, less)):
        assert people(reading) == pytest.approx(expected, abs=1)
    assert chance.main.worse == pytest.approx(0.14, abs=0.005)
    assert small.share.middles[0] > chance.main.share.middles[0]


def test_the_gate_depends_on_the_reading(results: Results) -> None:
    chance = of(results, {"failed": 0.0, "expecting": False})["toxin"]
    assert chance.main is not None
    assert [round(each.enough[0], 2) for each in (chance.main, chance.readings[0]) if each.enough] == [0.77, 0.16]


def test_the_other_options_each_stand_against_their_own_control(results: Results) -> None:
    found = of(results, {"failed": 0.0, "expecting": False})
    assert [found[key].without.control for key in found if found[key].without] == [  # type: ignore[union-attr]
        "placebo", "placebo", "care", "alone"]  # fmt: skip
    for key in ("tablet", "talking"):
        assert found[key].state == "number"
        main = found[key].main
        assert main is not None
        assert main.effect.of == "next trial"
        assert main.share.low < main.share.middles[0] < main.share.high
    assert found["waiting"].number is not None


def test_who_must_not_be_given_a_number_is_not(results: Results) -> None:
    found = of(results, {"failed": 0.0, "expecting": True})
    assert (found["toxin"].state, found["toxin"].main, found["toxin"].number) == ("withheld", None, None)


def test_nothing_known_spans_everything_that_may_be(results: Results) -> None:
    nothing, known = (of(results, answers)["tablet"].main for answers in ({}, {"failed": 2.0}))
    assert nothing is not None
    assert known is not None
    assert nothing.share.low == known.share.low
    assert nothing.share.high > known.share.high


def test_what_has_no_effect_is_not_among_the_effects(results: Results) -> None:
    consultation = made()
    assert effects_of(results, consultation).keys() == {"toxin", "tablet", "talking"}


def test_a_vaccine_for_a_child_in_a_country_of_high_risk(tmp_path_factory: pytest.TempPathFactory) -> None:
    results = Results(load(dossiers_made.bcg(tmp_path_factory.mktemp("bcg") / "made")))
    consultation = made(
        event="fall ill", better="lower", rules={}, asks={"country": yes_no("country of high risk")},
        baselines={"high": baseline("none", number(0.9, low=0.5, high=1.4), {"country": ["yes"]}),
                   "low": baseline("none", number(0.01, low=0.005, high=0.02), {"country": ["no"]})},
        options={"vaccine": option(this=True, control="none",
                                   effect={"analysis": "all_trials", "readings": ["largest"]}),
                 "none": option(effect={"baseline": "high"})},
    )  # fmt: skip
    effects = effects_of(results, consultation)
    found = consult(consultation, {"country": True}, TODAY, effects).chances
    main = found["vaccine"].main
    assert main is not None
    assert main.effect.of == "next trial"
    assert main.share.middles[0] == pytest.approx(0.009 * 0.489, abs=1e-4)
    assert found["vaccine"].readings[0].effect.of == "these trials"
    assert found["none"].number is not None
    assert consult(consultation, {"country": False}, TODAY, effects).chances["none"].state == "withheld"
