"""Studies without an event, or with nothing else, tell nothing of a ratio: where they are left out."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from glabella.cli._main import main
from glabella.synthesis import HalfNormal, bayes, effect_size, pairwise, pool, pool_glmm, pool_mh, pool_peto

#: Two trials with three events each, and five without any, twice as many people in the first group.
TRIALS: dict[str, Any] = {
    "ai": [1, 2, 0, 0, 0, 0, 0], "n1i": [200, 400, 300, 300, 300, 300, 300],
    "ci": [2, 1, 0, 0, 0, 0, 0], "n2i": [100, 200, 150, 150, 150, 150, 150],
}  # fmt: skip


@pytest.mark.parametrize("measure", ["OR", "RR", "PETO"])
def test_trials_without_an_event_are_left_out_of_ratios(measure: Any) -> None:
    found = effect_size(measure, **TRIALS)
    alone = effect_size(measure, **{name: column[:2] for name, column in TRIALS.items()})
    assert found.defined.tolist() == [True, True] + [False] * 5
    assert np.isnan(found.yi[2:]).all()
    assert np.isnan(found.vi[2:]).all()
    assert found.yi[:2].tolist() == alone.yi.tolist()
    assert set(found.reason[2:]) == {"no event in either group"}
    assert set(found.reason[:2]) == {""}
    assert found.left_out == ("5 of 7 studies left out: no event in either group (rows 3, 4, 5, 6, 7)",)
    assert str(found).splitlines()[-1] == found.left_out[0]


def test_they_lend_no_precision() -> None:
    """What the other ways of pooling make of two trials of three events: nothing is known."""
    found = effect_size("OR", **TRIALS)
    fit = pool(found.yi[found.defined], found.vi[found.defined], test="z")
    mh = pool_mh("OR", **TRIALS)
    assert fit.k == mh.k == pool_glmm("OR", **TRIALS).k == pool_peto(**TRIALS).k == 2
    assert fit.ci_low < np.log(0.2)
    assert fit.ci_high > np.log(2)
    assert fit.estimate == pytest.approx(mh.estimate, abs=0.05)
    with pytest.raises(ValueError, match="row 3"):
        pool(found.yi, found.vi)


@pytest.mark.parametrize("measure", ["OR", "RR", "PETO"])
def test_everybody_an_event_tells_nothing_either(measure: Any) -> None:
    found = effect_size(measure, ai=[5, 3], n1i=[5, 9], ci=[8, 4], n2i=[8, 9])
    assert found.reason.tolist() == ["the event in everybody of both groups", ""]
    assert np.isnan(found.yi).tolist() == [True, False]


def test_rates_without_an_event_are_left_out_of_their_ratio() -> None:
    found = effect_size("IRR", x1i=[0, 3], t1i=[200, 50], x2i=[0, 2], t2i=[100, 40])
    assert found.reason.tolist() == ["no event in either group", ""]
    assert effect_size("IRD", x1i=[0], t1i=[200], x2i=[0], t2i=[100]).yi.tolist() == [0]


def test_drop00_gives_metafors_numbers() -> None:
    """By hand, with a half in each cell: log of (0.5/200.5)/(0.5/100.5) and so on."""
    asked: Any = {"ai": [0], "n1i": [200], "ci": [0], "n2i": [100], "drop00": False}
    assert effect_size("OR", **asked).yi[0] == pytest.approx(np.log(100.5 / 200.5))
    assert effect_size("OR", **asked).vi[0] == pytest.approx(2 / 0.5 + 1 / 200.5 + 1 / 100.5)
    assert effect_size("RR", **asked).yi[0] == pytest.approx(np.log(101 / 201))
    assert effect_size("RD", **asked).yi[0] == pytest.approx(0.5 / 201 - 0.5 / 101)
    # Peto: 0.5 events of one expected to split 201 to 101, over their hypergeometric variance.
    share = 201 / 302
    variance = share * (1 - share) * 301 / 301
    assert effect_size("PETO", **asked).yi[0] == pytest.approx((0.5 - share) / variance)
    rate = effect_size("IRR", x1i=[0], t1i=[200], x2i=[0], t2i=[100], drop00=False)
    assert rate.yi[0] == pytest.approx(np.log(0.5))


def test_petos_method_needs_nothing_added() -> None:
    """0 of 10 v 3 of 10: 1.5 events expected, variance 10 * 10 * 3 * 17 / (20**2 * 19)."""
    variance = 10 * 10 * 3 * 17 / (20**2 * 19)
    found = effect_size("PETO", ai=[0], n1i=[10], ci=[3], n2i=[10])
    assert found.yi[0] == pytest.approx(-1.5 / variance) == pool_peto(ai=[0], n1i=[10], ci=[3], n2i=[10]).estimate
    assert found.vi[0] == pytest.approx(1 / variance)
    halved = effect_size("PETO", ai=[0], n1i=[10], ci=[3], n2i=[10], add=0.5)
    assert halved.yi[0] == pytest.approx((0.5 - 2) / (11 * 11 * 4 * 18 / (22**2 * 21)))


def test_a_difference_is_of_the_counts_as_they_are() -> None:
    """Risks of 0, and of 6/11 and 0: a half would make -0.0049 and 0.5167 of the differences. Variances have it."""
    found = effect_size("RD", ai=[0, 6], n1i=[100, 11], ci=[0, 0], n2i=[50, 19])
    assert found.yi == pytest.approx([0, 6 / 11])
    assert found.vi[0] == pytest.approx(0.5 * 100.5 / 101**3 + 0.5 * 50.5 / 51**3)
    assert found.reason.tolist() == ["", ""]
    halved = effect_size("RD", ai=[0, 6], n1i=[100, 11], ci=[0, 0], n2i=[50, 19], add=0.5)
    assert halved.yi == pytest.approx([0.5 / 101 - 0.5 / 51, 6.5 / 12 - 0.5 / 20])
    assert halved.vi == pytest.approx(found.vi)
    pair = pairwise(["1", "1"], ["a", "b"], measure="RD", events=[0, 0], n=[100, 50])
    assert pair.te.tolist() == [0]
    assert pair.se**2 == pytest.approx(found.vi[:1])


def test_an_empty_cell_with_nothing_added_says_why_there_is_no_effect() -> None:
    found = effect_size("OR", ai=[0], n1i=[10], ci=[3], n2i=[10], to="none")
    assert np.isnan(found.yi[0])
    assert "empty cell" in found.reason[0]


def test_the_command_says_what_it_left_out(tmp_path: Path) -> None:
    rows = zip(*TRIALS.values(), strict=True)
    file = tmp_path / "trials.csv"
    file.write_text("ai,n1i,ci,n2i\n" + "\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    found = effect_size("OR", **TRIALS)
    run = CliRunner().invoke(main, ["pool", str(file), "--measure", "OR"])
    assert run.exit_code == 0
    assert found.left_out[0] in run.output
    assert "k = 2" in run.output
    run = CliRunner().invoke(main, ["pool", str(file), "--measure", "OR", "--json"])
    assert json.loads(run.output)["left_out"] == list(found.left_out)
    run = CliRunner().invoke(main, ["bayes", str(file), "--measure", "OR", "--tau-prior", "halfnormal:0.5"])
    assert found.left_out[0] in run.output
    assert "k = 2" in run.output
    assert bayes(found.yi[:2], found.vi[:2], tau_prior=HalfNormal(0.5)).k == 2
    file.write_text("ai,n1i,ci,n2i\n0,20,0,10\n0,30,0,10\n", encoding="utf-8")
    run = CliRunner().invoke(main, ["pool", str(file), "--measure", "RR"])
    assert run.exit_code == 2
    assert "no event in either group" in run.output
