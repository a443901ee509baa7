"""What the treatment is, how each product is dosed and limited, and what the trials gave."""

from __future__ import annotations

from collections import Counter

from glabella.brief.quoting import joined, quote, say, say_all, seen
from glabella.brief.results import Results
from glabella.brief.words import Words, words_of
from glabella.dossier import Arm, Product, Study
from glabella.shown import (
    Block,
    Column,
    Heading,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Small,
    Strong,
    Table,
)

#: Kinds of products that the treatment was compared with; every other kind is the treatment itself.
_COMPARED = frozenset({"control", "comparator"})


def report(results: Results, book: Ledger) -> Section | None:
    """Say what the treatment is, then dose and limits of each product, then what the trials gave."""
    products = results.evidence.products
    said = say_all(book, products.what_it_is, "what")
    content: list[Block] = []
    if said:
        content.append(Paragraph(said[0], "lead"))
    if said[1:]:
        content.append(Items(said[1:]))
    treatments = {key: each for key, each in products.products.items() if each.kind not in _COMPARED}
    others = {key: each for key, each in products.products.items() if each.kind in _COMPARED}
    content += _products(book, treatments, "Dose and limits of each product")
    content += given(results, book)
    content += _products(book, others, "What it was compared with")
    if not content:
        return None
    return Section("treatment", f"What is {words_of(results.evidence).treatment}?", tuple(content))


def _products(book: Ledger, products: dict[str, Product], title: str) -> list[Block]:
    """Give what is said of each product; a sentence that stands at several of them is said once."""
    repeated = Counter(each.text for product in products.values() for each in product.statements if not each.values)
    together: dict[str, list[Inline]] = {text: [] for text, times in repeated.items() if times > 1}
    items: list[Inline] = []
    for key, product in products.items():
        own: list[Inline] = []
        for place, statement in enumerate(product.statements):
            if statement.text in together:
                together[statement.text].append((Name(product.label), *seen(statement)))
            else:
                own += [" ", say(book, statement, f"product.{key}.{place}")]
        if own:
            items.append((Strong((Name(product.label), ".")), *_brands(product), *own))
    items += [(text, " This is said of ", joined(whose), ".") for text, whose in together.items()]
    return [Heading(title), Items(tuple(items))] if items else []


def _brands(product: Product) -> tuple[Inline, ...]:
    if not product.brands:
        return ()
    return (" ", Small(("Sold as ", joined([Name(brand) for brand in product.brands]), ".")))


def given(results: Results, book: Ledger) -> list[Block]:
    """Give the doses of the trials, each bound to its product, where they were seen."""
    products, words = results.evidence.products.products, words_of(results.evidence)
    rows, unseen = [], []
    for study in results.evidence.studies.values():
        active = {
            key: arm
            for key, arm in study.arms.items()
            if arm.role == "active" and arm.treatment in products and products[arm.treatment].kind not in _COMPARED
        }
        rows += [_row(book, study, key, arm, words) for key, arm in active.items() if arm.doses]
        if active and not any(arm.doses for arm in active.values()):
            unseen.append(Name(study.label))
    if not rows:
        return []
    return [
        Table(
            "What the studies gave.",
            (Column("study"), Column("treatment"), Column("where"), Column("dose")),
            tuple(rows),
            note=("Dose not seen: ", joined(unseen), ".") if unseen else "",
        )
    ]


def _row(book: Ledger, study: Study, key: str, arm: Arm, words: Words) -> Row:
    doses: list[Inline] = []
    for place, dose in enumerate(arm.doses):
        whose = "" if dose.who == "all" else f", {dose.who}"
        units = quote(
            book,
            dose.units,
            f"given.{study.id}.{key}.{place}",
            f"dose{whose}: {study.label}, {arm.label}",
            population=f"{study.label}{whose}",
        )
        doses.append((units, f" ({dose.who})" if whose else ""))
    return Row(
        (Name(study.label), Name(arm.label), Name(words.site(arm.site) if arm.site else "not known"), joined(doses))
    )
