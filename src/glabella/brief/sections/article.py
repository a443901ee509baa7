"""An article, sentence by sentence: what it claims, and what the evidence says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from glabella.brief.claims import verdicts_of
from glabella.brief.counting import count
from glabella.brief.quoting import capital, joined
from glabella.brief.results import Results
from glabella.brief.ruled import names_of
from glabella.brief.sections import popular_claims
from glabella.decision.articles import Checked, Mark
from glabella.decision.shares import shares_in
from glabella.shown import (
    Block,
    Column,
    Icon,
    Inline,
    Items,
    Ledger,
    Link,
    Name,
    Paragraph,
    Row,
    Section,
    Small,
    Strong,
    Table,
)

_NOT_ENGLISH = "The text does not seem to be English. Only English is read, so no sentence was marked."
_NOT_ABOUT = "The text does not name the treatment, so no sentence was marked."
_NONE = "No sentence was recognised as a claim that the dossier knows."
#: What the evidence does to a sentence, by the verdict on the claim, where the sentence asserts it and where it
#: denies it.
_SAYS: Mapping[str, tuple[str, str]] = {
    "supported": ("the evidence agrees", "the evidence disagrees"),
    "contradicted": ("the evidence disagrees", "the evidence agrees"),
    "inconclusive": ("the evidence cannot tell", "the evidence cannot tell"),
    "untested": ("nobody has tested it", "nobody has tested it"),
    "in parts": ("in parts", "in parts"),
    "not judged": ("not judged here", "not judged here"),
}
_WAYS = {"plain": "", "hedged": ", with reserve,", "attributed": ", in somebody’s words,"}


def answer(results: Results, book: Ledger, checked: Checked) -> Section:
    """Say in a sentence what the article comes to, and list its claims once each."""
    if not checked.english or not checked.about:
        return Section(
            "answer", "What it claims", (Paragraph(_NOT_ABOUT if checked.english else _NOT_ENGLISH, "lead"),)
        )
    marks = [mark for each in checked.sentences for mark in each.marks]
    if not marks:
        return Section("answer", "What it claims", (Paragraph(_NONE, "lead"),))
    claims, verdicts = _claims(results), verdicts_of(results)
    under = book.under("article.")
    said_in_full = sum(each.sentence.kind != "heading" for each in checked.sentences)
    read = count(results, under, "sentences", "sentences read", said_in_full, files=_FILES, sources=())
    made = sum(bool(each.marks) for each in checked.sentences)
    recognised = count(results, under, "marked", "sentences with a known claim", made, files=_FILES, sources=())
    said = Counter(_says(verdicts[mark.claim], mark) for mark in marks)
    tally = [
        (
            f"{words if place else capital(words)}: ",
            count(results, under, _key(words), f"claims of the article: {words}", number, files=_FILES, sources=()),
        )
        for place, (words, number) in enumerate(said.most_common())
    ]
    lead: Inline = (
        "Of ",
        read,
        " sentences, ",
        recognised,
        " make claims that are known here. ",
        joined(tally, "; "),
        ".",
    )
    rows = tuple(
        _row(results, book, claims[key], verdicts, [mark for mark in marks if mark.claim == key])
        for key in dict.fromkeys(mark.claim for mark in marks)
    )
    table = Table("", (Column("Claim"), Column("The article", "wide"), Column("The evidence")), rows, look="list")
    return Section("answer", "What it claims", (Paragraph(lead, "lead"), table))


_FILES = ("claims.yaml", "frames.yaml")


def text(results: Results, _: Ledger, checked: Checked) -> Section | None:
    """Give the article as it stands, each marked sentence with what is said of it and the way there."""
    if not any(each.marks for each in checked.sentences):
        return None
    verdicts, place = verdicts_of(results), 0
    content: list[Block] = []
    for _block, together in groupby(checked.sentences, key=lambda each: each.sentence.block):
        said: list[Inline] = []
        heading = False
        for each in together:
            heading = each.sentence.kind == "heading"
            words: Inline = Name(each.sentence.text)
            if each.marks:
                place += 1
                icons = [Icon("verdict", word) for word in dict.fromkeys(_of_sentence(verdicts[it.claim], it)
                                                                         for it in each.marks)]  # fmt: skip
                words = (words, " ", Small((joined(icons, " "), " ", Link("See", said_name(place)))))
            elif each.looks:
                words = (words, " ", Small("not recognised"))
            said.append(words)
        line = joined(said, " ")
        content.append(Paragraph(Strong(line) if heading else line))
    return Section("article", "The article", tuple(content))


def said_name(place: int) -> str:
    """Name what is said of a marked sentence."""
    return f"said-{place}"


def sentences(results: Results, book: Ledger, checked: Checked) -> Section | None:
    """Give every sentence that makes a claim, in order, each mark with the verdict and the words that made it."""
    claims, verdicts, numbers = _claims(results), verdicts_of(results), _quantities(results)
    marked = [each for each in checked.sentences if each.marks]
    if not marked:
        return None
    content: list[Block] = []
    for place, each in enumerate(marked, 1):
        items = [_mark(claims[mark.claim], verdicts[mark.claim], mark) for mark in each.marks]
        # A sentence that makes several claims has a number for one of them: it is compared with all at once.
        asked = dict.fromkeys(key for mark in each.marks for key in numbers.get(mark.claim, ()))
        items += _compared(results, book, each.sentence.text, tuple(asked))
        quoted = Paragraph(("“", Name(each.sentence.text), "”"))
        content.append(Section(said_name(place), "", (quoted, Items(tuple(items)))))
    return Section("sentences", "Sentence by sentence", tuple(content))


def reasons(results: Results, book: Ledger, checked: Checked) -> Section | None:
    """Give why, claim by claim, with the numbers and their sources, the rule and what decided."""
    verdicts = verdicts_of(results)
    keys = dict.fromkeys(mark.claim for each in checked.sentences for mark in each.marks)
    content: list[Block] = []
    for claim in results.evidence.claims.claims:
        parts = {f"{claim.id}.{name}": part for name, part in claim.parts.items()}
        if claim.id not in keys:
            parts = {key: part for key, part in parts.items() if key in keys}
            if not parts:
                continue
        inner: list[Block] = [*popular_claims.why(results, book, claim, claim.id)]
        for key, part in parts.items():
            inner.append(popular_claims.part_line(part, verdicts[key]))
            inner += popular_claims.why(results, book, part, key)
        title = (Icon("verdict", verdicts[claim.id]), " “", Name(claim.claim), "”")
        content.append(Section(_why(claim.id), title, tuple(inner)))
    return Section("reasons", "What the evidence says, and why", tuple(content)) if content else None


def unrecognised(results: Results, book: Ledger, checked: Checked) -> Section | None:
    """List what looked like a claim and was not recognised; and say what was left out as no claim."""
    looked = [each for each in checked.sentences if each.looks]
    if not checked.english or not checked.about:
        return None
    under = book.under("article.")
    asked = count(
        results,
        under,
        "questions",
        "questions, which claim nothing",
        sum(each.sentence.question for each in checked.sentences),
        files=_FILES,
        sources=(),
    )
    heads = count(
        results,
        under,
        "headings",
        "headings, which claim nothing",
        sum(each.sentence.kind == "heading" for each in checked.sentences),
        files=_FILES,
        sources=(),
    )
    content: list[Block] = []
    if looked:
        content += [
            Paragraph(
                "These sentences name the treatment and its purpose, and no rule recognises what they say. Read "
                "them yourself."
            ),
            Items(tuple(("“", Name(each.sentence.text), "”") for each in looked)),
        ]
    content.append(Paragraph(("Not read as claims: questions ", asked, ", headings ", heads, "."), "note"))
    content.append(
        Paragraph(
            "A sentence is recognised by words that the dossier lists for each claim. What is not marked is not "
            "thereby true: rules miss claims, above all where they are worded unusually.",
            "note",
        )
    )
    return Section("unrecognised", "Not recognised", tuple(content))


# --- parts --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Named:
    """A claim, or a part of one, as an article may make it."""

    id: str
    text: str
    parts: tuple[tuple[str, str], ...] = ()
    whole: str = ""


def _claims(results: Results) -> dict[str, _Named]:
    """Give every claim by its id, and every part as ``id.part``; parts of a claim are its keys and their texts."""
    found: dict[str, _Named] = {}
    for claim in results.evidence.claims.claims:
        parts = tuple((f"{claim.id}.{name}", part.text) for name, part in claim.parts.items())
        found[claim.id] = _Named(claim.id, claim.claim, parts, claim.id)
        found |= {key: _Named(key, f"{claim.claim.rstrip('.')}: {said}.", whole=claim.id) for key, said in parts}
    return found


def _quantities(results: Results) -> dict[str, tuple[str, ...]]:
    """Give the numbers with which those of a sentence are compared, by the claim that it makes."""
    frames = results.evidence.frames
    return {} if frames is None else {frame.claim: frame.numbers for frame in frames.frames if frame.numbers}


def _compared(results: Results, book: Ledger, text: str, quantities: tuple[str, ...]) -> list[Inline]:
    """Compare the shares that a sentence states each with the nearest of what was computed."""
    known = results.known.quantities
    computed = [(key, known[key]) for key in quantities if key in known]
    said: list[Inline] = []
    for share in shares_in(text) if computed else ():
        key, interval = min(computed, key=lambda one: abs(one[1].value - share.value))
        within = interval.low - share.off <= share.value <= interval.high + share.off
        one = results.pool(key.partition(".")[0])
        assert one is not None, "a quantity is of an analysis that was pooled"
        names = names_of(results)
        claim = book.under(f"{key}.", **results.fields_of(one))(
            "share",
            f"of a hundred people: {names[key]}",
            100 * interval.value,
            low=100 * interval.low,
            high=100 * interval.high,
            interval="95 % confidence interval",
            certainty="not rated",
            function="glabella.decision.verdicts.judge",
            decimals=0 if interval.low >= 0.01 else 1,
        )
        verb = "lies within" if within else "lies outside"
        said.append(
            ("Its number “", Name(share.words), f"” {verb} what the trials here come to, of a hundred: ",
             claim, " ", Small(("(", Name(names[key]), ")")))
        )  # fmt: skip
    return said


def _of_sentence(verdict: str, mark: Mark) -> str:
    """Give the verdict on a sentence as it is written: a claim that is rightly denied is supported."""
    denied = {"supported": "contradicted", "contradicted": "supported"}
    return denied.get(verdict, verdict) if mark.stance == "denies" else verdict


def _says(verdict: str, mark: Mark) -> str:
    return _SAYS[verdict][mark.stance == "denies"]


def _key(words: str) -> str:
    return words.replace(" ", "_")


def _row(results: Results, book: Ledger, claim: _Named, verdicts: Mapping[str, str], marks: list[Mark]) -> Row:
    said: list[Inline] = []
    for stance, words, does in (("asserts", "asserts it", "assert"), ("denies", "denies it", "deny")):
        if number := sum(mark.stance == stance for mark in marks):
            label = f"sentences that {does} the claim: {claim.text}"
            name = f"article.{claim.id}.{stance}"
            times = count(results, book, name, label, number, files=_FILES, sources=())
            said.append((f"{words}, sentences: ", times))
    verdict: list[Inline] = [Icon("verdict", verdicts[claim.id])]
    for key, text in claim.parts:
        verdict += ["; ", Small((Name(text), ": ", Icon("verdict", verdicts[key])))]
    return Row((Name(claim.text), joined(said, "; "), tuple(verdict)))


def _why(claim: str) -> str:
    """Name the reasons of a claim, with which those of its parts stand."""
    return f"why-{claim}"


def _mark(claim: _Named, verdict: str, mark: Mark) -> Inline:
    fired = Small(("by the words: ", Name(", ".join(f"“{each}”" for each in mark.fired))))
    return (
        Icon("verdict", _of_sentence(verdict, mark)),
        " ",
        Strong(_says(verdict, mark)),
        f": it {mark.stance}{_WAYS[mark.modality]} that “",
        Name(claim.text),
        "” ",
        fired,
        " ",
        Link("Why", _why(claim.whole)),
    )
