"""A mechanism of another treatment, all of it made up: for a stiff jaw, with a fit whose numbers say nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from glabella.dossier import Evidence, Fitted, load
from tests.dossier.test_mechanism import FILES
from tests.made_up import write_fuller

WORDS = """\
part: jaw
definitions: {onset: somebody sees it}
repeated:
  - {text: Nobody gave it again., status: missing}
"""


def other(folder: Path, words: str = WORDS, **changes: Any) -> Evidence:
    """Give the starter dossier with a small mechanism and a made-up fit, changed in some places."""
    read = unfitted(folder, words)
    assert read.mechanism is not None
    return replace(read, mechanism=replace(read.mechanism, fitted=fit(**changes)))


def unfitted(folder: Path, words: str = WORDS) -> Evidence:
    """Give the starter dossier with a small mechanism that was not fitted."""
    if not folder.exists():
        write_fuller(folder)
        (folder / "mechanism").mkdir()
        for name, text in {**FILES, "words.yaml": words}.items():
            text = text.replace("site: frown", "site: jaw")
            (folder / "mechanism" / name).write_text(text, encoding="utf-8")
    return load(folder)


def fit(**changes: Any) -> Fitted:
    """Make a small fit up, of one dose and one explanation."""
    days = (0.0, 7.0, 70.0)
    data: dict[str, Any] = {
        "format": 2, "function": "glabella.mechanism.analyse", "version": "made up", "seed": 1, "level": 0.9,
        "inputs": {}, "muscle": muscle(), "responders_at": 30.0,
        "chain": {"log_likelihood": 0.0, "constants": [{"name": "k_up", "mode": 0.5}]},
        "courses": [{
            "product": "my_drug", "dose": 20.0, "sex": "men", "definition": "onset", "days": days,
            "median": (0.0, 0.6, 0.2), "low": (0.0, 0.5, 0.1), "high": (0.0, 0.7, 0.3),
            "next_low": (0.0, 0.4, 0.0), "next_high": (0.0, 0.8, 0.4),
        }],
        "landmarks": [landmarks()],
        "mood": mood(),
        "mood_courses": [{"explanation": "hope", "days": days, "relief": (0.0, 2.0, 1.0)}],
    }  # fmt: skip
    return Fitted.model_validate_json(Fitted.model_validate({**data, **changes}).model_dump_json())


def interval(value: float | None, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    """Give an interval as JSON has it."""
    return {"value": value, "low": low, "high": high}


def landmarks(**changes: Any) -> dict[str, Any]:
    """Give one dose in men."""
    return {
        "product": "my_drug", "dose": 20.0, "sex": "men", "definition": "onset", "known": True,
        "onset": interval(2.0, 1.0, 3.0), "peak_day": interval(7.0), "peak_share": interval(0.6),
        "duration": interval(56.0, 49.0, 63.0), "next_duration": interval(55.0, 42.0, 77.0),
        "short": interval(28.0), "long": interval(70.0), "kept": (), **changes,
    }  # fmt: skip


def muscle(**changes: Any) -> dict[str, Any]:
    """Give the muscle's part, with one number that the data identify."""
    known = {
        "name": "days", "posterior": interval(0.5, 0.4, 0.6), "prior": interval(0.5, 0.1, 0.9), "rhat": 1.0,
        "verdict": "identified",
    }  # fmt: skip
    return {
        "draws": 1, "chains": 1, "acceptance": 0.8, "unknowns": (known,), "rows": (), "predicted": (),
        "left_out": (), **changes,
    }  # fmt: skip


def mood(**changes: Any) -> dict[str, Any]:
    """Give the part on mood, with one explanation that has an effect."""
    return {
        "product": "my_drug", "rows": ("score",), "relief": (interval(3.0, 1.0, 5.0),), "weeks": (6.0,),
        "explanations": ({
            "name": "hope", "gain": interval(3.0, 1.0, 5.0), "half_life": interval(7.0, 1.0, 9.0), "spread": 1.0,
            "aic": 9.0, "aicc": 10.0, "bic": 10.0, "parameters": 3, "expected": (3.0,),
        },),
        "trials": 1, "apart": "hope", "statement": "made up", "left_out": (), **changes,
    }  # fmt: skip
