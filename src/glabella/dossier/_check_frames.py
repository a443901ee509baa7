"""Whether what ``frames.yaml`` names is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from glabella.dossier._faults import Fault
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
    known = {each.id for each in claims.claims} if claims is not None else None
    if claims is None and "claims.yaml" not in reading.documents:
        known = set()
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
        concepts = [("when", each) for line in frame.when for each in line]
        concepts += [("unless", each) for each in frame.unless]
        for key, each in concepts:
            if each not in frames.concepts:
                yield fault(f"no concept {each!r}; expected one of those under concepts", "frames", place, key)
        if any(not line for line in frame.when):
            yield fault("a line of when is empty, expected concepts", "frames", place, "when")
    used = {each for frame in frames.frames for line in (*frame.when, frame.unless) for each in line}
    for each in frames.looks_like:
        if each not in frames.concepts:
            yield fault(f"no concept {each!r}; expected one of those under concepts", "looks_like")
    for each in frames.concepts:
        if each not in used and each not in frames.looks_like:
            yield fault(f"concept {each!r} is used by no frame", "concepts", each)
