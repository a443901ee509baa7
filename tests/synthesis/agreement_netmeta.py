"""Every quantity of netmeta's reference outputs beside ours; ``make agreement`` writes the table.

A record that differs must be explained here, or the test fails; a part of the reference that is not compared must
be named here with its reason. Another part joins by adding its function to ``PARTS``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from glabella.synthesis import Network, component_network, network
from glabella.synthesis.networks._contribution import contribution
from glabella.synthesis.networks._designs import design_by_treatment
from glabella.synthesis.networks._fit import solve
from glabella.synthesis.networks._independent import independent
from glabella.synthesis.networks._split import node_split
from tests.synthesis.records import ITERATIVE, Part, Record, files, markdown, read, rows

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "agreement-netmeta.md"
FILES = files("netmeta")
#: tau2 by likelihood with and without the covariances of contrasts that share an arm (make_netmeta_tau2.R).
TAU2 = read(Path(__file__).parent / "reference" / "netmeta_tau2.json")["fits"]

#: Parts of the reference that are not compared, and why.
LEFT_OUT: dict[str, str] = {"nothing": "every number of the files is compared"}

COVARIANCES = (
    "by likelihood the reference's tau2 is not that of the model: netmeta 2.7, called with contrasts and without "
    "arms, as the reference was, leaves the covariances of contrasts that share an arm out of it (not out of the "
    "fit that follows). With those left out, metafor's rma.mv gives the reference's tau2; with them, and netmeta "
    "given the arms, ours (section 'arms known'); at the reference's tau2 all other numbers agree (section 'at the "
    "reference's tau2'), and our likelihood is higher at ours (tests/synthesis/networks/test_agreement.py)"
)
OPTIMISER = (
    "rma.mv's optimiser stops 1.1e-6 short: the derivative of the restricted likelihood is "
    "zero at ours and not at its own (tests/synthesis/networks/test_agreement.py)"
)
ROUNDED = (
    "effects of three studies with three arms are rounded to six digits and miss adding up by 1e-6: netmeta's "
    "decomposition takes two of the three contrasts, ours all of them; of the two alone ours is the same number "
    "(tests/synthesis/networks/test_agreement.py)"
)


def fitted(reference: dict[str, Any], method: Any = "DL") -> Network:
    """Our fit of the reference's contrasts."""
    given = reference["contrasts"]
    columns = (given[name] for name in ("studlab", "treat1", "treat2", "TE", "seTE"))
    return network(*columns, method=method, reference=reference["reference"])


def at(fit: Network, tau2: float) -> Network:
    """Fit the same network at another τ²."""
    of = fit.structure
    weights = independent(of, fit.given.se).weights(np.array([tau2]))
    return replace(fit, tau2=tau2, random=solve(of, fit.given.te, weights, of.index(fit.reference)))


def order(fit: Network, names: list[str]) -> list[int]:
    """Where the reference's treatments stand in ours: it sorts by the rules of a language."""
    return [fit.treatments.index(name) for name in names]


def matrix(
    section: str, quantity: str, fit: Network, ours: np.ndarray, theirs: Any, **more: Any
) -> Iterator[Record]:
    """Pair matrices, treatments by name."""
    found = ours[np.ix_(order(fit, theirs["rows"]), order(fit, theirs["cols"]))]
    expected = [value for row in theirs["values"] for value in row]
    yield from rows(section, quantity, more.pop("dataset"), found, expected, **more)


def random_effects(section: str, fit: Network, expected: dict[str, Any], **more: Any) -> Iterator[Record]:
    """Compare what follows from τ²."""
    for quantity in ("te_random", "se_random", "pi_low", "pi_high"):
        yield from matrix(section, quantity, fit, getattr(fit, quantity), expected[quantity], **more)
    place = order(fit, expected["treatments"])
    for small in ("good", "bad"):
        score = fit.p_scores(small_values=small)[place]
        yield from rows(section, f"p_score {small}", more["dataset"], score, expected[f"p_score_{small}"],
                        **{name: value for name, value in more.items() if name != "dataset"})  # fmt: skip


