"""Every effect size and pooled quantity of metafor's reference outputs, to a relative 1e-8."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glabella.synthesis import effect_size, pool

FOLDER = Path(__file__).parents[3] / "shared" / "reference" / "metafor"
FILES = sorted(FOLDER.glob("*.json"))
RELATIVE = 1e-8
#: Below this a quantity is compared as zero: it is a difference of numbers of order one.
ABSOLUTE = 1e-14

METHODS = {"FE": "common", "DL": "DL", "REML": "REML"}
QUANTITIES = {
    "estimate": "b", "se": "se", "statistic": "stat", "p_value": "pval", "ci_low": "ci_lb", "ci_high": "ci_ub",
    "tau2": "tau2", "tau2_se": "se_tau2", "i2": "I2", "h2": "H2", "q": "QE", "q_p": "QEp",
    "pi_low": "pi_lb", "pi_high": "pi_ub", "k": "k",
}  # fmt: skip

pytestmark = pytest.mark.skipif(not FILES, reason=f"the reference outputs are missing: {FOLDER}")


def same(found: float, expected: float) -> bool:
    if math.isnan(expected):
        return math.isnan(found)
    return math.isclose(found, expected, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def number(value: Any) -> float:
    if isinstance(value, list):
        value = value[0]
    return float(value) if isinstance(value, int | float) else math.nan


def measures(reference: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    for name in reference["effects"] or {}:
        measure, _, rule = name.partition("_to_")
        if rule:
            yield name, measure, {"to": rule}
        elif name == "SMD_UB":
            yield name, "SMD", {"vtype": "UB"}
        elif name in ("OR", "RR", "RD", "MD", "SMD"):
            yield name, name, {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_effect_sizes_agree(file: Path) -> None:
    reference = json.loads(file.read_text(encoding="utf-8"))
    if reference["kind"] not in ("2x2", "means"):
        pytest.skip("no two-group data in this file")
    compared = 0
    for name, measure, options in measures(reference):
        found = effect_size(measure, **options, **reference["raw"])  # type: ignore[arg-type]
        for ours, theirs in ((found.yi, "yi"), (found.vi, "vi")):
            for row, (a, b) in enumerate(zip(ours, reference["effects"][name][theirs], strict=True)):
                assert same(float(a), number(b)), f"{name} {theirs} in row {row}: {a} and {b}"
                compared += 1
    assert compared >= 2 * len(next(iter(reference["raw"].values())))


@pytest.mark.parametrize("test", ["z", "t", "knha"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_pooled_quantities_agree(file: Path, test: Any) -> None:
    reference = json.loads(file.read_text(encoding="utf-8"))
    effects = reference["effects"][reference["primary"]] if reference.get("primary") else reference["raw"]
    rows = reference.get("used") or range(len(effects["yi"]))
    yi = np.array([effects["yi"][row] for row in rows], dtype=float)
    vi = np.array([effects["vi"][row] for row in rows], dtype=float)
    for their_method, our_method in METHODS.items():
        expected = reference["fits"][their_method][test]
        fit: Any = pool(yi, vi, method=our_method, test=test)  # type: ignore[arg-type]
        for ours, theirs in QUANTITIES.items():
            if expected.get(theirs) is None:
                assert ours in ("tau2_se", "pi_low", "pi_high")
                assert our_method == "common"
                continue
            found = getattr(fit, ours)
            assert same(found, number(expected[theirs])), f"{our_method} {ours}: {found} and {expected[theirs]}"
        assert np.allclose(fit.weights, expected["weights"], rtol=RELATIVE, atol=0)
        if our_method == "common":
            continue
        limits = expected["confint"]
        for ours, row in (("tau2_ci", 0), ("i2_ci", 2), ("h2_ci", 3)):
            for found, side in zip(getattr(fit, ours), ("lb", "ub"), strict=True):
                theirs_limit = number(limits[side][row])
                assert same(found, theirs_limit), f"{our_method} {ours} {side}: {found} and {theirs_limit}"
