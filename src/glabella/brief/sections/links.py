"""How it works: what the dossier says of it, and the steps of its model with the support of each."""

from __future__ import annotations

from glabella.brief.quoting import say_all
from glabella.brief.results import Results
from glabella.dossier import Link, Mechanism
from glabella.shown import (
    Block,
    Details,
    Figure,
    Icon,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Section,
    Strong,
)


def report(results: Results, book: Ledger) -> Section | None:
    """Tell how it works."""
    evidence = results.evidence
    said = say_all(book, evidence.products.how_it_works, "how")
    content: tuple[Block, ...] = ()
    if evidence.mechanism is not None:
        content = (Paragraph(_answer(evidence.mechanism), "lead"), *_list(said), *_steps(evidence.mechanism, book))
    elif said:
        content = (Paragraph(said[0], "lead"), *_list(said[1:]))
    return Section("how", "How does it work?", content) if content else None


def _list(said: tuple[Inline, ...]) -> tuple[Block, ...]:
    return (Items(said),) if said else ()


def _answer(mechanism: Mechanism) -> Inline:
    """Say how well the steps that come last are supported: a chain is as weak as they are."""
    last, links = _last(mechanism), tuple(mechanism.links.values())
    ends = tuple(link for link in links if link.end == last and link.begin != last) or links
    named: Inline = tuple(
        part
        for at, link in enumerate(ends)
        for part in (", " if at else "", Name(link.label), " (", Icon("verdict", link.support), ")")
    )
    end = Name(mechanism.nodes[last])
    if any(link.support == "supported" for link in ends):
        return ("The last step to ", end, " is supported: ", named, ".")
    before = [link for link in links if link not in ends]
    most = 2 * sum(link.support == "supported" for link in before) > len(before)
    firm = " Most of the steps before are supported." if most else ""
    return ("How it would lead to ", end, " is not settled. Possible last steps: ", named, ".", firm)


def _last(mechanism: Mechanism) -> str:
    """Give the state to which the chain leads: the last that nothing leaves."""
    left = {link.begin for link in mechanism.links.values() if link.begin != link.end}
    return next((node for node in reversed(tuple(mechanism.nodes)) if node not in left), tuple(mechanism.nodes)[-1])


def _steps(mechanism: Mechanism, book: Ledger) -> tuple[Block, ...]:
    """Draw the model, and list its steps with what supports each."""
    from glabella.plot import Link as Arrow
    from glabella.plot import diagram

    links = mechanism.links
    drawn = diagram(mechanism.nodes, [Arrow(it.begin, it.end, it.label, it.support) for it in links.values()])
    first = mechanism.nodes[next(iter(links.values())).begin]
    return (
        Figure(
            "steps",
            drawn,
            f"Diagram of the model from {first} to {mechanism.nodes[_last(mechanism)]}; each arrow shows how "
            "well it is supported. The list below gives the reasons.",
            "The steps of the model. The list below gives what supports each.",
        ),
        Details(
            "Each step, and what supports it",
            (Items(tuple(_step(mechanism, key, link, book) for key, link in links.items())),),
        ),
    )


def _step(mechanism: Mechanism, key: str, link: Link, book: Ledger) -> Inline:
    begin, end = mechanism.nodes[link.begin], mechanism.nodes[link.end]
    why = tuple(part for each in say_all(book, link.why, f"link.{key}.") for part in (" ", each))
    name = begin if link.begin == link.end else f"{begin} → {end}"
    return (Strong(Name(name)), ": ", Name(link.label), " (", Icon("verdict", link.support), ").", *why)
