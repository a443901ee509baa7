"""Likelihood-ratio test of a drug's events, with the chance of a false signal held for the drug as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.safety.measures._check import check_level, counts, refuse, within
from glabella.safety.measures._impossible import fit_possible

if TYPE_CHECKING:
    import polars as pl
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Null = Literal["multinomial", "poisson", "zip", "pvlrt"]
_NULLS = ("multinomial", "poisson", "zip", "pvlrt")

#: Simulated cells held at once; the working arrays of a block stay within some 50 MB.
BLOCK = 1 << 20
#: A drug with fewer reports than this share of the events is drawn report by report, others event by event.
FEW = 0.25
#: Statistics of one and the same count may differ in the last digits; a tie counts against the drug's signal.
TIE = 1e-10


@dataclass(frozen=True, slots=True)
class LikelihoodRatioTest:
    """Likelihood-ratio tests of all pairs of a table that were reported.

    Attributes
    ----------
    drug, event : ndarray of int of shape (pairs,)
        Row and column of each pair, in the order of rows, then columns.
    n, expected : ndarray of shape (pairs,)
        Reports, and those expected from the margins; with the null ``"zip"`` those expected of a possible event.
    llr : ndarray of shape (pairs,)
        Log-likelihood ratio; 0 where there are no more reports than expected.
    p_value : ndarray of shape (pairs,)
        Share of null tables of the drug whose greatest ratio over all events is as great, the table itself
        counted as one of them. The smallest of a drug is that of its maximum likelihood ratio test.
    p_stepdown : ndarray of shape (pairs,)
        The same with the greatest ratio taken over the events that rank no higher than the pair; never above
        ``p_value``.
    critical : ndarray of shape (drugs,)
        What ``llr`` must reach for ``p_value`` to be at most 1 - ``level``.
    zero_inflation : ndarray of shape (drugs,)
        Estimated share of events that the drug cannot have; 0 unless the null is ``"zip"`` or ``"pvlrt"``.
    null, draws, level
        As asked for.
    """

    drug: Ints
    event: Ints
    n: Floats
    expected: Floats
    llr: Floats
    p_value: Floats
    p_stepdown: Floats
    critical: Floats
    zero_inflation: Floats
    null: Null
    draws: int
    level: float

    def table(self) -> pl.DataFrame:
        """Give one row a pair."""
        import polars as pl

        names = ("drug", "event", "n", "expected", "llr", "p_value", "p_stepdown")
        return pl.DataFrame({name: getattr(self, name) for name in names})


def likelihood_ratio_test(
    n: Any,
    n_drug: ArrayLike,
    n_event: ArrayLike,
    n_total: float,
    *,
    null: Null = "multinomial",
    draws: int = 9_999,
    seed: int = 0,
    level: float = 0.95,
) -> LikelihoodRatioTest:
    """Test which events a drug is reported with too often.

    Parameters
    ----------
    n : array_like or sparse array of shape (drugs, events)
        Reports with drug and event. The drugs may be some of a database's; the events must be all of it.
    n_drug, n_event : array_like of shape (drugs,) and (events,)
        Reports with the drug, and with the event.
    n_total : float
        All reports.
    null : "multinomial", "poisson", "zip" or "pvlrt"
        What the null tables are drawn from. Multinomial: the drug's reports fall on the events in proportion to
        ``n_event``; margins must then count drug-event pairs, as in the paper: ``n_drug`` the sums of ``n`` and
        ``n_total`` the sum of ``n_event``. Poisson: each count on its own around the expected one, which suits
        margins in reports, where one report has several events. Zip: Poisson, some events being impossible for
        a drug, one by one; rates come from the counts of ``n``, since margins lack the impossible events. Pvlrt:
        zip as the R package pvLRT has it, to compare with it; it does not hold its level.
    draws : int
        Null tables a drug.
    seed : int
        Of the draws. What is drawn for a drug does not depend on the other drugs.
    level : float
        1 minus the chance of any false signal of a drug, for ``critical``.

    Returns
    -------
    LikelihoodRatioTest
        One row a pair that was reported; a pair that was not has ratio 0 and P value 1.

    Raises
    ------
    ValueError
        If shapes do not fit, a count is negative, not finite or greater than a margin, the margins are not those
        the null needs, or ``draws`` is less than 1.

    Notes
    -----
    With m = n_drug and E = n_drug n_event / n_total, the ratio of a pair with n > E is
    n ln(n / E) + (m - n) ln((m - n) / (m - E)) for the multinomial and n ln(n / E) - (n - E) for the others.
    The stepdown keeps the margins and leaves out of the maximum what ranks higher (Westfall and Young); its P
    values are made not to fall from one rank to the next. Work grows with draws × distinct ``n_drug`` × the lesser
    of ``n_drug`` and events; zip has no drugs that share their tables.

    Zip: a count is impossible with the drug's share ω, else Poisson with mean activity of the drug × rate of the
    event; all three are of the greatest likelihood of the whole table. E is then the event's reports × activity /
    total activity of the drugs that can have it (with few impossible events and many drugs, the margins' E over
    1 - ω). An event that was reported is never drawn as impossible. Reports of drugs not in ``n`` are taken for
    those of one drug that can have everything.

    pvLRT 0.5.1 and ``null="pvlrt"``: E is that of the margins, also where the drug cannot have some of the events
    and its reports fall on fewer; ω has the same slip (0.4 where it is 0.5). With half the events impossible, most
    drugs without a signal get one. Zip differs on purpose.

    Level (``docs/test-levels.md``, simulated, 5 % asked for): where no event is impossible every null holds it,
    with 1 to 5 % of drugs. With impossible events multinomial and Poisson give false signals, to nearly every drug
    where counts are large; zip holds it if ``n`` has all drugs. It is below (0 to 4 %) where a drug makes up much
    of an event's reports: with few drugs, or a thousand events and more of a few reports each. With only some of a
    database's drugs zip does not hold it: what the others cannot have is not seen then. No null knows what several
    drugs and events of one report have in common.

    References
    ----------
    Huang L, Zalkikar J, Tiwari RC. J Am Stat Assoc 2011;106:1230-1241. Huang L, Zheng D, Zalkikar J, Tiwari R.
    Stat Methods Med Res 2017;26:471-488 (zero-inflated). Westfall PH, Young SS. Resampling-Based Multiple Testing.
    Wiley 1993 (stepdown). Chakraborty S, Liu A, Ball R, Markatou M. Stat Med 2022;41:5395-5420 (pvLRT).

    Examples
    --------
    >>> found = likelihood_ratio_test([[9, 1, 0], [3, 20, 27]], [10, 50], [12, 21, 27], 60, draws=999)
    >>> print(found.llr.round(3), found.p_value[0])
    [11.457  0.     0.     0.269  0.813] 0.001
    """
    if null not in _NULLS:
        raise ValueError(f"unknown null {null!r}; expected 'multinomial', 'poisson', 'zip' or 'pvlrt'")
    if draws < 1:
        raise ValueError(f"draws is {draws}, expected 1 or more")
    check_level(level)
    table, drugs, events, total = _table(n, n_drug, n_event, n_total)
    if null == "multinomial":
        _refuse_reports(table, drugs, events, total)
    row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    column, seen = table.indices.astype(np.int64), np.asarray(table.data)
    # The frequent events first: a multinomial draw is done when its reports are, and what is drawn for a drug
    # does not depend on the order in which events are given.
    order = np.argsort(-events, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    expected, llr, p_value, p_stepdown = (
        np.zeros_like(seen),
        np.zeros_like(seen),
        np.ones_like(seen),
        np.ones_like(seen),
    )
    critical, zero_inflation = np.full(len(drugs), np.nan), np.zeros(len(drugs))
    for model in _models(table, drugs, events, total, null):
        zero_inflation[model.drugs] = model.share
        margin, means = drugs[model.drugs[0]], model.expected[order]
        pairs = [slice(table.indptr[drug], table.indptr[drug + 1]) for drug in model.drugs]
        for these in pairs:
            expected[these] = model.expected[column[these]]
            llr[these] = _ratio(seen[these], expected[these], margin, null)
        ranked = [_ranked(llr[these], place[column[these]]) for these in pairs]
        random = np.random.default_rng([seed, int(margin)])
        own = [r[:2] for r in ranked]
        greatest, exceeding = _simulate(margin, means, model.missing[order], own, null, draws, random)
        greatest.sort()
        for drug, these, (ratios, _, rank), above in zip(model.drugs, pairs, ranked, exceeding, strict=True):
            chance = (draws - np.searchsorted(greatest, _tie(ratios)) + 1) / (draws + 1)
            p_value[these][rank] = chance
            p_stepdown[these][rank] = np.minimum(np.maximum.accumulate((above + 1) / (draws + 1)), chance)
            critical[drug] = _critical(greatest, draws, level)
    return LikelihoodRatioTest(
        drug=row,
        event=column,
        n=seen,
        expected=expected,
        llr=llr,
        p_value=p_value,
        p_stepdown=p_stepdown,
        critical=critical,
        zero_inflation=zero_inflation,
        null=null,
        draws=draws,
        level=level,
    )


def _table(
    n: Any, n_drug: ArrayLike, n_event: ArrayLike, n_total: float
) -> tuple[csr_array, Floats, Floats, float]:
    from scipy.sparse import csr_array, issparse

    table = csr_array(n if issparse(n) else np.atleast_2d(np.asarray(n, dtype=float)), dtype=float, copy=True)
    table.sum_duplicates()
    counts(n=table.data)
    table.eliminate_zeros()
    (drugs,), (events,), (total,) = counts(n_drug=n_drug), counts(n_event=n_event), counts(n_total=n_total)
    if table.shape != drugs.shape + events.shape or total.ndim:
        raise ValueError(
            f"n is of shape {table.shape}, n_drug {drugs.shape}, n_event {events.shape}, n_total {total.shape}; "
            "expected (drugs, events), (drugs,), (events,) and one number"
        )
    refuse(total <= 0, total, "n_total", "more than 0")
    within(drugs, total, "n_drug", "n_total")
    within(events, total, "n_event", "n_total")
    row = np.repeat(np.arange(len(drugs)), np.diff(table.indptr))
    for margin, index, name in ((drugs, row, "n_drug"), (events, table.indices, "n_event")):
        if (wrong := table.data > margin[index]).any():
            at = int(wrong.argmax())
            where = f"n[{row[at]}, {table.indices[at]}] is {table.data[at]:g}"
            raise ValueError(f"{where}, expected at most {name}[{index[at]}], which is {margin[index[at]]:g}")
    return table, drugs, events, float(total)


def _refuse_reports(table: csr_array, drugs: Floats, events: Floats, total: float) -> None:
    reason = "the multinomial null needs margins that count pairs; ask for null='poisson' where they count reports"
    refuse(drugs != table.sum(axis=1), drugs, "n_drug", f"the sum of its row of n: {reason}")
    refuse(drugs != np.floor(drugs), drugs, "n_drug", f"a whole number: {reason}")
    if events.sum() != total:
        raise ValueError(f"n_total is {total:g}, expected {events.sum():g}, the sum of n_event: {reason}")


@dataclass(frozen=True, slots=True)
class _Model:
    """Null of drugs that share their tables: counts expected where possible, and chances of being impossible."""

    drugs: Ints
    expected: Floats
    missing: Floats
    share: float


def _models(table: csr_array, drugs: Floats, events: Floats, total: float, null: Null) -> Iterator[_Model]:
    """Put together drugs that share their null tables: those with equally many reports, unless zeros differ."""
    reported = np.flatnonzero(drugs > 0)
    none = np.zeros_like(events)
    if null in ("multinomial", "poisson"):
        order = reported[np.argsort(drugs[reported], kind="stable")]
        groups = np.split(order, np.flatnonzero(np.diff(drugs[order])) + 1)
        yield from (_Model(group, drugs[group[0]] * events / total, none, 0) for group in groups if len(group))
        return
    if null == "zip":
        possible = fit_possible(table, np.maximum(events - table.sum(axis=0), 0))
    for drug in reported:
        seen = table.indices[table.indptr[drug] : table.indptr[drug + 1]]
        if null == "zip":
            expected, missing = possible.of(int(drug), seen)
            yield _Model(np.array([drug]), expected, missing, float(possible.share[drug]))
        else:
            empty = np.ones(len(events), dtype=bool)
            empty[seen] = False
            expected = drugs[drug] * events / total
            yield _Model(np.array([drug]), expected, *_as_pvlrt(expected, empty))


def _ratio(n: Floats, expected: Floats, margin: Floats | float, null: Null) -> Floats:
    """Log-likelihood ratio of counts, 0 where they are not above the expected ones."""
    from scipy.special import xlog1py

    above = n > expected
    ratio = np.zeros_like(expected)
    n, expected, margin = n[above], expected[above], np.broadcast_to(margin, above.shape)[above]
    found = n * np.log(n / expected)
    # The logarithm of (m - n) / (m - E), written so that it keeps its digits where both are nearly m.
    found += xlog1py(margin - n, (expected - n) / (margin - expected)) if null == "multinomial" else expected - n
    # Where n is a rounding above E the two terms cancel to less than nothing.
    ratio[above] = np.maximum(found, 0)
    return ratio


def _ranked(llr: Floats, place: Ints) -> tuple[Floats, Ints, Ints]:
    """Give the ratios above zero of one drug from the greatest down, their events, and where they stood."""
    rank = np.argsort(-llr, kind="stable")
    rank = rank[llr[rank] > 0]
    return llr[rank], place[rank], rank


def _tie(ratios: Floats) -> Floats:
    return ratios - TIE * np.maximum(ratios, 1)


def _critical(greatest: Floats, draws: int, level: float) -> float:
    """Give the least ratio whose P value is at most 1 - level, infinite where so few draws give none."""
    allowed = int(np.floor((1 - level) * (draws + 1) * (1 + 1e-12))) - 1
    if allowed < 0:
        return np.inf
    if allowed >= draws:
        return 0.0
    beaten = float(greatest[draws - allowed - 1])
    return beaten + 2 * TIE * max(beaten, 1)


def _as_pvlrt(expected: Floats, empty: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Give each event's chance of being impossible, and their share, the counts expected being those of margins."""
    from scipy.optimize import brentq

    seen = int((~empty).sum())
    none = np.exp(-expected[empty & (expected > 0)])

    def score(share: float) -> float:
        return float(((1 - none) / np.maximum(share + (1 - share) * none, 1e-300)).sum() - seen / (1 - share))

    # A drug that was reported has an event, so the likelihood falls to nothing as the share nears 1.
    share = brentq(score, 0, 1 - 1e-12, xtol=1e-12) if len(none) and score(0) > 0 else 0.0
    chance = np.where(empty, share / np.maximum(share + (1 - share) * np.exp(-expected), 1e-300), 0)
    return chance, float(share)


