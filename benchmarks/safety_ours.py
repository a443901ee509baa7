"""Our own steps of the benchmark and the limits beside them, each run in a process of its own by safety.py.

    python benchmarks/safety_ours.py STEP '{"reports": 1000000, "cache": "/tmp/glabella-bench"}'

Synthetic reports throughout.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safety_clock import clocked, tell

if TYPE_CHECKING:
    import pyarrow as pa

SEED = 1
#: Of the real quarter 2022Q3, primary suspects, all cells: every tool scores with this prior.
PRIOR = (0.15213, 0.02124, 0.68593, 0.91645, 0.06084)
#: Of both layouts, a quarter million reports each as in the files of today.
QUARTERS = ("2011Q4", "2014Q3", "2019Q1", "2024Q4")
#: The store keeps these tables sorted by what is looked for as well; the generator writes only the others.
BY_ID = {
    "substance_report": ("report_substance", "substance_id, report_id, role, flags"),
    "product_report": ("report_product", "product_id, report_id, role, flags"),
    "event_report": ("report_event", "event_id, report_id, flags"),
    "indication_report": ("report_indication", "indication_id, substance_id, report_id, flags"),
}
#: Suspects (roles 1 and 2) in reports without the flags of the strict mode: what Store.pairs counts by default.
SUSPECT, STRICT = 2, 7


def index_of(reports: int, cache: str) -> Path:
    return Path(cache) / f"index-{reports}"


def handed(reports: int, cache: str) -> Path:
    return Path(cache) / f"handed-{reports}"


def column(reports: int, cache: str, name: str) -> NDArray[Any]:
    found: NDArray[Any] = np.load(handed(reports, cache) / f"{name}.npy")
    return found


def tables(reports: int, cache: str) -> dict[str, Any]:
    """Draw the reports and write the store's tables, once."""
    import duckdb

    from glabella.safety.synthetic import draw, write_index_tables

    folder = index_of(reports, cache)
    if folder.exists():
        return {"seconds": 0.0}
    began = time.perf_counter()
    fresh = folder.with_name(f".{folder.name}")
    shutil.rmtree(fresh, ignore_errors=True)
    write_index_tables(draw(reports, seed=SEED), fresh)
    with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(fresh / "spill")}) as connection:
        for name, (source, columns) in BY_ID.items():
            connection.execute(
                f"COPY (SELECT {columns} FROM '{fresh / source}.parquet' ORDER BY ALL) TO '{fresh / name}.parquet' "
                "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
            )
    shutil.rmtree(fresh / "spill", ignore_errors=True)
    fresh.rename(folder)
    return {"seconds": time.perf_counter() - began}


def text(reports: int, cache: str) -> dict[str, Any]:
    """Write archives of text, once."""
    from glabella.safety.synthetic import synthesise

    folder = Path(cache) / f"text-{reports}"
    began = time.perf_counter()
    if not folder.exists():
        synthesise(reports, QUARTERS, folder, seed=SEED)
    files = json.loads((folder / "defects.json").read_text(encoding="utf-8"))["files"]
    return {"seconds": time.perf_counter() - began, "text": sum(one["bytes"] for one in files)}


def unpack(reports: int, cache: str) -> dict[str, Any]:
    """Unpack every archive and do nothing with the text."""

    def work() -> None:
        for archive in sorted((Path(cache) / f"text-{reports}").glob("*.zip")):
            with zipfile.ZipFile(archive) as opened:
                for member in opened.namelist():
                    with opened.open(member) as stream:
                        while stream.read(1 << 20):
                            pass

    return clocked(work)[0]


def take_in(reports: int, cache: str) -> dict[str, Any]:
    """Ingest into a new store."""
    from glabella.safety import ingest

    store = Path(cache) / f"store-{reports}"
    archives = sorted((Path(cache) / f"text-{reports}").glob("*.zip"))

    def work() -> None:
        shutil.rmtree(store, ignore_errors=True)
        ingest(archives, store)

    return clocked(work)[0]


