"""Run two published cases of benefit-risk analysis whose draws are not ours to give: from copies that you have.

R1, heparin against enoxaparin: ``inst/extdata`` of the R package smaa (CRAN, GPL-3), with the files
``thrombo-meas.txt.gz``, ``thrombo-weights-nopref.txt.gz``, ``thrombo-ranks-nopref.txt.gz`` and
``thrombo-values-nopref.txt.gz``. R7, benefit against harm: ``samples.txt`` of github.com/drugis/addis (GPL-3), in
``application/src/test/resources/org/drugis/addis/lyndobrien``.

    uv run python validation/preferences.py --smaa EXTDATA --addis samples.txt

Prints a table; ends with 1 where anything differs.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glabella.decision.preferences import acceptability, smaa

Floats = NDArray[np.float64]
#: What, what is expected, what was found, and by how much the expected number may be off since it was rounded.
Line = tuple[str, Floats, Floats, float]

#: As printed by the examples of smaa (tests/Examples/smaa-Ex.Rout.save).
FIRST = (0.3504, 0.6496)
CENTRAL = ((0.1865097, 0.2772205, 0.5362698), (0.4073100, 0.3641477, 0.2285423))
CONFIDENCE = (0.6682, 0.8956)
ENTROPY = 0.9344248
MEANS = (0.5895, 0.6584)
FIXED, FIRST_FIXED = (0.5, 0.2, 0.3), (0.1279, 0.8721)
#: As asserted by LyndOBrienModelTest.java.
SLOPES = (0.25, 0.5, 1.0, 2.0, 4.0)
ACCEPTED = (0.2876666666666667, 0.3506666666666667, 0.44433333333333336, 0.5286666666666666, 0.585)
EXACT = 1e-12


def r1(folder: Path) -> Iterator[Line]:
    """Compare what was printed of heparin and enoxaparin, and every rank and value that was stored."""
    values, weights = _dput(folder / "thrombo-meas.txt.gz"), _dput(folder / "thrombo-weights-nopref.txt.gz")
    worth = np.einsum("doc,dc->do", values, weights)
    found = smaa(values, weights)
    yield "R1 rank acceptability", _array((FIRST, FIRST[::-1])), found.rank_acceptability, EXACT
    yield "R1 central weights", _array(CENTRAL), found.central_weights, 5e-8
    yield "R1 confidence factors", _array(CONFIDENCE), found.confidence_factors, EXACT
    yield "R1 entropy of who is first, bits", _array([ENTROPY]), _array([found.entropy]), 5e-8
    yield "R1 entropy of the ranking, bits", _array([ENTROPY]), _array([found.ranking_entropy]), 5e-8
    yield "R1 pairwise, each over the other", _array(FIRST), found.pairwise[[0, 1], [1, 0]], EXACT
    yield "R1 mean values", _array(MEANS), worth.mean(axis=0), 5e-5
    yield "R1 first with weights fixed", _array(FIRST_FIXED), smaa(values, FIXED).first, EXACT
    ranks = 1 + (worth[:, ::-1] > worth)
    yield "R1 every stored rank", _dput(folder / "thrombo-ranks-nopref.txt.gz"), ranks.astype(float), EXACT
    # Written with fifteen digits.
    yield "R1 every stored value", _dput(folder / "thrombo-values-nopref.txt.gz"), worth, EXACT


def r7(file: Path) -> Iterator[Line]:
    """Compare how often the harm is borne, at five slopes."""
    with file.open(encoding="utf-8", newline="") as rows:
        draws = _array([[float(cell) for cell in row[-2:]] for row in csv.reader(rows) if _is_number(row[-1])])
    benefit, harm = draws.T
    yield "R7 acceptability at five slopes", _array(ACCEPTED), acceptability(benefit, harm, SLOPES), EXACT


def _array(numbers: object) -> Floats:
    return np.asarray(numbers, dtype=float)


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell) is not None


def _dput(file: Path) -> Floats:
    """Read an array as R writes it: ``structure(c(…), .Dim = c(…), …)``, the first index running fastest."""
    with gzip.open(file, "rt", encoding="utf-8") as text:
        body = text.read()
    found = re.match(r"structure\(c\((.*?)\),\s*\.?[Dd]im\s*=\s*c?\(?([\dL,\s]+)\)?", body, re.DOTALL)
    if found is None:
        raise SystemExit(f"{file}: no array as R writes one, expected structure(c(…), .Dim = c(…))")
    shape = [int(size.strip(" L\n")) for size in found[2].split(",") if size.strip(" L\n")]
    return np.array([float(x) for x in found[1].split(",")]).reshape(shape, order="F")


def main() -> None:
    """Compare what was given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smaa", type=Path, help="folder inst/extdata of the R package smaa")
    parser.add_argument("--addis", type=Path, help="samples.txt of ADDIS")
    given = parser.parse_args()
    if given.smaa is None and given.addis is None:
        parser.error("give --smaa, --addis or both")
    lines = [*(r1(given.smaa) if given.smaa else ()), *(r7(given.addis) if given.addis else ())]
    agree = []
    sys.stdout.write("| what | numbers | largest difference | allowed, as printed so | agrees |\n")
    sys.stdout.write("| --- | --: | --: | --: | --- |\n")
    for what, expected, found, allowed in lines:
        off = float(np.abs(expected - found).max()) if expected.shape == found.shape else np.inf
        agree.append(off <= allowed)
        said = "yes" if agree[-1] else "no"
        sys.stdout.write(f"| {what} | {expected.size:,} | {off:.1e} | {allowed:.0e} | {said} |\n")
    sys.exit(0 if all(agree) else 1)


if __name__ == "__main__":
    main()
