"""Made-up counts of 634 drugs and 756 events, shaped like a national database.

Usage: python make_counts.py OUT.csv.gz. Margins are log-normal; the ratio of a pair is drawn from a mixture of two
gamma distributions, few of them strong. A few events belong to a single drug, which leaves a cell empty.
"""

import gzip
import sys
from pathlib import Path

import numpy as np

DRUGS, EVENTS, REPORTS, SEED = 634, 756, 1_200_000, 20261129

rng = np.random.default_rng(SEED)
drug, event = rng.lognormal(0, 1.6, DRUGS), rng.lognormal(0, 1.9, EVENTS)
expected = REPORTS * np.outer(drug / drug.sum(), event / event.sum())
strong = rng.uniform(size=expected.shape) < 0.1
ratio = np.where(strong, rng.gamma(0.7, 1 / 0.23, expected.shape), rng.gamma(1.7, 1 / 2.2, expected.shape))
n = rng.poisson(expected * ratio)
alone = np.argsort(event)[:5]
n[:, alone] = 0
n[rng.integers(0, DRUGS, 5), alone] = rng.integers(1, 9, 5)
n[n.sum(axis=1) == 0, np.argmax(event)] = 1
n[np.argmax(drug), n.sum(axis=0) == 0] = 1

rows = "".join(f"D_{i + 1},E_{j + 1},{n[i, j]}\n" for i, j in np.argwhere(n))
Path(sys.argv[1]).write_bytes(gzip.compress(f"drug,event,n\n{rows}".encode(), 9, mtime=0))