def build(reports: int, cache: str) -> dict[str, Any]:
    """Build the index of that store."""
    from glabella.safety import build_index

    store = Path(cache) / f"store-{reports}"

    def work() -> None:
        shutil.rmtree(store / "index", ignore_errors=True)
        build_index(store)

    return clocked(work)[0]


def pairs(reports: int, cache: str) -> dict[str, Any]:
    """Count every pair, nothing counted before."""
    from glabella.safety.store import open_index

    folder = index_of(reports, cache)

    def work() -> Any:
        shutil.rmtree(folder / "counted", ignore_errors=True)
        with open_index(folder) as store:
            return store.pairs()

    times, counted = clocked(work)
    return {**times, **_sums(counted.frame["n"].to_numpy())}


def scan(reports: int, cache: str) -> dict[str, Any]:
    """Read every column of the two tables, and add them up."""
    import duckdb

    def work() -> None:
        with duckdb.connect() as connection:
            for table, columns in (("report_substance", "report_id substance_id role flags"), ("report_event",
                                   "report_id event_id flags")):  # fmt: skip
                sums = ", ".join(f"SUM({column})" for column in columns.split())
                connection.execute(f"SELECT {sums} FROM '{index_of(reports, cache) / table}.parquet'").fetchone()

    return clocked(work)[0]


def plain_sql(reports: int, cache: str) -> dict[str, Any]:
    """Count pairs, without their margins, in one statement of DuckDB."""
    import duckdb

    folder = index_of(reports, cache)
    query = f"""SELECT substance_id, event_id, COUNT(*) AS n
        FROM '{folder}/report_substance.parquet' d JOIN '{folder}/report_event.parquet' e USING (report_id)
        WHERE d.role <= {SUSPECT} AND (d.flags & {STRICT}) = 0 AND (e.flags & {STRICT}) = 0 GROUP BY ALL"""

    def work() -> Any:
        with duckdb.connect(config={"memory_limit": "4GB"}) as connection:
            return connection.sql(query).to_arrow_table()

    times, counted = clocked(work)
    return {**times, **_sums(counted["n"].to_numpy())}


def plain_numpy(reports: int, cache: str) -> dict[str, Any]:
    """Count pairs in a dense table of all drugs and events, two million reports at once."""

    def work() -> NDArray[Any]:
        drugs, events = _kept(reports, cache)
        width = int(events[1].max()) + 1
        cells = np.zeros((int(drugs[1].max()) + 1) * width, np.int64)
        start = np.searchsorted(events[0], np.arange(reports + 1))
        for low in range(0, reports, 2_000_000):
            rows = slice(*np.searchsorted(drugs[0], (low, low + 2_000_000)))
            of = drugs[0][rows]
            times = start[of + 1] - start[of]
            first = np.repeat(start[of] - (np.cumsum(times) - times), times)
            places = np.repeat(drugs[1][rows].astype(np.int64) * width, times)
            places += events[1][first + np.arange(len(first))]
            cells += np.bincount(places, minlength=len(cells))
        return cells[np.flatnonzero(cells)]

    times, n = clocked(work)
    return {**times, **_sums(n)}


def sparse(reports: int, cache: str) -> dict[str, Any]:
    """Multiply the two incidence matrices; the reading is timed apart."""
    from scipy.sparse import csr_array

    drugs, events = _kept(reports, cache)

    def matrix(rows: tuple[NDArray[Any], NDArray[Any]]) -> Any:
        start = np.searchsorted(rows[0], np.arange(reports + 1))
        return csr_array((np.ones(len(rows[1]), np.int32), rows[1], start), shape=(reports, int(rows[1].max()) + 1))

    left, right = matrix(drugs), matrix(events)
    times, counted = clocked(lambda: left.T.tocsr() @ right)
    return {**times, **_sums(counted.data)}


