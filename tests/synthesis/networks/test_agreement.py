"""Agreement with netmeta's reference outputs: every number agrees, or differs for a reason that is shown here."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.linalg import block_diag
from scipy.optimize import brentq

from glabella.synthesis import Network
from tests.synthesis import agreement_netmeta as agreement
from tests.synthesis.records import outputs, read

FILES = pytest.mark.parametrize("file", agreement.FILES, ids=lambda file: file.stem)
LIKELIHOODS = pytest.mark.parametrize("method", ["REML", "ML"])


@pytest.mark.parametrize("part", agreement.PARTS, ids=lambda part: part.__name__)
@FILES
def test_every_number_agrees_or_is_explained(file: Path, part: Any) -> None:
    differing = [r for r in part(read(file)) if not r.agrees and agreement.explanation(r) is None]
    assert differing == []


def test_the_table_in_the_docs_is_current() -> None:
    assert agreement.TABLE.read_text(encoding="utf-8") == agreement.table(), "`make agreement` writes it anew"


def adding_up(reference: dict[str, Any]) -> dict[str, Any]:
    """Keep of each study the contrasts with one arm, as netmeta does, and compute the others from them."""
    fit = agreement.fitted(reference)
    of, te = fit.structure, fit.given.te[0].copy()
    rank = [reference["DL"]["treatments"].index(name) for name in of.treatments]
    for group in of.multi_arm:
        for arms, rows in zip(group.arms.tolist(), group.rows, strict=True):
            first = min(arms, key=lambda arm: rank[arm])
            base = of.index(reference["reference"]) if reference["reference"] in of.treatments else first
            base = base if base in arms else first
            own = dict.fromkeys(arms, 0.0)
            for row in rows:
                if of.b[row] == base:
                    own[int(of.a[row])] = te[row]
                elif of.a[row] == base:
                    own[int(of.b[row])] = -te[row]
            for row in rows:
                te[row] = own[int(of.a[row])] - own[int(of.b[row])]
    return reference | {"contrasts": reference["contrasts"] | {"TE": te.tolist()}}


class Dense:
    """Contrasts of each study against one arm, as dense matrices: the model written out, or netmeta's short cut."""

    def __init__(self, fit: Network, base: str, order: list[str], covariances: bool) -> None:
        of, te, se = fit.structure, fit.given.te[0], fit.given.se[0]
        y, v, g, x = [], [], [], []
        for study in range(len(of.studies)):
            own = np.flatnonzero(of.study == study)
            there = {*of.a[own].tolist(), *of.b[own].tolist()}
            arms = sorted(there, key=lambda arm: order.index(of.treatments[arm]))
            baseline = of.treatments.index(base)
            baseline = baseline if baseline in arms else arms[-1]
            others = [arm for arm in arms if arm != baseline]
            effect = {(of.a[row], of.b[row]): te[row] for row in own}
            effect |= {(j, i): -value for (i, j), value in effect.items()}
            variance = {frozenset((int(of.a[row]), int(of.b[row]))): se[row] ** 2 for row in own}
            y += [effect[arm, baseline] for arm in others]
            to = {arm: variance[frozenset((arm, baseline))] for arm in others}
            v.append([[to[i] if i == j else (to[i] + to[j] - variance[frozenset((i, j))]) / 2 * covariances
                       for j in others] for i in others])  # fmt: skip
            g.append((np.eye(len(others)) + 1) / 2)
            design = np.zeros((len(others), of.n))
            design[np.arange(len(others)), others] = 1.0
            design[:, baseline] -= 1.0
            x.append(design)
        self.y, self.v, self.g = np.array(y), block_diag(*v), block_diag(*g)
        self.x = np.delete(np.concatenate(x), of.index(fit.reference), axis=1)

    def score(self, tau2: float, method: str) -> float:
        """Differentiate the log-likelihood by τ²."""
        w = np.linalg.inv(self.v + tau2 * self.g)
        p = w - w @ self.x @ np.linalg.solve(self.x.T @ w @ self.x, self.x.T @ w)
        expected = np.trace((p if method == "REML" else w) @ self.g)
        return float(self.y @ p @ self.g @ p @ self.y - expected) / 2

    def tau2(self, method: str) -> float:
        """Find the maximum by its derivative."""
        return 0.0 if self.score(0.0, method) <= 0 else float(brentq(self.score, 0, 5, args=(method,), xtol=1e-15))

    def log_likelihood(self, tau2: float, method: str) -> float:
        """With the constants that do not hang on τ² left out."""
        total = self.v + tau2 * self.g
        w = np.linalg.inv(total)
        gram = self.x.T @ w @ self.x
        residual = self.y - self.x @ np.linalg.solve(gram, self.x.T @ w @ self.y)
        found = -0.5 * (np.linalg.slogdet(total)[1] + residual @ w @ residual)
        return float(found - 0.5 * np.linalg.slogdet(gram)[1] if method == "REML" else found)


