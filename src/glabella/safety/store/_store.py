"""A store opened for counting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from glabella.safety.store._counts import count_margins, count_pairs, kept, kept_prior
from glabella.safety.store._dropped import dropped_files, dropped_rows, gaps
from glabella.safety.store._engine import Engine, check_tables, connect
from glabella.safety.store._find import (
    Found,
    Vocabulary,
    drug_vocabulary,
    event_vocabulary,
    indication_vocabulary,
)
from glabella.safety.store._index import Progress, prepare, read_index, unmapped_share
from glabella.safety.store._lists import Lists, read_lists
from glabella.safety.store._pairs import Margins, Pairs, with_gps
from glabella.safety.store._roles import checked_strata, drug_names, rank
from glabella.safety.store._rules import rules_of_index
from glabella.safety.store._settings import SHIPPED, Paths, Settings, kept_settings, read_settings
from glabella.safety.store._signals import count_chosen
from glabella.safety.store._sql import Query
from glabella.safety.store._terms import TermGroup

if TYPE_CHECKING:
    import polars

    from glabella.safety.measures import GPS

Wanted = str | TermGroup | Sequence[str | TermGroup]


@dataclass(frozen=True, slots=True)
class Description:
    """What a store holds, and what was done to it.

    Attributes
    ----------
    digest : str
        Of everything the index depends on.
    quarters : tuple of str
        In the order of time.
    synthetic : bool
        Whether any quarter says that it is made up.
    reports : int
        All report versions.
    kept : Mapping[str, int]
        Reports that each mode of counting keeps.
    rules : tuple of Mapping
        Each rule of cleaning: id, bit, whether it is on, reports it flags, groups it found.
    names : Mapping
        How drug names were mapped, and the share that no dictionary knew.
    rows : Mapping[str, int]
        Rows read, and rows that could not be used, by reason.
    settings : Settings
        The user's dictionaries, rules and lists that counting rests on.
    gaps : tuple of str
        Quarters that are missing or unfinished, in words.
    dropped : tuple of str
        What was dropped on the way into the store, in words: rows, lines and files.
    """

    digest: str
    quarters: tuple[str, ...]
    synthetic: bool
    reports: int
    kept: Mapping[str, int]
    rules: tuple[Mapping[str, Any], ...]
    names: Mapping[str, Any]
    rows: Mapping[str, int]
    settings: Settings = field(default_factory=Settings)
    gaps: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    def beside(self) -> tuple[str, ...]:
        """Give what belongs beside every count: the settings, what is missing, and what was dropped."""
        return (str(self.settings), *self.gaps, *(f"dropped: {one}" for one in self.dropped))

    def __str__(self) -> str:
        span = f"{self.quarters[0]} to {self.quarters[-1]}" if self.quarters else "no quarter named"
        lines = ["SYNTHETIC DATA: made up, says nothing of any drug"] if self.synthetic else []
        lines.append(
            f"{self.reports:,} report versions, {len(self.quarters)} quarters ({span}), index {self.digest}"
        )
        lines += [str(self.settings), *self.gaps]
        lines += [f"  {mode}: {count:,} reports kept" for mode, count in self.kept.items()]
        for rule in self.rules:
            effect = f"{rule['reports']:,} reports" if rule["on"] else "off"
            lines.append(f"  rule {rule['id']}: {effect}")
        lines += [f"  dropped: {one}" for one in self.dropped]
        if self.names:
            lines.append(unmapped_share({"names": self.names}))
        return "\n".join(lines)


class Store:
    """Cleaned, named and integer-coded reports, ready to be counted. Use it as a context, or close it.

    Attributes
    ----------
    engine : Engine
        That runs the statements.
    index : Path
        Folder of the tables.
    settings : Settings
        The user's dictionaries, rules and lists that are counted with.
    """

    def __init__(
        self, index: Path, engine: Engine, said: Mapping[str, Any], settings: Settings, folder: Path | None = None
    ) -> None:
        self.index = index
        self.engine = engine
        self.settings = settings
        self._said = said
        self._folder = folder
        self._rules = rules_of_index(said)
        self._priors: dict[str, GPS] = {}

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        engine: str = "duckdb",
        names: Paths | None = None,
        rules: Path | str | None = None,
        dossier: Path | str | None = None,
        settings: str | None = None,
        stand: bool = True,
        threads: int | None = None,
        memory: str = "4GB",
        progress: Progress | None = None,
    ) -> Self:
        """Open a store; builds its index first where it is missing or stale, and says so.

        Parameters
        ----------
        path : Path or str
            Folder of the store.
        engine : str
            ``"duckdb"``, or a Spark master such as ``"local[2]"`` or ``"spark://host:7077"``.
        names : sequence of paths, optional
            Dictionaries of drug names beside the shipped one, see ``load_dictionary``. They are copied into the
            store and stand until others are given; those that stand are used when omitted, none where it is empty.
        rules : Path or str, optional
            Rules of cleaning, see ``load_rules``; kept in the same way.
        dossier : Path or str, optional
            A dossier by its folder or name, or a folder of lists alone, see ``load_lists``: its drug names, groups,
            cohorts and caveats; kept in the same way. Those of the shipped dossier where none was ever given.
        settings : str, optional
            In the place of names and rules, and of lists where no dossier is given: the digest, or its beginning,
            of settings that the store keeps, or ``"shipped"``. They are used once.
        stand : bool
            Whether what is given stands for later commands; False uses it once.
        threads : int, optional
            For counting in DuckDB; every core when omitted.
        memory : str
            What the engine may hold.
        progress : callable, optional
            Called with a few words before each step of a build.

        Raises
        ------
        ValueError
            If the folder is no store, holds no quarter, or a dictionary, the rules, the dossier's lists or the
            engine are wrong.
        """
        index, used = prepare(
            path,
            names=names,
            rules=rules,
            dossier=dossier,
            settings=settings,
            stand=stand,
            progress=progress,
            memory=memory,
        )
        running, said = _connected(index, engine, threads, memory)
        return cls(index, running, said, used, Path(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the engine."""
        self.engine.close()

    def describe(self) -> Description:
        """Say what the store holds, what the rules did, what no dictionary knew, and whether it is synthetic."""
        said = self._said
        quarters = [one if isinstance(one, str) else one["quarter"] for one in said.get("quarters", [])]
        names = tuple(quarters)
        return Description(
            digest=str(said.get("digest", "none")),
            quarters=names,
            synthetic=bool(said["synthetic"]),
            reports=self._reports("raw"),
            kept=said.get("kept")
            or {mode: self._reports(mode) for mode in ("raw", "latest", "strict", "literature")},
            rules=tuple(said.get("rules", ())),
            names=said.get("names", {}),
            rows=said.get("rows", {}),
            settings=self.settings,
            gaps=gaps(names, self._folder),
            dropped=(*dropped_rows(said.get("rows", {})), *self._dropped_files),
        )

    @cached_property
    def _dropped_files(self) -> tuple[str, ...]:
        if self._folder is None:
            return ()
        from glabella.safety.faers import read_quarter_manifests

        return dropped_files(read_quarter_manifests(self._folder))

    @property
    def default_mode(self) -> str:
        """The mode of counting where none is named, as the rules have it."""
        return self._rules.default_mode

    def mask(self, mode: str | None) -> int:
        """Give the bits of ``flags`` that a mode leaves out."""
        return self._rules.mask(mode)

    def margins(
        self,
        role: str = "suspect",
        *,
        mode: str | None = None,
        level: str = "substance",
        strata: Sequence[str] = (),
    ) -> Margins:
        """Count the distinct reports of each drug, each event, and in all; see :meth:`pairs`."""
        rank(role), drug_names(level)
        return count_margins(
            self.engine, role=role, mask=self.mask(mode), level=level, strata=checked_strata(strata)
        )

    def pairs(
        self,
        role: str = "suspect",
        *,
        mode: str | None = None,
        level: str = "substance",
        strata: Sequence[str] = (),
    ) -> Pairs:
        """Count every drug with every event it is reported with.

        Parameters
        ----------
        role : "primary", "suspect" or "any"
            PS; PS and SS; PS, SS, I and C. A report names a drug in its highest role.
        mode : "raw", "latest", "strict" or "literature", optional
            Which flagged reports are left out: none; superseded versions and deleted cases; probable duplicates
            as well; literature duplicates as well. The rules' default (``strict``) when omitted.
        level : "substance" or "product"
            Of the drugs.
        strata : sequence of str
            Out of sex, age_band, year, reporter, country, quarter, era. What is unknown is a stratum.

        Returns
        -------
        Pairs
            Counts are distinct reports, and ``n_total`` is every report the mode keeps, whether or not it names
            a drug in the role. Without strata they are counted once and kept beside the index.

        Raises
        ------
        ValueError
            If a role, mode, level or stratum is not known.
        """
        within, mask = checked_strata(strata), self.mask(mode)
        rank(role), drug_names(level)
        named = mode or self._rules.default_mode

        def count() -> Pairs:
            return count_pairs(self.engine, role=role, mask=mask, mode=named, level=level, strata=within)

        return count() if within else kept(self.index, f"{level}-{role}-{named}", count)

    def signals(
        self,
        drug: Wanted | None = None,
        event: Wanted | None = None,
        *,
        role: str = "suspect",
        mode: str | None = None,
        level: str = "substance",
        ebgm: bool = True,
    ) -> polars.DataFrame:
        """Measure chosen drugs with chosen events.

        Parameters
        ----------
        drug, event : str, TermGroup or a sequence of them, optional
            A name in whatever case, or the id of a group such as ``ssri`` or ``suicide_self_injury``, which counts
            as one: a report with two members counts once. Omitted: every one that occurs with the other.
        role, mode, level : str
            As for :meth:`pairs`.
        ebgm : bool
            Whether to score EBGM. Its prior is fitted once to all single pairs of this role, mode and level, and
            kept; groups are scored with the same prior. Null where that fit is no maximum inside.

        Returns
        -------
        polars.DataFrame
            ``drug``, ``event``, ``n``, ``n_drug``, ``n_event``, ``n_total``, every measure of
            ``disproportionality``, and ``ebgm``, ``eb05``, ``eb95``. Where both sides were chosen, pairs without a
            report are there as well.

        Raises
        ------
        ValueError
            With near matches, if a name is in no report of the store.
        """
        import polars as pl

        from glabella.safety.measures import disproportionality

        mask = self.mask(mode)
        drugs = None if drug is None else [self.drugs(level).find(one) for one in _listed(drug)]
        events = None if event is None else [self.events.find(one) for one in _listed(event)]
        pairs = self.pairs(role, mode=mode, level=level) if ebgm or (drugs is None and events is None) else None
        if drugs is None and events is None:
            assert pairs is not None, "counted above"
            frame = pairs.frame.rename({pairs.drug_id: "drug", "event_id": "event"})
        else:
            margins = pairs.margins if pairs else self.margins(role, mode=mode, level=level)
            frame = count_chosen(self.engine, margins, drugs, events, role=role, mask=mask, level=level)
        frame = self._named(frame, level)
        counts = [frame[name].to_numpy() for name in ("n", "n_drug", "n_event", "n_total")]
        scored = pl.concat([frame, disproportionality(*counts)], how="horizontal")
        return with_gps(scored, self._prior(pairs)) if pairs and pairs.frame.height else scored

    def prior(self, role: str = "suspect", *, mode: str | None = None, level: str = "substance") -> GPS:
        """Give the prior of EBGM over all pairs, fitted once and kept beside the index."""
        named = f"{level}-{role}-{mode or self._rules.default_mode}"
        return self._priors.get(named) or self._prior(self.pairs(role, mode=mode, level=level))

    def _prior(self, pairs: Pairs) -> GPS:
        """Fit a prior once while the store is open: one that is no maximum inside is not kept beside it."""
        named = f"{pairs.level}-{pairs.role}-{pairs.mode}"
        if named not in self._priors:
            self._priors[named] = kept_prior(self.index, pairs)
        return self._priors[named]

    def drugs(self, level: str = "substance") -> Vocabulary:
        """Give the names and groups of drugs of a level."""
        drug_names(level)
        return self._substances if level == "substance" else self._products

    @cached_property
    def lists(self) -> Lists:
        """Groups of drugs, events and indications, cohorts and caveats: the general ones and the dossier's."""
        return read_lists(self.settings.lists)

    @cached_property
    def events(self) -> Vocabulary:
        """The report terms and groups of them."""
        return event_vocabulary(self._table("events", "event_id"), self.lists)

    @cached_property
    def indications(self) -> Vocabulary:
        """The indication terms and groups of them."""
        return indication_vocabulary(self._table("indications", "indication_id"), self.lists)

    def find_drugs(self, wanted: Wanted, *, level: str = "substance") -> tuple[Found, ...]:
        """Find names and groups of drugs."""
        return tuple(self.drugs(level).find(one) for one in _listed(wanted))

    def find_events(self, wanted: Wanted) -> tuple[Found, ...]:
        """Find names and groups of events."""
        return tuple(self.events.find(one) for one in _listed(wanted))

    def substances_of(self, product_ids: Sequence[int]) -> tuple[int, ...]:
        """Give the substances of products, where a product has one."""
        import polars as pl

        chosen = self._table("products", "product_id").filter(pl.col("product_id").is_in(list(product_ids)))
        return tuple(chosen["substance_id"].drop_nulls().unique().sort().to_list())

    @cached_property
    def _substances(self) -> Vocabulary:
        return self._drugs("substance")

    @cached_property
    def _products(self) -> Vocabulary:
        return self._drugs("product")

    def _drugs(self, level: str) -> Vocabulary:
        tables = self._table("substances", "substance_id"), self._table("products", "product_id")
        return drug_vocabulary(level, *tables, self.lists)

    def _table(self, name: str, order: str) -> polars.DataFrame:
        return self.engine.run(Query(f"SELECT * FROM {name} ORDER BY {order}"))

    def _reports(self, mode: str) -> int:
        query = f"SELECT COUNT(*) AS n FROM reports WHERE (flags & {self.mask(mode)}) = 0"
        return int(self.engine.run(Query(query))["n"][0])

    def _named(self, frame: polars.DataFrame, level: str) -> polars.DataFrame:
        """Put names in the place of ids, which stand where every drug or event was asked for."""
        import polars as pl

        for side, table, column in (("drug", f"{level}s", f"{level}_id"), ("event", "events", "event_id")):
            if frame[side].dtype != pl.String:
                names = self._table(table, column).select(pl.col(column).alias(side), pl.col("name"))
                frame = frame.join(names, on=side, how="left", maintain_order="left")
                frame = frame.with_columns(pl.col("name").alias(side)).drop("name")
        return frame