def fits(reference: dict[str, Any]) -> Iterator[Record]:
    """Compare DL, and by likelihood: at our τ², at the reference's, and with the reference's arms known."""
    dataset = reference["network"]
    for method in ("DL", "REML", "ML"):
        fit, expected, section = fitted(reference, method), reference[method], f"network {method}"
        numbers_of = {
            "k": "n_studies", "m": "n_pairwise", "q": "Q", "q_df": "df_Q", "q_p": "pval_Q",
        }  # fmt: skip
        for ours, theirs in numbers_of.items():
            yield from rows(section, ours, dataset, getattr(fit, ours), expected[theirs])
        yield from rows(section, "designs", dataset, len(fit.designs), expected["n_designs"])
        yield from rows(section, "i2", dataset, fit.i2 / 100, expected["I2"])
        yield from rows(section, "q_within", dataset, fit.q_within, expected["Q_heterogeneity"])
        yield from rows(section, "q_between", dataset, fit.q_between, expected["Q_inconsistency"])
        # A variance of zero stands as 1e-12 where a program has its logarithm.
        more: dict[str, Any] = {"dataset": dataset}
        if method != "DL":
            more |= {"relative": ITERATIVE, "absolute": 1e-9, "why": COVARIANCES}
        yield from rows(section, "tau2", more["dataset"], fit.tau2, expected["tau2"],
                        **{name: value for name, value in more.items() if name != "dataset"})  # fmt: skip
        yield from random_effects(section, fit, expected, **more)
        if method == "DL":
            continue
        known = at(fit, expected["tau2"])
        yield from random_effects(f"{section} at the reference's tau2", known, expected, dataset=dataset)
        full = TAU2[dataset][method]["full"]
        section = f"{section} arms known"
        yield from rows(section, "tau2", dataset, fit.tau2, full["tau2"], relative=ITERATIVE, absolute=1e-9,
                        why=OPTIMISER)  # fmt: skip
        against = fit.structure.index(TAU2[dataset][method]["reference"])
        place = order(fit, full["basic"])
        for quantity, theirs in (("te_random", "b"), ("se_random", "se")):
            yield from rows(section, quantity, dataset, getattr(fit, quantity)[place, against], full[theirs],
                            relative=ITERATIVE, absolute=1e-9)  # fmt: skip


def common(reference: dict[str, Any]) -> Iterator[Record]:
    """Compare the common effect, which netmeta prints with DL."""
    dataset, expected, fit = reference["network"], reference["DL"], fitted(reference)
    section = "network common"
    for quantity in ("te_common", "se_common"):
        yield from matrix(section, quantity, fit, getattr(fit, quantity), expected[quantity], dataset=dataset)
    score = fit.p_scores(model="common")[order(fit, expected["treatments"])]
    yield from rows(section, "p_score good", dataset, score, expected["p_score_common_good"])
    expected_hat = expected["hat_common"]
    assert expected_hat["rows"] == [fit.structure.studies[each] for each in fit.structure.study]
    # A zero stands as 1e-13 after the reference's pseudo-inverse, beside weights of up to 30.
    yield from rows(section, "hat", dataset, hat(fit, expected["treatments"]),
                    [value for row in expected_hat["values"] for value in row], absolute=1e-12)  # fmt: skip


def hat(fit: Network, treatments: list[str]) -> np.ndarray:
    """Hat matrix of the contrasts as netmeta has them: the treatment that sorts first against the other."""
    of = fit.structure
    place = {name: at for at, name in enumerate(treatments)}
    a, b = (np.array([place[of.treatments[each]] for each in side]) for side in (of.a, of.b))
    sign = np.where(a < b, 1.0, -1.0)
    covariance = of.incidence @ fit.common.cov[0] @ of.incidence.T
    return np.asarray(sign[:, None] * covariance * fit.common.weights[0] * sign)


def sorted_names(names: list[str]) -> list[str]:
    """Sort the treatments within each comparison or design as we do."""
    return [":".join(sorted(str(name).split(":"))) for name in names]


