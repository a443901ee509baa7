"""Networks: treatments without events, correlated arms, names that look alike, what is printed. SYNTHETIC data."""

import math
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from glabella.cli import main
from glabella.synthesis import network, network_mh, network_peto, pairwise, pool_peto
from tests.edges.attempts import attempt


def test_a_treatment_without_events_has_a_peto_odds_ratio() -> None:
    """By hand, one trial of two arms: O - E = 0 - 5/2, V = 5 x 35 x 20 x 20 / (40² x 39)."""
    v = 5 * 35 * 20 * 20 / (40**2 * 39)
    found = network_peto(["1", "1"], ["A", "B"], [0, 5], [20, 20])
    at, of = found.treatments.index("A"), found.treatments.index("B")
    assert found.te_common[at, of] == pytest.approx(-2.5 / v)
    assert found.se_common[at, of] == pytest.approx(1 / math.sqrt(v))


def test_a_network_of_two_treatments_without_events_in_one_is_petos_method() -> None:
    pair = pool_peto(ai=[0, 0], n1i=[20, 30], ci=[5, 4], n2i=[20, 25])
    found = network_peto([1, 1, 2, 2], list("ABAB"), [0, 5, 0, 4], [20, 20, 30, 25])
    assert found.te_common[0, 1] == pytest.approx(pair.estimate)
    assert found.se_common[0, 1] == pytest.approx(pair.se)


def test_a_third_treatment_without_events_does_not_end_the_network() -> None:
    """A tree: each comparison is that of its own trial."""
    found = network_peto([1, 1, 2, 2], list("ABAC"), [4, 5, 3, 0], [20, 20, 20, 20])
    v = 3 * 37 * 20 * 20 / (40**2 * 39)
    assert found.te_common[0, 2] == pytest.approx(1.5 / v)


@pytest.mark.parametrize("se", [(0.3, 0.2, 0.2), (0.2, 0.2, 0.3), (0.25, 0.5, 0.26)], ids=str)
def test_contrasts_of_correlated_arms_are_not_said_to_be_impossible(se: tuple[float, float, float]) -> None:
    """Of independent arms the variance of one would be below 0, but paired arms can have such contrasts.

    For any three of which none is longer than the two others together there are three correlated estimates.
    """
    assert max(se) < sum(se) - max(se)
    trial = (["1"] * 3 + ["2", "3"], list("AABAA"), list("BCCBC"), [0.1, 0.4, 0.3, 0.2, 0.3], [*se, 0.2, 0.3])
    _, says = attempt(lambda: network(*trial))
    assert not says or re.search(r"independent|correlat|paired|crossover|within", says)


LOOKALIKES = [("Drug", "drug"), ("Drug", "Drug "), ("Drug A", "Drug  A"), ("DRUG", "Drug")]


@pytest.mark.parametrize("names", LOOKALIKES, ids=repr)
@pytest.mark.parametrize("call", ["network", "network_mh", "network_peto", "pairwise"])
def test_names_that_look_alike_are_one_treatment_or_an_error(call: str, names: tuple[str, str]) -> None:
    one, other = names
    arms = (["1", "1", "2", "2"], [one, "P", other, "P"])
    calls: dict[str, Any] = {
        "network": lambda: network(["1", "2"], [one, other], ["P", "P"], [0.1, 0.2], [0.1, 0.1]),
        "network_mh": lambda: network_mh(*arms, [2, 3, 4, 5], [10] * 4),
        "network_peto": lambda: network_peto(*arms, [2, 3, 4, 5], [10] * 4),
        "pairwise": lambda: pairwise(*arms, measure="OR", events=[2, 3, 4, 5], n=[10] * 4),
    }
    found, says = attempt(calls[call])
    if says:
        assert one in says
        assert other in says
    else:
        treatments = {*found.treat1, *found.treat2} if call == "pairwise" else set(found.treatments)
        assert len(treatments) == 2


@pytest.mark.parametrize("other", ["placebo", "Placebo ", "PLACEBO"], ids=repr)
def test_the_command_refuses_names_that_look_alike_or_takes_them_as_one(tmp_path: Path, other: str) -> None:
    file = tmp_path / "data.csv"
    rows = f"1,A,Placebo,0.1,0.2\n2,A,{other},0.4,0.2\n3,A,Placebo,0.3,0.2\n"
    file.write_text(f"studlab,treat1,treat2,te,se\n{rows}", encoding="utf-8")
    done = CliRunner().invoke(main, ["network", str(file)])
    if done.exit_code == 0:
        assert "2 treatments" in done.stdout
    else:
        assert done.exit_code == 2
        assert "Placebo" in done.stderr
        assert other.strip() in done.stderr


ARMS = "studlab,treat,events,n\na,P,5,50\na,X,11,52\nb,P,7,60\nb,Y,15,61\nc,X,12,48\nc,Y,14,50\n"


def printed(tmp_path: Path, *options: str) -> str:
    file = tmp_path / "arms.csv"
    file.write_text(ARMS, encoding="utf-8")
    done = CliRunner().invoke(main, ["network", str(file), "--measure", "OR", *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def fit() -> Any:
    rows = [row.split(",") for row in ARMS.splitlines()[1:]]
    study, treat, events, n = zip(*rows, strict=True)
    made = pairwise(study, treat, measure="OR", events=[float(e) for e in events], n=[float(each) for each in n])
    return network(made.studlab, made.treat1, made.treat2, made.te, made.se)


def test_ranks_of_every_table_go_by_what_is_good(tmp_path: Path) -> None:
    """Where small values are bad, each P-score is one less that where they are good, in the first table too."""
    found = fit()
    head = printed(tmp_path, "--small-values", "bad").split("tau^2")[0]
    for place, name in enumerate(found.treatments):
        line = next(line for line in head.splitlines() if line.startswith(f"{name} "))
        assert float(line.split()[-1]) == pytest.approx(1 - found.p_score[place], abs=6e-5)


def test_ratios_are_shown_in_the_table_against_the_reference(tmp_path: Path) -> None:
    found = fit()
    head = printed(tmp_path, "--ratio").split("tau^2")[0]
    for name in ("X", "Y"):
        line = next(line for line in head.splitlines() if line.startswith(f"{name} "))
        ratio = math.exp(found.te_random[found.treatments.index(name), found.treatments.index("P")])
        assert float(line.split()[1]) == pytest.approx(ratio, abs=0.006)


def test_ratios_are_shown_of_direct_and_indirect_evidence(tmp_path: Path) -> None:
    split = fit().node_split()
    said = printed(tmp_path, "--ratio").split("Direct and indirect")[1]
    line = next(line for line in said.splitlines() if line.startswith("P : X"))
    numbers = [float(each) for each in re.findall(r"-?\d+\.\d+", line)]
    assert any(number == pytest.approx(math.exp(split.direct[0]), abs=0.006) for number in numbers)
    assert not any(number == pytest.approx(split.direct[0], abs=6e-5) for number in numbers)
