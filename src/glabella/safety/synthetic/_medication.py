"""The drugs of each content: a primary suspect and its companions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._blocks import blocks, mapped, starts
from glabella.safety.synthetic._data import read, stream
from glabella.safety.synthetic._vocabulary import Vocabulary

#: Rank of each role; the index stores the lowest of a drug's rows.
ROLES = {"PS": 1, "SS": 2, "I": 3, "C": 4}
#: Stands for an indication that is not given.
NONE = np.uint16(65535)


@dataclass(frozen=True, slots=True)
class Medication:
    """Drugs of every content in flat arrays, distinct and ascending by substance within a content.

    Attributes
    ----------
    start : ndarray of shape (contents + 1,)
        Where each content's drugs start.
    substance, product, indication : ndarray of uint16
        Ids; ``indication`` is 65535 where none is given.
    role : ndarray of uint8
        1 PS, 2 SS, 3 I, 4 C.
    suspect : ndarray of shape (contents,)
        The primary suspect.
    """

    start: NDArray[np.int32]
    substance: NDArray[np.uint16]
    product: NDArray[np.uint16]
    indication: NDArray[np.uint16]
    role: NDArray[np.uint8]
    suspect: NDArray[np.uint16]


def draw_medication(contents: int, words: Vocabulary, seed: int) -> Medication:
    """Draw primary suspects and companions, block by block."""
    parts = mapped(lambda block: _block(block, words, seed), blocks(contents))
    count, suspect, substance, product, indication, role = (np.concatenate(one) for one in zip(*parts, strict=True))
    return Medication(starts(count), substance, product, indication, role, suspect)


def _block(block: tuple[int, int], words: Vocabulary, seed: int) -> tuple[NDArray[np.integer], ...]:
    size, random = block[1] - block[0], stream(seed, "contents", block[0])
    shape = read("shape")["drugs"]
    by_share = np.argsort(-words.drug_share, kind="stable")
    cumulated = np.cumsum(words.drug_share[by_share])[:-1]
    suspect_rank = np.searchsorted(cumulated, random.random(size), side="right")
    extra = np.searchsorted(np.cumsum(shape["per_report"])[:-1], random.random(size), side="right")
    rank = np.searchsorted(cumulated, random.random(extra.sum()), side="right")
    # Moving a rank within its run of `areas` keeps its popularity and changes its area.
    areas = shape["areas"]
    near = (rank // areas) * areas + np.repeat(suspect_rank, extra) % areas
    moved = (random.random(len(rank)) < shape["same_area"]) & (near < len(by_share))
    rank = np.where(moved, near, rank)
    shares = shape["companion_roles"]
    kind = np.searchsorted(np.cumsum(list(shares.values()))[:-1], random.random(len(rank)), side="right")
    role = np.array([ROLES[one] for one in shares])[kind]

    report = np.arange(size)
    key = np.concatenate(
        [
            report << 20 | by_share[suspect_rank] << 4 | ROLES["PS"],
            np.repeat(report, extra) << 20 | by_share[rank] << 4 | role,
        ]
    )
    key.sort()
    key = key[np.concatenate([[True], key[1:] >> 4 != key[:-1] >> 4])]  # the lowest role of a repeated drug
    substance = key >> 4 & 0xFFFF
    count = np.bincount(key >> 20, minlength=size)
    brands = words.product_start[substance + 1] - words.product_start[substance]
    brand = words.product_start[substance] + (random.random(len(key)) * brands).astype(np.int64)
    indication = words.indication_choice[substance, random.integers(0, 8, len(key))]
    indication[random.random(len(key)) >= shape["indication_known"]] = NONE
    return (
        count.astype(np.uint8),
        by_share[suspect_rank].astype(np.uint16),
        substance.astype(np.uint16),
        words.product_order[brand],
        indication,
        (key & 15).astype(np.uint8),
    )
