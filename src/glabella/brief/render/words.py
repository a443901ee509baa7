"""The few words that every document has around what it says."""

from __future__ import annotations

from glabella.shown import Reference

KINDS = {"brief": "Evidence brief", "report": "Full report", "check": "Article, checked",
         "weighed": "Options, weighed"}  # fmt: skip
EVERY, SOURCES, TOGETHER = "Every number", "Sources", "Sources that stand together:"


def source_parts(source: Reference, kind: str) -> tuple[str, ...]:
    """Say what a source is: in a brief by its short name, in a report with all that is known of it."""
    if kind != "report":
        return (source.short or source.text or source.key,)
    short = source.short if source.short and source.text else ""
    return tuple(part for part in (short, source.text or source.short or source.key, source.seen) if part)


#: Registers of publications and trials, and how people name an entry of theirs.
_REGISTERS = {
    "https://doi.org/": "doi:",
    "https://pubmed.ncbi.nlm.nih.gov/": "PMID ",
    "https://pmc.ncbi.nlm.nih.gov/articles/": "",
    "https://clinicaltrials.gov/study/": "",
}


#: Characters of an address that are set; of a longer one its site is named, and the link leads all the way.
_LONGEST = 60


def address_in_short(address: str) -> str:
    """Name an address as people do; of a long one only the site.

    >>> address_in_short("https://pubmed.ncbi.nlm.nih.gov/24345483/"), address_in_short("https://example.org/a")
    ('PMID 24345483', 'example.org/a')
    >>> address_in_short(f"https://example.org/{'a' * 60}")
    'example.org'
    """
    for begins, name in _REGISTERS.items():
        if address.startswith(begins):
            return name + address.removeprefix(begins).rstrip("/")
    plain = address.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return plain if len(plain) <= _LONGEST else plain.partition("/")[0]
