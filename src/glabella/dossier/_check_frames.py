"""Whether what ``frames.yaml`` names is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from glabella.dossier._faults import Fault
from glabella.dossier._frames import Frames, references
from glabella.dossier._load import Reading

FRAMES = "frames.yaml"


def check_frames(reading: Reading) -> Iterator[Fault]:
    """Check the claims and concepts that ``frames.yaml`` names; a claim has at most one frame."""
    frames = reading.parts.get(FRAMES)
    if frames is None:
        return

    def fault(message: str, *path: str | int) -> Fault:
        return Fault(FRAMES, reading.documents[FRAMES].line(path), message)

    claims = reading.parts.get("claims.yaml")
    known = None if claims is None else {each.id for each in claims.claims} | {
        f"{each.id}.{part}" for each in claims.claims for part in each.parts
    }  # fmt: skip
    if claims is None and "claims.yaml" not in reading.documents:
        known = set()
    dossier = reading.parts.get("dossier.yaml")
    analyses = frozenset[str]() if dossier is None else frozenset(dossier.analyses)
    outcomes = None if dossier is None else frozenset(dossier.outcomes)
    for name in frames.outcomes:
        if outcomes is not None and name not in outcomes:
            yield fault(f"no outcome {name!r}; expected one of {sorted(outcomes)}", "outcomes", name)
    counts = Counter(frame.claim for frame in frames.frames)
    for place, frame in enumerate(frames.frames):
        if counts[frame.claim] > 1:
            yield fault(
                f"claim {frame.claim!r} has {counts[frame.claim]} frames, expected one", "frames", place, "claim"
            )
        named = [("claim", frame.claim), *(("over", each) for each in frame.over)]
        named += [("mirror", frame.mirror)] if frame.mirror is not None else []
        for key, each in named:
            if known is not None and each not in known:
                yield fault(
                    f"no claim {each!r} in claims.yaml; expected one of {sorted(known)}", "frames", place, key
                )
        for number, quantity in enumerate(frame.numbers):
            if quantity.partition(".")[0] not in analyses:
                message = f"no analysis for {quantity!r}; expected one of {sorted(analyses)}"
                yield fault(message, "frames", place, "numbers", number)
        if not (frame.when or frame.denies):
            yield fault(f"claim {frame.claim!r} has neither when nor denies", "frames", place, "claim")
    used: set[str] = set()
    for path, text in _patterns(frames):
        for name in references(text):
            used.add(name)
            if name not in frames.concepts:
                yield fault(f"no concept {name!r}; expected one of those under concepts", *path)
    for name in frames.concepts:
        if name not in used:
            yield fault(f"concept {name!r} is used by no pattern", "concepts", name)
    for name in _circular(frames):
        yield fault(f"concept {name!r} is made of itself", "concepts", name)


def _patterns(frames: Frames) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Give every pattern of a file, and where it stands."""
    for key in ("subject", "elsewhere", "looks_like"):
        for number, text in enumerate(getattr(frames, key)):
            yield (key, number), text
    for key in ("concepts", "outcomes"):
        for name, patterns in getattr(frames, key).items():
            for number, text in enumerate(patterns):
                yield (key, name, number), text
    for place, frame in enumerate(frames.frames):
        for key in ("when", "denies", "own", "unless"):
            for number, text in enumerate(getattr(frame, key)):
                yield ("frames", place, key, number), text


def _circular(frames: Frames) -> list[str]:
    """Give the concepts that lead back to themselves."""
    parts = {name: {each for text in texts for each in references(text)} for name, texts in frames.concepts.items()}
    reached = {name: set(names) for name, names in parts.items()}
    for _ in parts:
        for names in reached.values():
            names |= {far for near in names for far in parts.get(near, ())}
    return sorted(name for name, names in reached.items() if name in names)
