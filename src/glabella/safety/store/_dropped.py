"""What a store lacks and what was dropped on the way into it, in words that every counting command prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glabella.safety.faers import QuarterManifest

#: What each count of rows that could not be used means; of how many, where a table has a number of rows.
_WORDS = {
    "demo_primaryid_not_a_number": "reports without a usable number, left out",
    "demo_repeats_a_primaryid": "reports that repeat a number of their quarter, left out (the latest stays)",
    "drug_without_report": "drug rows of no report, left out",
    "reac_without_report": "reaction rows of no report, left out",
    "indi_without_report": "indication rows of no report, left out",
    "reac_without_term": "reaction rows without a term, left out",
    "indi_without_term": "indication rows without a term, left out",
    "indi_without_drug": "indication rows of no drug of their report, left out",
    "drug_with_other_role": "drug rows in another role than PS, SS, C or I, counted in no role",
    "reports_without_drug": "reports without any drug row, in the total only",
    "reports_without_event": "reports without any reaction term, in the total only",
}
#: Files that hold no reports in any release.
_EXPECTED = ("no table", "statistics of the release", "says that the data are synthetic")
_NAMED = 3


def dropped_rows(rows: Mapping[str, int]) -> tuple[str, ...]:
    """Say what of the rows read could not be used; nothing where all could."""
    said = []
    for reason, words in _WORDS.items():
        count, of = rows.get(reason, 0), rows.get(f"{reason.split('_')[0]}_rows", 0)
        if count:
            share = f" of {of:,} ({count / of:.1%})" if of else ""
            said.append(f"{count:,}{share} {words}")
    return tuple(said)


def dropped_files(manifests: Mapping[str, QuarterManifest]) -> tuple[str, ...]:
    """Say which lines were rejected and which files that might hold reports were not read."""
    rejected: Counter[str] = Counter()
    ignored: list[str] = []
    for quarter, manifest in manifests.items():
        for file in manifest.files:
            rejected.update(file.rejected)
        ignored += [
            f"{file.member} of {quarter} ({file.why})" for file in manifest.ignored if file.why not in _EXPECTED
        ]
    said = [f"{count:,} lines rejected: {reason.replace('_', ' ')}" for reason, count in sorted(rejected.items())]
    if ignored:
        more = f" and {len(ignored) - _NAMED:,} more" if len(ignored) > _NAMED else ""
        said.append(f"{len(ignored):,} files not read: {', '.join(ignored[:_NAMED])}{more}")
    return tuple(said)


def quarters_between(first: str, last: str) -> tuple[str, ...]:
    """Name every quarter from the first to the last."""
    from glabella.safety.faers import quarters

    return tuple(map(str, quarters(f"{first}..{last}")))


def missing_quarters(quarters: Sequence[str]) -> tuple[str, ...]:
    """Name the quarters that are not there between the first and the last."""
    there = sorted(quarters)
    return tuple(one for one in quarters_between(there[0], there[-1]) if one not in there) if there else ()


def gaps(quarters: Sequence[str], store: Path | None) -> tuple[str, ...]:
    """Say which quarters are missing or unfinished, so that nobody takes a part for the whole."""
    said = []
    missing = missing_quarters(quarters)
    if missing:
        said.append(f"NOT IN THE STORE, and so not counted: {spans(missing)}")
    if store is not None:
        from glabella.safety.faers import unfinished

        left = unfinished(store)
        if left:
            said.append(
                f"INTERRUPTED, or still going on, and not counted: the ingest of {', '.join(left)} and what was to "
                "follow; ingest the same files again"
            )
    return tuple(said)


def spans(quarters: Sequence[str]) -> str:
    """Write quarters in the order of time, those that follow each other as a range."""
    from glabella.safety.faers import Quarter

    runs: list[list[Quarter]] = []
    for one in map(Quarter.parse, quarters):
        if runs and runs[-1][-1].next() == one:
            runs[-1].append(one)
        else:
            runs.append([one])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}..{run[-1]}" for run in runs)