def dense(reference: dict[str, Any], method: str, covariances: bool) -> tuple[Network, Dense]:
    fit = agreement.fitted(reference, method)
    base = agreement.TAU2[reference["network"]][method]["reference"]
    return fit, Dense(fit, base, reference["DL"]["treatments"], covariances)


@LIKELIHOODS
@FILES
def test_without_the_covariances_the_likelihood_gives_the_tau2_of_the_reference(file: Path, method: str) -> None:
    reference = read(file)
    _, short = dense(reference, method, covariances=False)
    printed = reference[method]["tau2"]
    # rma.mv stops when the likelihood changes by a relative 1e-8, so that the variance is known to its square root.
    found = short.tau2(method)
    assert found == pytest.approx(printed, rel=1e-4, abs=1e-9)
    assert short.log_likelihood(found, method) == pytest.approx(short.log_likelihood(printed, method), rel=1e-8)
    # The same program at a tighter tolerance.
    again = agreement.TAU2[reference["network"]][method]["diagonal"]["tau2"]
    assert again == pytest.approx(found, rel=1e-5, abs=1e-9)


@LIKELIHOODS
@FILES
def test_with_the_covariances_our_tau2_is_the_maximum(file: Path, method: str) -> None:
    reference = adding_up(read(file))
    fit, whole = dense(reference, method, covariances=True)
    assert fit.tau2 == pytest.approx(whole.tau2(method), rel=1e-8, abs=1e-12)
    ours, theirs = (whole.log_likelihood(tau2, method) for tau2 in (fit.tau2, reference[method]["tau2"]))
    assert ours > theirs or reference[method]["tau2"] == pytest.approx(fit.tau2, abs=1e-11)


@LIKELIHOODS
@pytest.mark.parametrize("name", [name for name, fits in agreement.TAU2.items() if "arms" in fits["REML"]])
def test_the_reference_program_gives_our_tau2_once_it_is_given_the_arms(name: str, method: str) -> None:
    made = agreement.TAU2[name][method]["arms"]["tau2"]
    reference = outputs("netmeta", name)
    # At its usual tolerance, 1e-8 of the likelihood, its optimiser knows the variance to the square root of that.
    assert agreement.fitted(reference, method).tau2 == pytest.approx(made, rel=1e-4, abs=1e-9)


def test_the_optimiser_of_the_reference_stops_short() -> None:
    reference = outputs("netmeta", "smokingcessation")
    fit, whole = dense(reference, "REML", covariances=True)
    theirs = agreement.TAU2["smokingcessation"]["REML"]["full"]["tau2"]
    assert abs(whole.score(fit.tau2, "REML")) < 1e-3 * abs(whole.score(theirs, "REML"))


def test_two_contrasts_of_each_study_with_three_arms_give_the_decomposition_of_the_reference() -> None:
    reference = outputs("netmeta", "Linde2016")
    two = adding_up(reference)
    assert agreement.fitted(two).q_within == pytest.approx(reference["DL"]["Q_heterogeneity"], rel=1e-12)
    moved = np.subtract(two["contrasts"]["TE"], reference["contrasts"]["TE"])
    assert 1e-7 < np.abs(moved).max() < 2e-6


def test_two_contrasts_of_each_study_with_three_arms_give_the_designs_of_the_reference() -> None:
    two = adding_up(outputs("netmeta", "Linde2016"))
    assert [record for record in agreement.designs(two) if not record.agrees] == []
