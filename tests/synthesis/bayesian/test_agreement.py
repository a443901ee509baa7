"""Agreement with bayesmeta's reference outputs: every number agrees, or differs for a reason that is shown here."""

import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.synthesis import agreement_bayesmeta as agreement
from tests.synthesis.records import outputs, read

# The grids of the reference are emulated once for all.
pytestmark = pytest.mark.xdist_group("agreement_bayesmeta")
FILES = pytest.mark.parametrize("file", agreement.FILES, ids=lambda file: file.stem)
FINE = Path(__file__).parents[1] / "reference" / "bayesmeta_fine.json"


@pytest.mark.parametrize("part", agreement.PARTS, ids=lambda part: part.__name__)
@FILES
def test_every_number_agrees_or_is_explained(file: Path, part: Any) -> None:
    differing = [r for r in part(read(file)) if not r.agrees and agreement.explanation(r) is None]
    assert differing == []


def test_the_table_in_the_docs_is_current() -> None:
    assert agreement.TABLE.read_text(encoding="utf-8") == agreement.table(), "`make agreement` writes it anew"


@FILES
def test_nothing_of_the_exact_posterior_of_tau_differs_but_what_is_searched_for(file: Path) -> None:
    # The reference integrates over tau adaptively, not on its grid.
    differing = {r.quantity for r in agreement.exact(read(file)) if r.section == "bayes tau" and not r.agrees}
    assert differing <= {"mode", "low", "high"}


def test_on_a_finer_grid_the_reference_comes_to_ours() -> None:
    fine = read(FINE)
    coarse = outputs("bayesmeta", fine["dataset"])
    before: dict[tuple[str, str], float] = defaultdict(float)
    after: dict[tuple[str, str], float] = defaultdict(float)
    for old, new in zip(agreement.exact(coarse), agreement.exact(fine), strict=True):
        if not old.agrees and old.quantity not in ("mode", "low", "high"):
            place = old.section, old.quantity
            before[place] = max(before[place], abs(old.ours - old.theirs))
            after[place] = max(after[place], abs(new.ours - new.theirs))
    assert len(before) >= 10
    # A hundredth of the divergence: distances within a bin, its root, fall to a tenth, errors at least as much.
    for place, apart in before.items():
        assert after[place] <= 0.1 * apart, place


@FILES
def test_our_modes_are_higher_and_our_shortest_intervals_shorter(file: Path) -> None:
    for _, fit, expected in agreement.fits(read(file)):
        for quantity in ("tau", "mu", "theta_new"):
            one = getattr(fit, quantity)
            mode, *_, low, high = expected["summary"][quantity]
            assert one.density(one.mode) >= one.density(mode) * (1 - 1e-12)
            assert one.density(mode) >= one.density(one.mode) * (1 - 1e-4)  # and theirs is as good as flat
            ours, held = one.interval(), one.cdf(high) - one.cdf(low)
            assert one.cdf(ours[1]) - one.cdf(ours[0]) == pytest.approx(0.95, abs=1e-9)
            # Theirs holds a little more or less than 95 % of the exact posterior: compared is the same content.
            same = one.interval(held)
            assert same[1] - same[0] <= (high - low) * (1 + 1e-9)


def test_the_marginal_likelihood_is_that_of_the_reference_where_priors_are_proper() -> None:
    for file in agreement.FILES:
        for _, fit, expected in agreement.fits(read(file)):
            if expected["marginal"] is None:
                assert fit.improper
                assert math.isnan(fit.log_marginal)
            else:
                assert not fit.improper
                assert math.exp(fit.log_marginal) == pytest.approx(expected["marginal"], rel=1e-12)
