"""What changed between two documents, in sentences, by what changed it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from glabella._reading import one_line
from glabella.brief.aligned import Part, aligned, contrasted, parts_of, placed, shortened, steps
from glabella.brief.quoting import capital
from glabella.brief.render.pieces import Piece
from glabella.brief.render.words import EVERY
from glabella.brief.written import Written, read
from glabella.shown import Claim

#: Beginnings of claims' ids that were renamed, old to new; an older document's claims are found by the new ones. A
#: star stands for any one part between dots. ``docs/renamed-claims.md`` prints this table.
RENAMED: dict[str, str] = {
    "course.constants.told": "course.constants.identified",
    "course.constants.untold": "course.constants.partly",
    "course.foretold.": "course.predicted.",
    "course.repeat.*.*.injections": "course.repeat.*.*.sessions",
    "course.repeat.*.*.stopping_frown": "course.repeat.*.*.stopping_weakness",
    "course.repeat.*.*.weeks_frown": "course.repeat.*.*.weeks_weakness",
    "course.repeat.frown.": "course.repeat.weakness.",
    "course.repeat.frown.*.injections": "course.repeat.weakness.*.sessions",
    "course.repeat.frown.*.stopping_frown": "course.repeat.weakness.*.stopping_weakness",
    "course.repeat.frown.*.weeks_frown": "course.repeat.weakness.*.weeks_weakness",
    "foretells.": "predicts.",
}
#: Pieces whose changes claims tell, or the line around them.
_TOLD = frozenset({"claim", "mark", "labels", "link", "certainty", "verdict"})
#: Sections that say again what claims are, which is told of claims.
_LISTS = frozenset({EVERY, "Where the numbers come from"})
#: What of a claim's people and time says nothing.
_UNSAID = frozenset({"", "any", "as in the source"})
#: Ends of the names of the effects that may lead.
_EFFECTS = (".points", ".estimate")
_NUMBER = re.compile(r"[−-]?\d[\d,.]*")
#: How an input is called that is no study's and no file.
CALLED = {
    "dossier": "a number that the dossier quotes",
    "analysis": "how an analysis is declared",
    "choices": "which choices are declared",
}


def changed(old: str, new: str) -> list[str]:
    """Say what changed between two documents' files, grouped by the study or file that changed it.

    Parameters
    ----------
    old, new : str
        Contents of two files of the same document, both in Markdown or each in HTML or JSON. Of Markdown only lines
        are compared, of the pages of an older version only numbers.

    Returns
    -------
    list of str
        A line for each group, below it a line for each change; empty where nothing changed.

    Raises
    ------
    ValueError
        If one of them is no document, or they cannot be compared.
    """
    return changed_between(read(old), read(new))


def changed_between(before: Written, after: Written) -> list[str]:
    """Say the same of files that were read already.

    Raises
    ------
    ValueError
        If they cannot be compared.
    """
    if before.kind != after.kind:
        raise ValueError(f"a {before.kind} and a {after.kind}, expected two of the same document")
    if (before.form == "md") != (after.form == "md"):
        raise ValueError("one of them is Markdown, expected both, or neither")
    groups: dict[str, list[str]] = {}
    for cause, line in sorted(_claims(before, after), key=lambda found: _rank(found[0])):
        groups.setdefault(cause, []).append(line)
    if before.older or after.older:
        if before.older != after.older:
            groups["Words"] = ["not compared: one of them was made by an older version, in another form"]
    elif words := list(_words(before, after, numbers=bool(groups))):
        groups["Words"] = words
    return [
        line for cause, lines in groups.items() for line in (f"{one_line(cause)}:", *(f"  {it}" for it in lines))
    ]


# --- the answer ---------------------------------------------------------------------------------------------


def answer_changed(before: Written, after: Written) -> str:
    """Say in one or two sentences whether the answer changed: the bottom line, how sure it is, and its effect.

    Parameters
    ----------
    before, after : Written
        Two files of the same document.

    Returns
    -------
    str
        Empty where the files hold no bottom line by itself, such as in Markdown or of a checked article.
    """
    if before.older or after.older:
        return "Whether the answer changed cannot be told: a file is of an older version, in another form."
    was, now = _answer(before), _answer(after)
    if not was.line or not now.line:
        return ""
    moved = []
    if was.certainty != now.certainty:
        moved.append(f"its certainty was {was.certainty} and is now {now.certainty}")
    if was.effect != now.effect:
        moved.append(f"the pooled effect was {was.effect} and is now {now.effect}")
    also = f" {capital(', and '.join(moved))}." if moved else ""
    if was.line != now.line:
        return f"The answer changed: “{was.line}” became “{now.line}”.{also}"
    if was.certainty != now.certainty:
        return f"The bottom line reads the same, but how sure it is changed.{also}"
    return f"The answer did not change: the bottom line and its certainty, {now.certainty}, are the same.{also}"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a document answers: its bottom line, how sure it is, and the effect that leads."""

    line: str
    certainty: str
    effect: str


def _answer(of: Written) -> _Answer:
    parts = parts_of(of.pieces)

    def pieces(name: str, kind: str) -> Iterator[str]:
        return (piece.text for piece in parts[name].pieces if piece.kind == kind) if name in parts else iter(())

    names = (text.partition(": ")[0] for text in pieces("benefit", "claim"))
    effect = next((of.claims[it].text for it in names if it.endswith(_EFFECTS) and it in of.claims), "not known")
    line = " ".join(pieces("bottom-line", "sentence"))
    return _Answer(line, next(pieces("how-sure", "certainty"), "not rated"), effect)


# --- numbers ------------------------------------------------------------------------------------------------


