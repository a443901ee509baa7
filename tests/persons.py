"""Made-up people for consultations about the shipped dossier: what each of them answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

TODAY = date(2024, 12, 1)
#: The day of every visit.
DAY = date(2024, 11, 30)
CRISIS = "Made-up line, day and night"

#: A woman of 45 with moderate depression who takes an SSRI; the others differ from her in what is said here.
WOMAN: dict[str, Any] = {
    "age": 45, "sex": "woman", "pregnant": "no", "breastfeeding": "no",
    "severity": {"scale": "madrs", "value": 27, "date": "2024-11-30"}, "item_nine": "not_at_all", "suicidal": "no",
    "diagnosis": "unipolar", "setting": "primary_care", "taking": ["ssri"], "begun": 12, "failed": "one",
    "nerve_muscle": "none", "swallowing": "no", "heart": "no", "allergy": "none", "drugs": "none", "skin": "no",
    "face": "no", "frown": "yes", "earlier": "none", "earlier_where": "none", "earlier_mood": "none",
}  # fmt: skip
PEOPLE: Mapping[str, dict[str, Any]] = MappingProxyType({
    "woman": {},
    "pregnant": {"age": 29, "pregnant": "yes", "taking": "none", "failed": "none",
                 "severity": {"scale": "phq9", "value": 12, "date": "2024-11-28"}},
    "myasthenia": {"nerve_muscle": ["myasthenia"], "swallowing": "yes"},
    "gentamicin": {"drugs": ["aminoglycoside"]},
    "six weeks ago": {"earlier": [{"product": "abobotulinumtoxinA", "units": 50, "date": "2024-10-19"}],
                      "earlier_where": "unknown", "earlier_mood": "unknown"},
    "given and gentamicin": {"earlier": [{"product": "abobotulinumtoxinA", "units": 50, "date": "2024-10-19"}],
                             "earlier_where": ["frown"], "drugs": ["aminoglycoside"]},
    "boy": {"age": 15, "sex": "man", "failed": "none", "taking": "none",
            "severity": {"scale": "phq9", "value": 16, "date": "2024-11-30"}},
    "bipolar": {"diagnosis": "bipolar", "sex": "man", "age": 61, "failed": "more", "taking": ["other_drug"]},
    "resistant": {"sex": "man", "age": 61, "failed": "more", "taking": ["other_drug"], "setting": "specialist",
                  "severity": {"scale": "ham_d17", "value": 22, "date": "2024-11-30"}},
    "untreated": {"taking": "none", "failed": "none"},
    "item nine": {"item_nine": "several_days"},
    "everything": {"item_nine": "nearly_every_day", "drugs": ["aminoglycoside", "relaxant", "anticoagulant"],
                   "heart": "yes", "face": "yes", "breastfeeding": "yes", "begun": 2, "age": 70,
                   "nerve_muscle": ["other"], "allergy": ["milk"]},
    "weak": {"nerve_muscle": ["other"], "swallowing": "yes"},
    "low": {"severity": {"scale": "phq9", "value": 3, "date": "2024-11-30"}},
    "stale": {"severity": {"scale": "madrs", "value": 27, "date": "2023-10-30"}},
    "in therapy": {"taking": ["ssri", "talking"]},
    "psychotic": {"diagnosis": "psychotic", "failed": "more"},
    "bipolar pregnant": {"age": 29, "pregnant": "yes", "diagnosis": "bipolar", "taking": ["ssri", "mood_drug"],
                         "item_nine": "several_days", "suicidal": "yes", "begun": 3},
    "myasthenia and drugs": {"age": 71, "nerve_muscle": ["myasthenia"], "swallowing": "unknown",
                             "drugs": ["aminoglycoside", "relaxant"]},
    "swallowing": {"swallowing": "yes"},
    "unknown": dict.fromkeys(WOMAN, "unknown"),
})  # fmt: skip


def written(folder: Path, name: str, **more: Any) -> Path:
    """Write the file of somebody."""
    answers = {**WOMAN, **PEOPLE[name]}
    order = {} if name == "unknown" else {"order": ["better", "unwanted"], "leads": "together"}
    target = folder / f"{name.replace(' ', '-')}.yaml"
    target.write_text(yaml.safe_dump({"date": str(DAY), "answers": answers, **order, **more}), encoding="utf-8")
    return target
