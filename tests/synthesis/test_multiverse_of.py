"""Every combination of a dossier's choices, against the same analyses made one by one."""

from itertools import product

import numpy as np
import pytest

from glabella.dossier import Evidence, load
from glabella.synthesis import DeclaredMultiverse, arrays, contrasts, multiverse_of, pool

ALIKE = ("scores_all", "scores_30u_only", "scores_small", "scores_industry", "scores_with_other_site")


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load()


@pytest.fixture(scope="module")
def every(evidence: Evidence) -> DeclaredMultiverse:
    return multiverse_of(evidence, [evidence.dossier.analyses[key] for key in ALIKE])


def test_every_combination_is_there_once(evidence: Evidence, every: DeclaredMultiverse) -> None:
    options = evidence.dossier.choices.values()
    assert every.found.times.sum() == len(ALIKE) * np.prod([len(each) for each in options]) * 4 * 2
    assert list(every.found.options) == ["trials", *evidence.dossier.choices, "method", "test"]


def test_each_analysis_is_the_one_made_alone(evidence: Evidence, every: DeclaredMultiverse) -> None:
    """Made one by one, without any sharing of work, a part of all combinations gives a part of all results."""
    dossier, found = evidence.dossier, every.found
    some = {"every dose", "without the higher dose of the largest trial", "score, else response", "response only",
            "the trial's own", "patient's first", "main week", "last week reported", "any"}  # fmt: skip
    kept = [[(name, option) for name, option in each.items() if name in some] for each in dossier.choices.values()]
    for key, combination in product(("scores_all", "scores_with_other_site"), product(*kept)):
        analysis = dossier.analyses[key].choosing(*(option for _, option in combination))
        fit = pool(*arrays(contrasts(evidence, analysis).effects), method="DL", test="z")
        reached = (
            found.options["method"]["DL"] & found.options["test"]["z"] & found.options["trials"][analysis.label]
        )
        for choice, (name, _) in zip(dossier.choices, combination, strict=True):
            reached = reached & found.options[choice][name]
        ends = np.stack([found.estimate[reached], found.ci_low[reached], found.ci_high[reached]], axis=1)
        expected = [fit.estimate, fit.ci_low, fit.ci_high]
        assert np.isclose(ends, expected, rtol=1e-9, atol=0).all(axis=1).any(), (key, combination)


def test_options_that_are_not_possible_are_flagged(every: DeclaredMultiverse) -> None:
    analysed = np.isfinite(every.found.ci_low)
    assert not (analysed & every.found.options["scale"]["patient's only"]).any()
    assert set(every.found.reason[~analysed]) == {"fewer than two effects", "fewer than three trials"}


def test_methods_and_tests_can_be_chosen(evidence: Evidence) -> None:
    one = multiverse_of(evidence, [evidence.dossier.analyses["scores_all"]], methods=["REML"], tests=["z"])
    assert list(one.found.options["method"]) == ["REML"]
    assert one.effects


def test_nothing_to_pool_is_refused(evidence: Evidence) -> None:
    with pytest.raises(ValueError, match="no analysis has an effect"):
        multiverse_of(evidence, [])
