"""The topics that a report on disproportionality owes its readers, filled from a run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from glabella._version import __version__
from glabella.safety.cohort._cube import Names
from glabella.safety.cohort._result import ArmResult, Item
from glabella.safety.cohort._spec import CohortSpec
from glabella.safety.store import Description, Lists, unmapped_share

_DATABASE = "the FDA Adverse Event Reporting System (FAERS, and AERS before it), public quarterly files"


@cache
def _topics() -> Any:
    import yaml

    file = Path(__file__).parent.parent / "data" / "readus.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))["items"]


def caveats(spec: CohortSpec, lists: Lists) -> tuple[tuple[str, str], ...]:
    """Give the sentences that belong beside every ratio, each with its source."""
    return (*lists.caveats, (lists.reproduction, spec.reproduces)) if spec.reproduces else lists.caveats


def checklist(
    spec: CohortSpec,
    names: Names,
    arms: Sequence[ArmResult],
    described: Description,
    said: tuple[tuple[str, str], ...],
    coverage: str = "",
) -> tuple[Item, ...]:
    """Fill the topics of READUS-PV.

    Parameters
    ----------
    spec : CohortSpec
        The declaration.
    names : Names
        What its names stood for.
    arms : sequence of ArmResult
        What came out.
    described : Description
        The store's own.
    said : tuple of (str, str)
        Sentences that belong beside every ratio, as :func:`caveats` gives them.
    coverage : str
        Which declared quarters the store lacks.

    Returns
    -------
    tuple of Item
    """
    known = _filled(spec, names, arms, described, coverage) | {"caveats": " ".join(text for text, _ in said)}
    return tuple(
        Item(one["section"], one["topic"], one["text"].format(**known), one.get("author", "")) for one in _topics()
    )


def _filled(
    spec: CohortSpec, names: Names, arms: Sequence[ArmResult], described: Description, coverage: str
) -> dict[str, Any]:
    first, last = spec.quarters or (described.quarters[0], described.quarters[-1])
    lacking = [*([coverage] if coverage else []), *described.gaps]
    excluded = (
        *spec.exclude.drugs,
        *spec.exclude.indications,
        *(f"reporter {who}" for who in spec.exclude.reporters),
    )
    declared = [one.frame.row(0, named=True) for one in arms]
    return {
        "database": _DATABASE + ("; SYNTHETIC REPORTS" if described.synthetic else ""),
        "title": spec.title,
        "exposed": ", ".join(spec.exposed),
        "primary": spec.events.primary,
        "rationale": spec.rationale,
        "question": spec.question,
        "comparators": "; ".join(f"{one.arm.label}: {_comparators(one)}" for one in arms),
        "n_arms": len(arms),
        "n_settings": max(len(one.settings) for one in arms),
        "first": first,
        "last": last,
        "coverage": "".join(f" {one[0].upper()}{one[1:]}." for one in lacking),
        "settings_of_store": str(described.settings),
        "dropped": f" Dropped: {'; '.join(described.dropped)}." if described.dropped else "",
        "n_quarters": len(described.quarters),
        "reports": f"{described.reports:,}",
        "kept": f"{described.kept[spec.mode]:,}",
        "unmapped": unmapped_share({"names": described.names}),
        "mode": spec.mode,
        "cleaning": "; ".join(
            f"{rule['id']}: {rule['reports']:,} reports" for rule in described.rules if rule["on"]
        ),
        "exclusions": ", ".join(excluded) or "none",
        "role": spec.role,
        "exposed_names": f"Substances of the store: {len(names.exposed)}, products: {len(names.exposed_products)}.",
        "event_terms": "; ".join(f"{name}: {', '.join(terms).lower()}" for name, terms in names.terms.items()),
        "adjust": ", ".join(spec.adjust).replace("_", " "),
        "settings": "; ".join(one.label for one in arms[0].settings[1:]),
        "cells": "; ".join(
            f"{one.arm.label}: {row['exposed_with']}, {row['exposed_without']}, {row['comparator_with']}, "
            f"{row['comparator_without']}"
            for one, row in zip(arms, declared, strict=True)
        ),
        "missing": "; ".join(
            f"{one.arm.label}: " + ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in one.missing.items())
            for one in arms
        ),
        "reporters": "; ".join(
            f"{one.arm.label}: " + ", ".join(f"{who} {n:,}" for who, n in one.reporters.items()) for one in arms
        ),
        "version": __version__,
        "digest": hashlib.sha256(spec.model_dump_json().encode()).hexdigest()[:12],
        "store": described.digest,
    }


def _comparators(one: ArmResult) -> str:
    named = one.arm.comparators
    return named if isinstance(named, str) else ", ".join(named)