def designs(reference: dict[str, Any]) -> Iterator[Record]:
    """Compare the decomposition of Q by designs, and their interaction with treatments."""
    dataset, expected = reference["network"], reference["DL"]["decomp"]
    found = design_by_treatment(fitted(reference))
    section = "design_by_treatment"
    for row, part in enumerate(("q", "q_within", "q_between")):
        for suffix, theirs in (("", "Q"), ("_df", "df"), ("_p", "pval")):
            ours = getattr(found, part + suffix)
            yield from rows(section, part + suffix, dataset, ours, expected["Q"][theirs][row])
    random = expected["inc_random"]
    yield from rows(section, "tau2_within", dataset, np.sqrt(found.tau2_within), random["tau.within"])
    yield from rows(section, "q_random", dataset, found.q_random, random["Q"])
    yield from rows(section, "q_random_p", dataset, found.q_random_p, random["pval"])
    yield from rows(section, "q_random df", dataset, found.q_between_df, random["df"])
    own = expected["het_design"]
    place = [found.designs.index(design) for design in sorted_names(own["design"])]
    for ours, theirs in (("design_q", "Q"), ("design_df", "df"), ("design_p", "pval")):
        yield from rows(section, ours, dataset, getattr(found, ours)[place], own[theirs], absolute=1e-12)


def splits(reference: dict[str, Any]) -> Iterator[Record]:
    """Compare direct and indirect evidence."""
    dataset, expected = reference["network"], reference["DL"]["netsplit"]
    found = node_split(fitted(reference))
    pairs = [f"{a}:{b}" for a, b in zip(found.first, found.second, strict=True)]
    sorted_pairs = sorted_names(expected["comparison"])
    place = [pairs.index(pair) for pair in sorted_pairs]
    sign = np.where([a == b for a, b in zip(sorted_pairs, expected["comparison"], strict=True)], 1.0, -1.0)
    letters = {"studies": "k", "direct_se": "direct_se", "indirect_se": "indirect_se", "proportion": "prop",
               "p_value": "diff_p"}  # fmt: skip
    for ours, theirs in letters.items():
        yield from rows("node_split", ours, dataset, getattr(found, ours)[place], expected[theirs])
    for ours, theirs in (("direct", "direct"), ("indirect", "indirect"), ("difference", "diff")):
        yield from rows("node_split", ours, dataset, sign * getattr(found, ours)[place], expected[theirs])


def contributions(reference: dict[str, Any]) -> Iterator[Record]:
    """Compare contributions; of equally short paths the order of names decides, and so names sort as in netmeta."""
    dataset, expected = reference["network"], reference["DL"]["contribution_random"]
    names = {name: f"{place:02d} {name}" for place, name in enumerate(reference["DL"]["treatments"])}
    given = reference["contrasts"]
    renamed = {side: [names[name] for name in given[side]] for side in ("treat1", "treat2")}
    fit = fitted(reference | {"contrasts": given | renamed, "reference": None})
    found = contribution(fit)
    for side, first, second in (("rows", found.first, found.second), ("cols", found.edge_first, found.edge_second)):
        labels = [":".join(fit.treatments[i][3:] for i in pair) for pair in zip(first, second, strict=True)]
        assert labels == expected[side]
    yield from rows("contribution", "share", dataset, found.share,
                    [value for row in expected["values"] for value in row])  # fmt: skip


def components(reference: dict[str, Any]) -> Iterator[Record]:
    """Compare the additive component model, which one file has."""
    expected = reference.get("component_additive")
    if expected is None:
        return
    given = reference["contrasts"]
    columns = (given[name] for name in ("studlab", "treat1", "treat2", "TE", "seTE"))
    found = component_network(*columns, inactive=reference["reference"], method="DL")
    place = [found.components.index(name) for name in expected["components"]]
    for quantity in ("te_common", "se_common", "te_random", "se_random"):
        yield from rows("component_network", quantity, reference["network"], getattr(found, quantity)[place],
                        expected[quantity])  # fmt: skip
    for ours, theirs in (("q_additive", "Q_additive"), ("q_df", "df"), ("tau2", "tau2")):
        yield from rows("component_network", ours, reference["network"], getattr(found, ours), expected[theirs])


PARTS: tuple[Part, ...] = (common, fits, designs, splits, contributions, components)


def explanation(record: Record) -> str | None:
    """Why a number may differ, if that is known."""
    rounded = record.quantity in ("q_within", "q_between") or record.section == "design_by_treatment"
    if record.dataset == "Linde2016" and rounded:
        return ROUNDED
    return record.why


def table() -> str:
    """Write the agreement as Markdown."""
    return markdown(
        "netmeta",
        "Each number of the reference outputs (R, netmeta 2.7-0, six networks) beside ours: a relative difference "
        "of 1e-8, or 1e-6 where the reference comes from a general optimiser.",
        FILES, PARTS, explanation, LEFT_OUT,
    )  # fmt: skip


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