def _simulate(
    margin: float,
    expected: Floats,
    missing: Floats,
    ranked: list[tuple[Floats, Ints]],
    null: Null,
    draws: int,
    random: np.random.Generator,
) -> tuple[Floats, list[Ints]]:
    """Draw null tables: their greatest ratios, and how often the ratios left at each rank reach a drug's own."""
    few = expected.sum() < FEW * len(expected)
    size = max(1, BLOCK // max(1, int(expected.sum()) if few else len(expected)))
    widest = max((len(ratios) for ratios, _ in ranked), default=0)
    size = max(1, min(size, BLOCK // max(widest, 1)))
    greatest = np.empty(draws)
    exceeding = [np.zeros(len(ratios), dtype=np.int64) for ratios, _ in ranked]
    for start in range(0, draws, size):
        block = min(size, draws - start)
        draw, event, count = (_report_by_report if few else _event_by_event)(margin, expected, null, block, random)
        if missing.any():
            possible = random.random(len(event)) >= missing[event]
            draw, event, count = draw[possible], event[possible], count[possible]
        ratio = _ratio(count, expected[event], margin, null)
        above = ratio > 0
        draw, event, ratio = draw[above], event[above], ratio[above]
        greatest[start : start + block] = _greatest(draw, ratio, block)
        for (own, events), reached in zip(ranked, exceeding, strict=True):
            reached += _reached(draw, event, ratio, own, events, block, len(expected))
    return greatest, exceeding


def _report_by_report(
    margin: float, expected: Floats, null: Null, block: int, random: np.random.Generator
) -> tuple[Ints, Ints, Floats]:
    """Draw tables by dealing out each report, in the order of tables."""
    whole = np.cumsum(expected)
    many = np.full(block, int(margin)) if null == "multinomial" else random.poisson(whole[-1], block)
    draw = np.repeat(np.arange(block), many)
    event = np.searchsorted(whole, random.random(len(draw)) * whole[-1], side="right")
    last = len(expected) - 1
    cell, count = np.unique(draw * len(expected) + np.minimum(event, last), return_counts=True)
    return cell // len(expected), cell % len(expected), count.astype(float)


def _event_by_event(
    margin: float, expected: Floats, null: Null, block: int, random: np.random.Generator
) -> tuple[Ints, Ints, Floats]:
    """Draw tables by drawing each event's count, in the order of tables; counts not above expected are left out."""
    if null == "multinomial":
        drawn = random.multinomial(int(margin), expected / expected.sum(), size=block)
    else:
        drawn = random.poisson(expected, size=(block, len(expected)))
    draw, event = np.nonzero(drawn > expected)
    return draw, event, drawn[draw, event].astype(float)


def _greatest(draw: Ints, ratio: Floats, block: int) -> Floats:
    """Give the greatest ratio of each table, 0 where there is none; ``draw`` is sorted."""
    found = np.zeros(block)
    if len(draw):
        start = np.flatnonzero(np.diff(draw, prepend=-1))
        found[draw[start]] = np.maximum.reduceat(ratio, start)
    return found


def _reached(draw: Ints, event: Ints, ratio: Floats, own: Floats, events: Ints, block: int, width: int) -> Ints:
    """Count the tables in which an event that ranks no higher reaches a drug's own ratio, at each rank."""
    if not len(own):
        return np.zeros(0, dtype=np.int64)
    rank = np.full(width, len(own), dtype=np.int64)
    rank[events] = np.arange(len(own))
    place = rank[event]
    left = np.zeros((block, len(own) + 1))
    other = place == len(own)
    left[:, -1] = _greatest(draw[other], ratio[other], block)
    left[draw[~other], place[~other]] = ratio[~other]
    remaining = np.maximum.accumulate(left[:, ::-1], axis=1)[:, :0:-1]
    return np.asarray((remaining >= _tie(own)).sum(axis=0))