#: Open a store for counting.
open_store = Store.open


def open_index(
    path: Path | str, *, engine: str = "duckdb", threads: int | None = None, memory: str = "4GB"
) -> Store:
    """Open a folder of index tables that stands alone, such as a synthetic one, with the rules it was built by.

    Raises
    ------
    ValueError
        If a table is missing or not as it was written, or the engine is not known.
    """
    index = Path(path)
    running, said = _connected(index, engine, threads, memory)
    return Store(index, running, said, _settings_of(index, said))


def _connected(index: Path, engine: str, threads: int | None, memory: str) -> tuple[Engine, Mapping[str, Any]]:
    """Read what an index says, look whether its tables are whole, and connect to them."""
    check_tables(index)
    said = read_index(index)
    for table, entry in said.get("tables", {}).items():
        path = index / f"{table}.parquet"
        found = f"{path.stat().st_size:,} bytes, expected {entry['bytes']:,}" if path.exists() else "missing"
        if not path.exists() or path.stat().st_size != entry["bytes"]:
            raise ValueError(f"{path}: {found}; remove {index}, and the next command builds it again")
    return connect(engine, index, threads=threads, memory=memory), said


def _settings_of(index: Path, said: Mapping[str, Any]) -> Settings:
    """Give the settings of an index that lies in its store; of one elsewhere, what it says of them."""
    card = said.get("settings", {"digest": SHIPPED})
    store = index.absolute().parent.parent
    if card["digest"] in kept_settings(store):
        return read_settings(store, card["digest"])
    return Settings()


def _listed(wanted: Wanted) -> list[str | TermGroup]:
    return [wanted] if isinstance(wanted, str | TermGroup) else list(wanted)
