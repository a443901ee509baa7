"""A document as Markdown: the same words and numbers, with marks that lead to the sources at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glabella.brief.render.marks import Marked, spanned
from glabella.brief.render.numbers import Shared, parts_of, values_of
from glabella.brief.render.setting import Setting, setting_of
from glabella.brief.render.words import EVERY, KINDS, SOURCES, TOGETHER, source_parts
from glabella.shown import (
    Block,
    Cell,
    Cite,
    Claim,
    Columns,
    Details,
    Document,
    Drawn,
    Figure,
    Heading,
    Icon,
    Inline,
    Items,
    Link,
    Name,
    Paragraph,
    Section,
    Shown,
    Small,
    Strong,
    Table,
    claims_of,
    dated,
)
from glabella.shown.document import ASIDE

#: What Markdown would obey anywhere in a text; what may join with the next text to such a thing stands at its end.
_OBEYED = re.compile(r"[\\`*\[\]|~]|(?<![^\W_])_|_(?![^\W_])|<(?=[a-zA-Z/!?]|$)|&(?=#?\w+;|#?\w*$)")
#: What it would obey at the beginning or the end of a line.
_BEGINS = re.compile(r"^(?:[#>\[]|[-+=](?=\s|[-+=]|$))")
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")
_ENDS = re.compile(r"#(?=#*$)")
_BREAKS = re.compile(r"[ \t]*[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+[ \t]*")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f]")


def markdown(document: Document) -> str:
    """Write a document as Markdown; the same document gives the same text.

    Parameters
    ----------
    document : Document

    Returns
    -------
    str
    """
    to = setting_of(document)
    about = f" · {_line(document.about, to)}" if document.about else ""
    parts = [
        f"# {text(document.title)}",
        f"{KINDS[document.kind]} · edition {text(dated(document.edition))}{about}",
        *_blocks(document.body[: len(document.header)], to, 2),
        *_blocks(document.sections, to, 2),
        *_numbers(to),
        *_sources(to),
        *_blocks(document.footer, to, 2),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def text(words: str) -> str:
    r"""Write words so that Markdown shows them, in one line, and obeys nothing in them.

    >>> print(text("<b>1 | 2</b> P < 0.05"), text("# not a heading"))
    \<b>1 \| 2\</b> P < 0.05 \# not a heading
    """
    return _beginning(_within(words).strip())


def _within(words: str) -> str:
    return _OBEYED.sub(r"\\\g<0>", _UNSEEN.sub("\ufffd", _BREAKS.sub(" ", words)))


def _beginning(line: str) -> str:
    """Keep the beginning and the end of a line from being obeyed."""
    line = _ENDS.sub(r"\\#", _BEGINS.sub(r"\\\g<0>", line))
    return _NUMBERED.sub(r"\1\\\2", line)


# --- within a line ------------------------------------------------------------------------------------------


def _line(content: Cell, to: Setting, marked: Marked | None = None) -> str:
    """Write a line; ``marked`` where it is one of several that are read together."""
    line = _inline(content, to, marked or Marked((content,)), "").strip()
    # A mark and a bracket behind it would be a link.
    return _beginning(line.replace("](", "]\\("))


def _inline(content: Cell, to: Setting, marked: Marked, before: str) -> str:
    """Give ``before`` and what is written behind it."""
    match content:
        case str():
            return before + _within(content)
        case tuple():
            for part in content:
                before = _inline(part, to, marked, before)
            return before
        case Claim() | Shown() | Drawn():
            claim = content if isinstance(content, Claim) else content.claim
            words = content.text if isinstance(content, Shown) else claim.text
            return before + _within(words) + _mark(marked.number(claim), to)
        case Name(words) | Link(words):
            return before + _within(words)
        case Icon(word=word):
            return before + _within(word)
        case Strong(inner):
            return before + _strong(_inline(inner, to, marked, ""))
        case Small(inner):
            return _inline(inner, to, marked, before + ASIDE if before and not before[-1].isspace() else before)
        case Cite(keys):
            return before + _mark(keys, to) if keys and marked.citation(keys) else before


def _even(content: Inline) -> Inline:
    """Give a line without what is strong in it, because all of it will be."""
    match content:
        case tuple():
            return tuple(_even(part) for part in content)
        case Strong(inner):
            return _even(inner)
        case Small(inner):
            return Small(_even(inner))
        case _:
            return content


def _strong(words: str) -> str:
    """Set words strong; a space at their end would keep the stars from being obeyed."""
    inner = words.strip()
    if not inner:
        return words
    start = len(words) - len(words.lstrip())
    return f"{words[:start]}**{inner}**{words[start + len(inner) :]}"


def _mark(keys: tuple[str, ...], to: Setting) -> str:
    return f" [{to.marks.text(to.marks.of(keys))}]" if keys else ""


# --- blocks -------------------------------------------------------------------------------------------------


def _blocks(blocks: tuple[Block, ...], to: Setting, level: int) -> Iterator[str]:
    for block in blocks:
        yield from _block(block, to, level)


def _block(block: Block, to: Setting, level: int) -> Iterator[str]:
    match block:
        case Heading(text=words):
            yield f"{'#' * level} {_line(words, to)}"
        case Paragraph(content):
            yield _line(content, to)
        case Items(items, ordered):
            yield "\n".join(
                f"{f'{place}.' if ordered else '-'} {_line(item, to)}" for place, item in enumerate(items, 1)
            )
        case Table():
            yield from _table(block, to)
        case Figure():
            yield f"*{_line(block.alt, to)}*" if block.alt else ""
            yield _line(block.caption, to)
        case Details(summary, content):
            yield _strong(_line(_even(summary), to))
            yield from _blocks(content, to, level)
        case Columns(parts):
            for part in parts:
                yield from _blocks(part, to, level)
        case Section():
            if block.title:
                yield f"{'#' * level} {_line(block.title, to)}"
            yield from _blocks(block.content, to, level + 1 if block.title else level)


def _table(it: Table, to: Setting) -> Iterator[str]:
    """Write a table; what is drawn is left out where it is written beside."""
    if it.caption:
        yield _strong(_line(_even(it.caption), to))
    left = [place for place, column in enumerate(it.columns) if column.look != "drawn" or not _written(it, place)]
    looks = ["--:" if it.columns[place].look == "number" else "---" for place in left]
    heads = [_line(it.columns[place].head, to) for place in left]
    rows = [_row(tuple(row.cells[place] for place in left), to) for row in it.rows]
    yield "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, looks, *rows))
    yield _line(it.note, to)


def _row(cells: tuple[Cell, ...], to: Setting) -> list[str]:
    marked = Marked(cells)
    return [_line(cell, to, marked) for cell in cells]


def _written(it: Table, place: int) -> bool:
    """Tell whether every claim drawn in a column is written in its row."""
    for row in it.rows:
        cell = row.cells[place]
        others = tuple(Paragraph(each) for each in row.cells if not isinstance(each, Drawn))
        if isinstance(cell, Drawn) and cell.claim.id not in {claim.id for claim in claims_of(others)}:
            return False
    return True


# --- what stands at the end ---------------------------------------------------------------------------------


def _numbers(to: Setting) -> Iterator[str]:
    """Write the list of every number of a report."""
    if not to.lists_numbers or not to.document.claims:
        return
    yield f"## {EVERY}"
    for part in parts_of(to):
        yield f"### {text(part.title)}"
        for made in part.made:
            yield _said(made.shared) + _mark(made.keys, to)
            for group in made.groups:
                lines = [f"- {text(label)}: **{_within(values_of(claims))}**" for label, claims in group.named]
                yield "\n".join((*lines, f"  ({_said(group.shared)})"))


def _said(shared: Shared) -> str:
    return " · ".join(f"{name}: {_within(said)}" for name, said in shared)


def _sources(to: Setting) -> Iterator[str]:
    if not to.marks.sources:
        return
    yield f"## {SOURCES}"
    lines = []
    for place, source in enumerate(to.marks.sources, 1):
        parts = [_within(part) for part in source_parts(source, to.document.kind)]
        if source.address:
            parts.append(f"<{source.address}>")
        lines.append(f"{place}. {' · '.join(parts)}")
    yield "\n".join(lines)
    if to.marks.letters:
        yield TOGETHER
        yield "\n".join(f"- [{letter}] {spanned(numbers)}" for numbers, letter in to.marks.letters.items())