def _kept(reports: int, cache: str) -> tuple[tuple[NDArray[Any], NDArray[Any]], tuple[NDArray[Any], NDArray[Any]]]:
    """Read reports and ids of drugs, and of events, that are counted; both are sorted by report."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    def chosen(table: str, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
        read: pa.Table = pq.read_table(index_of(reports, cache) / f"{table}.parquet")
        keep = pc.equal(pc.bit_wise_and(read["flags"], STRICT), 0)
        if "role" in read.column_names:
            keep = pc.and_(keep, pc.less_equal(read["role"], SUSPECT))
        read = read.select(["report_id", name]).filter(keep)
        return read["report_id"].to_numpy(), read[name].to_numpy()

    return chosen("report_substance", "substance_id"), chosen("report_event", "event_id")


def _sums(n: NDArray[Any]) -> dict[str, int]:
    return {"pairs": len(n), "together": int(n.sum())}


def hand_over(reports: int, cache: str, most: int) -> dict[str, Any]:
    """Write the counts for everyone: all pairs for the fit, and at most ``most`` of them, evenly, to be scored."""
    from glabella.safety.store import open_index

    with open_index(index_of(reports, cache)) as store:
        counted = store.pairs()
    frame, margins = counted.frame, counted.margins
    arrays = {name: frame[name].to_numpy() for name in ("n", "n_drug", "n_event")}
    arrays |= {"drug": frame["substance_id"].to_numpy(), "event": frame["event_id"].to_numpy()}
    total = int(margins.totals["n_total"][0])
    arrays["expected"] = arrays["n_drug"].astype(np.float64) * arrays["n_event"] / total
    chosen = np.unique(np.linspace(0, frame.height - 1, min(most, frame.height)).astype(np.int64))
    arrays |= {f"scored_{name}": values[chosen] for name, values in arrays.items()}
    for side, frame in (("drug", margins.drugs), ("event", margins.events)):
        name = "substance_id" if side == "drug" else "event_id"
        arrays |= {f"{side}_ids": frame[name].to_numpy(), f"{side}_margin": frame[f"n_{side}"].to_numpy()}
    arrays["total"] = np.array(total)
    folder = handed(reports, cache)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, values in arrays.items():
        np.save(folder / name, values)
    return {"pairs": len(arrays["n"]), "scored": len(chosen)}


def measures(reports: int, cache: str) -> dict[str, Any]:
    from glabella.safety import disproportionality

    n, n_drug, n_event = (column(reports, cache, f"scored_{name}") for name in ("n", "n_drug", "n_event"))
    total = column(reports, cache, "total")
    times, made = clocked(lambda: disproportionality(n, n_drug, n_event, total))
    for name in ("prr", "ror", "ror_low", "ror_high", "ic", "ic025", "chi2", "chi2_yates"):
        np.save(handed(reports, cache) / f"ours_{name}", made[name].to_numpy())
    return times


def scores(reports: int, cache: str) -> dict[str, Any]:
    from glabella.safety.measures import GPS

    n, expected = (column(reports, cache, f"scored_{name}") for name in ("n", "expected"))
    times, made = clocked(lambda: GPS.given(*PRIOR).score(n, expected))
    for name in ("ebgm", "eb05", "eb95"):
        np.save(handed(reports, cache) / f"ours_{name}", made[name].to_numpy())
    return times


def fit(reports: int, cache: str) -> dict[str, Any]:
    from glabella.safety import fit_gps

    n, expected, drugs, events, total = (
        column(reports, cache, name) for name in ("n", "expected", "drug_margin", "event_margin", "total")
    )
    times, made = clocked(lambda: fit_gps(n, expected, margins=(drugs, events, total)))
    said = "a maximum inside" if made.converged else "on the boundary" if made.at_boundary else "no maximum"
    return {**times, "prior": list(made.prior), "said": said, "log_likelihood": made.log_likelihood}


def cohort(reports: int, cache: str, arm: str) -> dict[str, Any]:
    """Run one arm of the shipped comparison with everything that belongs to it; or all uses against all else."""
    from glabella.safety import load_spec, run_cohort
    from glabella.safety.store import open_index

    spec = load_spec("depression_2020")
    one = next(each for each in spec.arms if arm in ("everything else", each.id))
    if arm == "everything else":
        one = one.model_copy(update={"indications": (), "comparators": arm, "printed": None})
    spec = spec.model_copy(update={"arms": (one,), "quarters": None})

    def work() -> Any:
        with open_index(index_of(reports, cache)) as store:
            return run_cohort(store, spec)

    # What a first comparison loads, a second one has.
    times, result = clocked(work, 1 if arm == "everything else" else 4)
    declared = result.arms[0].frame.row(0, named=True)
    exposed, compared = (
        declared[f"{side}_with"] + declared[f"{side}_without"] for side in ("exposed", "comparator")
    )
    return {**times, "exposed": exposed, "compared": compared, "settings": result.arms[0].frame.height}


def counts_as_text(reports: int, cache: str, path: str) -> dict[str, Any]:
    """Write the scored pairs for R."""
    import polars as pl

    names = {"drug": "drug", "event": "event", "n": "n", "e": "expected"}
    pl.DataFrame({name: column(reports, cache, f"scored_{ours}") for name, ours in names.items()}).write_csv(path)
    return {}


def agreement(reports: int, cache: str) -> dict[str, Any]:
    """Lay every figure beside the peers' on the same counts; where margins differ by convention, on theirs."""
    from glabella.safety import disproportionality
    from glabella.safety.measures import GPS

    found: dict[str, Any] = {}
    folder = handed(reports, cache)
    for name in ("prr", "ror", "ror_low", "ror_high", "ic", "ic025", "chi2", "chi2_yates", "ebgm", "eb05", "eb95"):
        if (folder / f"altio_{name}.npy").exists():
            ours, theirs = column(reports, cache, f"ours_{name}"), column(reports, cache, f"altio_{name}")
            found[f"open-altio {name}"] = _apart(ours, theirs)
    if (folder / "vigipy_prr.npy").exists():
        n, drug, event = (column(reports, cache, f"scored_{name}") for name in ("n", "drug", "event"))
        n_drug, n_event = (np.bincount(ids, weights=n).astype(np.int64)[ids] for ids in (drug, event))
        made = disproportionality(n, n_drug, n_event, n.sum())
        for name in ("prr", "ror"):
            found[f"vigipy {name}"] = _apart(made[name].to_numpy(), column(reports, cache, f"vigipy_{name}"))
        if (folder / "vigipy_ebgm.npy").exists():
            scored = GPS.given(*PRIOR).score(n, made["expected"].to_numpy())
            for name in ("ebgm", "eb05", "eb95"):
                theirs = column(reports, cache, f"vigipy_{name}")
                found[f"vigipy {name}"] = _apart(scored[name].to_numpy(), theirs)
    return {"apart": found}


def _apart(ours: NDArray[Any], theirs: NDArray[Any]) -> dict[str, Any]:
    """Give the largest relative difference, and how many only one side defines."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    one, other = ours[both], theirs[both]
    # An IC or chi-squared near zero is a difference of near equals: there an absolute difference says more.
    apart = np.abs(one - other) / np.maximum(np.abs(other), 1e-3)
    return {
        "largest": float(apart.max(initial=0)),
        "median": float(np.median(apart)) if apart.size else 0.0,
        "only_ours": int((np.isfinite(ours) & ~np.isfinite(theirs)).sum()),
        "only_theirs": int((~np.isfinite(ours) & np.isfinite(theirs)).sum()),
    }


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    step.__name__: step
    for step in (
        tables, text, unpack, take_in, build, pairs, scan, plain_sql, plain_numpy, sparse, hand_over, measures,
        scores, fit, cohort, counts_as_text, agreement,
    )
}  # fmt: skip


if __name__ == "__main__":
    tell(STEPS[sys.argv[1]](**json.loads(sys.argv[2])))