def renamed(name: str) -> str:
    """Give the id that a claim has now; of several beginnings that were renamed the longest counts.

    >>> renamed("scores_all.estimate"), renamed("course.repeat.fixed.central.weeks_frown")
    ('scores_all.estimate', 'course.repeat.fixed.central.weeks_weakness')
    """
    for old in sorted(RENAMED, key=len, reverse=True):
        if found := re.match(re.escape(old).replace(r"\*", r"([^.]+)"), name):
            new = RENAMED[old]
            for part in found.groups():
                new = new.replace("*", part, 1)
            return new + name[found.end() :]
    return name


def _claims(before: Written, after: Written) -> Iterator[tuple[str, str]]:
    """Give each claim that is new, gone or moved, with what moved it."""
    one, other = (
        {name if name in beside.claims else renamed(name): claim for name, claim in here.claims.items()}
        for here, beside in ((before, after), (after, before))
    )
    labels = Counter(claim.label for claim in other.values())
    # In the order of the newer document, which leads with what matters.
    for name in dict.fromkeys((*other, *one)):
        was, now = one.get(name), other.get(name)
        if was is None and now is not None:
            yield "New", one_line(f"{_called(now, labels)}: {now.text}")
        elif now is None and was is not None:
            yield "Gone", one_line(f"{_called(was, labels)}: was {was.text}")
        elif was is not None and now is not None:
            for words in _moves(was, now):
                yield _cause(was, now), one_line(f"{_called(now, labels)}: {words}")


def _called(claim: Claim, labels: Counter[str]) -> str:
    """Name a claim by its label; where others have it too, by its people and time as well."""
    said = (claim.population, claim.time_span) if labels[claim.label] > 1 else ()
    about = ", ".join(it for it in said if it not in _UNSAID)
    return f"{shortened(claim.label)} ({about})" if about else shortened(claim.label)


def _moves(was: Claim, now: Claim) -> Iterator[str]:
    """Say how a claim moved: its number, and how far to trust it."""
    if was.text != now.text:
        yield f"was {was.text}, is now {now.text}"
    if was.certainty != now.certainty:
        yield f"its certainty was {was.certainty}, is now {now.certainty}"


def _cause(was: Claim, now: Claim) -> str:
    """Name the files whose content a number rests on and that differ; else the program, or what is shown."""
    one, other = dict(was.inputs), dict(now.inputs)
    moved = sorted({_input(key) for key in one.keys() | other.keys() if one.get(key) != other.get(key)})
    if moved:
        return f"Changed by {', '.join(moved)}"
    if was.version != now.version:
        return f"Changed by the program, {was.version} to {now.version}"
    return "Changed by the program, or written otherwise"


def _input(key: str) -> str:
    """Name an input: a study by its id, however it went in."""
    return CALLED.get(key) or key.removeprefix("studies/").removesuffix(".yaml")


def _rank(cause: str) -> tuple[int, str]:
    """Sort causes: studies and files first, then what is quoted, the program, what is new, what is gone."""
    order = (f"Changed by {CALLED['dossier']}", "Changed by the program", "New", "Gone")
    place = next((at for at, it in enumerate(order, 1) if cause.startswith(it)), 0)
    return place, cause


# --- words --------------------------------------------------------------------------------------------------


def _words(before: Written, after: Written, *, numbers: bool) -> Iterator[str]:
    """Give each section and each piece of text that says something else, numbers apart where claims tell them."""
    held = aligned(before.pieces, after.pieces)
    for part in held.gone:
        yield one_line(f"section “{placed(part.title)}” is gone")
    for part in held.new:
        yield one_line(f"section “{placed(part.title)}” is new")
    for title, was, now in held.moved:
        stood, stands = (f"after “{placed(it)}”" if it else "first" for it in (was, now))
        yield one_line(f"section “{placed(title)}” stood {stood}, stands now {stands}")
    found = [line for was, now in held.both if now.title not in _LISTS for line in _part(was, now)]
    yield from found
    # What the list of every number says otherwise would be said a second time, but where nothing else was said.
    if not found and not numbers:
        yield from (line for was, now in held.both if now.title in _LISTS for line in _part(was, now))


def _part(before: Part, after: Part) -> Iterator[str]:
    one, other = list(_masked(before)), list(_masked(after))
    place = placed(after.title)
    for here, there in steps([masked for masked, _ in one], [masked for masked, _ in other]):
        was, now = ([text for _, text in those] for those in (one[here], other[there]))
        for old, new in zip(was, now, strict=False):
            old, new = contrasted(old, new)
            yield one_line(f"{place}: “{old}” became “{new}”")
        for old in was[len(now) :]:
            yield one_line(f"{place}: “{shortened(old)}” is gone")
        for new in now[len(was) :]:
            yield one_line(f"{place}: “{shortened(new)}” is new")


def _masked(part: Part) -> Iterator[tuple[tuple[str, str], str]]:
    """Give what is read as a line, without its numbers and as it is; claims stand before the line they are in."""
    claims: list[str] = []
    for piece in part.pieces:
        if piece.kind == "claim":
            claims.append(piece.text.partition(": ")[2])
        elif piece.kind not in _TOLD:
            yield (piece.kind, _without(piece, claims)), piece.text
            claims = []


def _without(piece: Piece, claims: list[str]) -> str:
    """Put a sign where a line shows a claim; what a picture shows has claims that are no pieces."""
    if piece.kind == "alt":
        return _NUMBER.sub("#", piece.text)
    rest, done = piece.text, ""
    for text in claims:
        before, found, after = rest.partition(text)
        if found:
            done, rest = f"{done}{before}#", after
    return done + rest
