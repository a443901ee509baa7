"""The vocabularies of a draw: synthetic names, and the few real ones of a dossier's demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._data import read, stream
from glabella.safety.synthetic._names import RealDrug, real_names

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names and planted popularity; every list is sorted, so that an id is a place in it.

    Attributes
    ----------
    dossier : str
        Whose real names are among them; empty where none are.
    substances, products, events, indications : tuple of str
        Upper-case names.
    ingredients : tuple of str
        FDA's ingredient string of each substance.
    product_substance : ndarray of shape (products,)
        The substance of each product.
    drug_share, event_share : ndarray
        Share of each substance among primary suspects, and base share of each event; both sum to one.
    real_drug, real_event : ndarray of bool
        Whether the name is a real one.
    product_start : ndarray of shape (substances + 1,)
        Where the products of each substance stand in ``product_order``.
    product_order : ndarray of shape (products,)
        Products by substance.
    indication_choice : ndarray of shape (substances, 8)
        Eight equally likely indications of each substance, with repetition.
    """

    dossier: str
    substances: tuple[str, ...]
    ingredients: tuple[str, ...]
    products: tuple[str, ...]
    events: tuple[str, ...]
    indications: tuple[str, ...]
    product_substance: NDArray[np.uint16]
    drug_share: Floats
    event_share: Floats
    real_drug: NDArray[np.bool_]
    real_event: NDArray[np.bool_]
    product_start: NDArray[np.int64]
    product_order: NDArray[np.uint16]
    indication_choice: NDArray[np.uint16]


def vocabulary(
    reports: int,
    seed: int,
    drugs: int | None = None,
    events: int | None = None,
    dossier: Path | str | None = None,
) -> Vocabulary:
    """Build the vocabularies: as many names as asked, or as many as suit the number of reports.

    Raises
    ------
    ValueError
        When fewer names are asked than the real ones, or more than an unsigned 16-bit id can number, or the
        dossier's names are wrong.
    """
    shape = read("shape")
    whose, real = real_names(dossier)
    real_drugs = {one.name.upper(): one for one in real.substances}
    real_events = {one.name.upper(): one.share for one in real.events}
    n_drugs = _size("drugs", drugs, reports, len(real_drugs))
    n_events = _size("events", events, reports, len(real_events))
    n_indications = _suited("indications", reports)

    made = [f"SYNTHDRUG {i:05d}" for i in range(1, n_drugs - len(real_drugs) + 1)]
    substances = tuple(sorted([*real_drugs, *made]))
    made_events = _event_names(n_events - len(real_events), seed)
    terms = tuple(sorted([*real_events, *made_events]))
    wanted = {one.upper() for drug in real.substances for one in drug.indications}
    indications = tuple(sorted(wanted | {f"SYNTHETIC INDICATION {i:05d}" for i in range(1, n_indications + 1)}))
    owner = {
        product: name
        for name in substances
        for product in (real_drugs[name].products if name in real_drugs else _brands(name))
    }
    products = tuple(sorted(owner))
    place = {name: i for i, name in enumerate(substances)}
    product_substance = np.array([place[owner[one]] for one in products], np.uint16)
    order = np.argsort(product_substance, kind="stable").astype(np.uint16)
    start = np.searchsorted(product_substance[order], np.arange(len(substances) + 1))

    real_drug = np.array([name in real_drugs for name in substances])
    real_event = np.array([name in real_events for name in terms])
    drug_given = {name: one.share for name, one in real_drugs.items()}
    return Vocabulary(
        dossier=whose,
        substances=substances,
        ingredients=tuple((one in real_drugs and real_drugs[one].ingredient) or one for one in substances),
        products=products,
        events=terms,
        indications=indications,
        product_substance=product_substance,
        drug_share=_shares(substances, drug_given, shape["drugs"], stream(seed, "popularity", 0)),
        event_share=_shares(terms, real_events, shape["events"], stream(seed, "popularity", 1)),
        real_drug=real_drug,
        real_event=real_event,
        product_start=start.astype(np.int64),
        product_order=order,
        indication_choice=_indications(substances, indications, real.substances, seed),
    )


def _suited(what: str, reports: int) -> int:
    shape = read("shape")
    size: float = shape[what]["full"] * min(1.0, reports / shape["full_at"]) ** 0.5
    return max(int(shape[what]["least"]), round(size))


def _size(what: str, asked: int | None, reports: int, real: int) -> int:
    if asked is None:
        return _suited(what, reports)
    most = 32767  # two products a substance must still fit in 16 bits
    if not real < asked <= most:
        raise ValueError(f"{what} is {asked}, expected {real + 1} (the real names and one more) to {most}")
    return asked


def _brands(substance: str) -> tuple[str, str]:
    return substance, substance.replace("SYNTHDRUG", "SYNTHBRAND")


def _event_names(count: int, seed: int) -> list[str]:
    marked = stream(seed, "names").random(count) < read("shape")["events"]["apostrophe"]
    return [f"SYNTHETIC PATIENT'S EVENT {i:05d}" if mark else f"SYNTHETIC EVENT {i:05d}"
            for i, mark in enumerate(marked, 1)]  # fmt: skip


def _shares(
    names: tuple[str, ...], given: dict[str, float], law: dict[str, float], random: np.random.Generator
) -> Floats:
    """Give the real names their shares and the rest a Zipf-Mandelbrot law in random order."""
    rest = [i for i, name in enumerate(names) if name not in given]
    rank = random.permutation(len(rest)) + 1.0
    weight = (rank + law["offset"]) ** -law["exponent"]
    share = np.array([given.get(name, 0.0) for name in names])
    share[rest] = weight / weight.sum() * (1.0 - share.sum())
    return share


def _indications(
    substances: tuple[str, ...], indications: tuple[str, ...], real: tuple[RealDrug, ...], seed: int
) -> NDArray[np.uint16]:
    place = {name: i for i, name in enumerate(indications)}
    random = stream(seed, "names", 1)
    # Few distinct indications a substance, the first of them in half the reports.
    few = random.integers(0, len(indications), (len(substances), 4))
    choice = few[:, [0, 0, 0, 0, 1, 1, 2, 3]].astype(np.uint16)
    at = {name: i for i, name in enumerate(substances)}
    for one in real:
        known = [place[name.upper()] for name in one.indications]
        choice[at[one.name.upper()]] = np.resize(known, 8)
    return choice
