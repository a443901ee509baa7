"""Cleaned, named and counted reports: from the quarters of a store to every drug × event pair.

``build_index`` flags (never deletes), names drugs at two levels and codes everything as numbers; ``open_store``
counts over that index with DuckDB or Spark, in the same SQL.
"""

from glabella.safety.store._dropped import quarters_between, spans
from glabella.safety.store._find import Vocabulary
from glabella.safety.store._index import build_index, unmapped_share
from glabella.safety.store._lists import Lists, load_lists, store_lists
from glabella.safety.store._names import load_dictionary
from glabella.safety.store._pairs import Margins, Pairs, with_gps
from glabella.safety.store._roles import ROLES, Mode, Role, rank
from glabella.safety.store._rules import MODES, Rule, Rules, load_rules
from glabella.safety.store._settings import Settings, keep_settings
from glabella.safety.store._sql import Query, statement
from glabella.safety.store._store import Description, Store, open_index, open_store
from glabella.safety.store._terms import TermGroup, load_terms, normal_term
from glabella.safety.store._trend import count_trend

__all__ = [
    "MODES",
    "ROLES",
    "Description",
    "Lists",
    "Margins",
    "Mode",
    "Pairs",
    "Query",
    "Role",
    "Rule",
    "Rules",
    "Settings",
    "Store",
    "TermGroup",
    "Vocabulary",
    "build_index",
    "count_trend",
    "keep_settings",
    "load_dictionary",
    "load_lists",
    "load_rules",
    "load_terms",
    "normal_term",
    "open_index",
    "open_store",
    "quarters_between",
    "rank",
    "spans",
    "statement",
    "store_lists",
    "unmapped_share",
    "with_gps",
]
