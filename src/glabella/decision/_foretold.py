"""How well a fitted mechanism foretells what it has not seen, and which trials it misses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glabella.decision._told import Teller, of_numbers, studies_of
from glabella.shown import Certainty, Claim

#: Ways of not having seen a share, and what the groups are that are left out together.
WAYS: Mapping[str, str] = {
    "study": "each trial, from the other trials",
    "product": "each product, from the other products",
    "held_out": "shares that were never fitted",
    "recalled": "shares that are only remembered",
}
_POINTS = "percentage points"


@dataclass(frozen=True, slots=True)
class Foretelling:
    """Shares foretold in one way."""

    by: str
    way: str
    shares: Claim
    groups: Claim
    error: Claim
    bias: Claim
    coverage: Claim


@dataclass(frozen=True, slots=True)
class Missed:
    """One trial, foretold from the others; ``too_high`` where more was foretold than it saw."""

    study: str
    references: tuple[str, ...]
    product: str
    shares: Claim
    error: Claim
    inside: Claim
    too_high: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A statistic of what was seen beside data that the fitted model would make."""

    name: str
    seen: Claim
    made: Claim
    p: Claim


def checked(tell: Teller, certainty: Certainty) -> tuple[Checked, ...]:
    """Make the claims of the posterior predictive checks."""
    found = []
    for at, each in enumerate(tell.fitted.muscle.checks):
        common: dict[str, Any] = {
            "population": "shares of responders in the dossier’s trials", "certainty": certainty,
            "function": "check", "sources": tell.muscle_sources(), "time_span": "at the days of the trials",
        }  # fmt: skip
        found.append(Checked(
            each.name,
            seen=tell(f"check.{at}.seen", f"{each.name}, seen", each.seen, **common),
            made=tell.interval(f"check.{at}.made", f"{each.name}, as the model makes it", each.replicated,
                               tell.level("interval of replications"), **common),
            p=tell(f"check.{at}.p", f"{each.name}: replications at or beyond what was seen, on its side", each.p,
                   **common),
        ))  # fmt: skip
    return tuple(found)


def foretellings(tell: Teller, certainty: Certainty) -> tuple[Foretelling, ...]:
    """Make the claims of every way of foretelling."""
    found = []
    for each in tell.fitted.muscle.foretold:
        way = WAYS[each.by]
        common: dict[str, Any] = {
            "population": f"shares of responders in the dossier’s trials: {way}", "certainty": certainty,
            "function": "leave_one_out" if each.by in ("study", "product") else "predict",
            "sources": tell.muscle_sources(), "time_span": "at the days of the trials", "decimals": 0,
        }  # fmt: skip
        of = {"study": "trials", "product": "products"}.get(each.by, "groups")
        found.append(Foretelling(
            each.by, way,
            shares=tell(f"foretold.{each.by}.shares", "shares foretold", each.shares, **common),
            groups=tell(f"foretold.{each.by}.groups", f"{of} foretold", each.groups, **common),
            error=tell(f"foretold.{each.by}.error", "mean size of the miss", each.error, unit=_POINTS,
                       **{**common, "decimals": 1}),
            bias=tell(f"foretold.{each.by}.bias", "mean of foretold less seen", each.bias, unit=_POINTS,
                      **{**common, "decimals": 1}),
            coverage=tell(f"foretold.{each.by}.coverage",
                          f"{tell.level('intervals')} that hold the share that was seen", each.coverage, unit="%",
                          **common),
        ))  # fmt: skip
    return tuple(found)


def missed(tell: Teller, certainty: Certainty) -> tuple[Missed, ...]:
    """Give each trial as it was foretold from the others, the worst first."""
    study = studies_of(tell.mechanism)
    seen = {each.id: each for each in (*tell.mechanism.observations.muscle, *tell.mechanism.observations.times)}
    rows = defaultdict(list)
    for row in tell.fitted.muscle.rows:
        if row.left_out is not None and row.left_out.value is not None:
            rows[study[row.id]].append((row, row.left_out))
    found = []
    for name, those in rows.items():
        off = [100 * ((told.value or 0.0) - row.seen) for row, told in those]
        inside = sum(told.low is not None and told.high is not None and told.low <= row.seen <= told.high
                     for row, told in those)  # fmt: skip
        sources = of_numbers(number for row, _ in those for number in seen[row.id].outcome)
        common: dict[str, Any] = {
            "population": f"{name}, foretold from the other trials", "certainty": certainty, "sources": sources,
            "function": "leave_one_out", "time_span": "at the days of the trial", "decimals": 0,
        }  # fmt: skip
        found.append((sum(map(abs, off)) / len(off), Missed(
            name, tuple(source.reference for source in sources), seen[those[0][0].id].product,
            shares=tell(f"trial.{name}.shares", "shares of the trial", len(those), **common),
            error=tell(f"trial.{name}.error", "mean size of the miss", sum(map(abs, off)) / len(off), unit=_POINTS,
                       **common),
            inside=tell(f"trial.{name}.inside", f"shares within their {tell.level('interval')}", inside, **common),
            too_high=sum(off) > 0,
        )))  # fmt: skip
    return tuple(each for _, each in sorted(found, key=lambda pair: (-pair[0], pair[1].study)))
