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
from glabella.decision.articles import Checked, Mark, shares_of_outcomes
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
#: The same of advice, which is no statement of fact.
_SAYS_ADVICE: Mapping[str, str] = {
    "inconclusive": "advice, and the evidence cannot tell whether following it helps",
    "untested": "advice, and nobody has tested whether following it helps",
}
#: How a sentence says something, by its modality and its stance.
_WAYS: Mapping[str, Mapping[str, str]] = {
    "plain": {"asserts": "the sentence asserts that", "denies": "the sentence denies that"},
    "hedged": {
        "asserts": "the sentence says, with reserve, that",
        "denies": "the sentence denies, with reserve, that",
    },
    "attributed": {
        "asserts": "the sentence says that others have said or shown that",
        "denies": "the sentence says that others deny that",
    },
}
_NOT_MARKED = (
    "A sentence that is not marked is not thereby true: a claim is recognised by words that the dossier lists, and "
    "one that is worded otherwise is missed."
)


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
    advice = _advice(results)
    said = Counter(_says(verdicts[mark.claim], mark, advice=mark.claim in advice) for mark in marks)
    tally = [
        (
            f"{words if place else capital(words)}: ",
            count(results, under, _key(words), f"claims of the article: {words}", number, files=_FILES, sources=()),
        )
        for place, (words, number) in enumerate(said.most_common())
    ]
    made = count(
        results, under, "claims", "claims that marked sentences make", len(marks), files=_FILES, sources=()
    )
    lead: Inline = ("Known claims found: ", made, " (one that several sentences make counts for each). ",
                    joined(tally, "; "), ".")  # fmt: skip
    rows = tuple(
        _row(results, book, claims[key], verdicts, [mark for mark in marks if mark.claim == key])
        for key in dict.fromkeys(mark.claim for mark in marks)
    )
    columns = (
        Column("Claim"),
        Column("The evidence on the claim"),
        Column("The article, and what follows for it", "wide"),
    )
    content: list[Block] = [Paragraph(lead, "lead"), Paragraph(_sentences(results, under, checked))]
    if (tried := _tried(results, under)) is not None:
        content.append(Paragraph(tried, "note"))
    return Section("answer", "What it claims", (*content, Table("", columns, rows, look="list")))


def _sentences(results: Results, under: Ledger, checked: Checked) -> Inline:
    """Say how many sentences were read, and what became of each: the parts add up, those of none left out."""
    whole = [each for each in checked.sentences if each.sentence.kind != "heading"]
    marked = sum(bool(each.marks) for each in whole)
    looked = sum(each.looks for each in whole)
    asked = sum(each.sentence.question for each in whole if not (each.marks or each.looks))
    parts = (
        ("with a known claim", "marked", marked),
        ("perhaps with another claim, not recognised", "looked", looked),
        ("questions", "asked", asked),
        ("with nothing recognised", "without", len(whole) - marked - looked - asked),
    )
    read = count(results, under, "sentences", "sentences read", len(whole), files=_FILES, sources=())
    said = [
        (f"{words}, ", count(results, under, name, f"sentences: {words}", number, files=_FILES, sources=()))
        for words, name, number in parts
        if number
    ]
    parted: Inline = (" Of these: ", joined(said, "; "), ".") if said else ""
    return ("Sentences, without headings: ", read, ".", parted)


def _tried(results: Results, under: Ledger) -> Inline | None:
    """Say how often the marks were wrong and claims were missed where that was counted, and what it means."""
    tried = None if results.evidence.frames is None else results.evidence.frames.tried
    if tried is None:
        return None
    numbers = (
        ("tried_wrong", "marks that were wrong", tried.wrong),
        ("tried_marks", "marks that were made", tried.marks),
        ("tried_missed", "claims that were not found", tried.claims - tried.found),
        ("tried_claims", "claims that stood there", tried.claims),
    )
    wrong, marks, missed, claims = (
        count(results, under, key, f"{label}, on {tried.articles}", number, files=("frames.yaml",), sources=())
        for key, label, number in numbers
    )
    return (f"Tried on {tried.articles}: ", wrong, " of ", marks, " marks were wrong, and ", missed, " of ", claims,
            " claims were missed. So read each marked sentence yourself, and do not take one without a mark "
            "for one without a claim.")  # fmt: skip


_FILES = ("claims.yaml", "frames.yaml")


def text(results: Results, _: Ledger, checked: Checked) -> Section | None:
    """Give the article as it stands, each marked sentence with what is said of it and the way there."""
    if not any(each.marks for each in checked.sentences):
        return None
    verdicts, advice, place = verdicts_of(results), _advice(results), 0
    content: list[Block] = [Paragraph(_NOT_MARKED, "note")]
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
                advised = "advice, " if any(it.claim in advice for it in each.marks) else ""
                words = (words, " ", Small((advised, joined(icons, " "), " ", Link("See", said_name(place)))))
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
    claims, verdicts, advice = _claims(results), verdicts_of(results), _advice(results)
    numbers = _quantities(results)
    marked = [each for each in checked.sentences if each.marks]
    if not marked:
        return None
    content: list[Block] = []
    for place, each in enumerate(marked, 1):
        items = [_mark(claims[mark.claim], verdicts[mark.claim], mark, advice=mark.claim in advice)
                 for mark in each.marks]  # fmt: skip
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
        sum(each.sentence.question and each.sentence.kind != "heading" for each in checked.sentences),
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
    if not any(each.marks for each in checked.sentences):
        # Else it stands above the article.
        content.append(Paragraph(_NOT_MARKED, "note"))
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
    """Compare the shares that a sentence states each with the nearest of what was computed of the same outcome."""
    frames, known = results.evidence.frames, results.known.quantities
    said: list[Inline] = []
    if frames is None or not any(key in known for key in quantities):
        return said
    every = dict.fromkeys(key for frame in frames.frames for key in frame.numbers)
    for share, named in shares_of_outcomes(text, frames):
        # Where the sentence names its outcome, what the claim is compared with is no matter.
        among = [key for key in (every if named else quantities) if key in known]
        if named:
            among = [key for key in among if _outcome(results, key) in named]
        computed = [(key, known[key]) for key in among]
        outcomes = dict.fromkeys(_outcome(results, key) for key in among)
        if len(named or outcomes) > 1:
            said.append(("Its number “", Name(share.words), "” is not compared: the sentence leaves open of which "
                         "outcome it is."))  # fmt: skip
            continue
        if not computed:
            label = results.evidence.dossier.outcomes[next(iter(named))].label
            said.append(("Its number “", Name(share.words), "” is not compared: it is of another outcome, ",
                         Name(label), ", than those of which shares were computed here."))  # fmt: skip
            continue
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
             claim, " ", Small(("(", Name(names[key]), ")")), ".")
        )  # fmt: skip
    return said


def _outcome(results: Results, quantity: str) -> str:
    """Give the outcome of a computed share."""
    return results.evidence.dossier.analyses[quantity.partition(".")[0]].outcome


def _advice(results: Results) -> frozenset[str]:
    """Give the claims that say what to do."""
    frames = results.evidence.frames
    return frozenset(frame.claim for frame in frames.frames if frame.advice) if frames else frozenset()


def _of_sentence(verdict: str, mark: Mark) -> str:
    """Give the verdict on a sentence as it is written: a claim that is rightly denied is supported."""
    denied = {"supported": "contradicted", "contradicted": "supported"}
    return denied.get(verdict, verdict) if mark.stance == "denies" else verdict


def _says(verdict: str, mark: Mark, *, advice: bool = False) -> str:
    said = _SAYS[verdict][mark.stance == "denies"]
    return _SAYS_ADVICE.get(verdict, f"advice, and {said}") if advice else said


def _key(words: str) -> str:
    return words.replace(" ", "_")


def _row(results: Results, book: Ledger, claim: _Named, verdicts: Mapping[str, str], marks: list[Mark]) -> Row:
    said: list[Inline] = []
    advice = claim.id in _advice(results)
    for stance, words, does in (("asserts", "that assert it", "assert"), ("denies", "that deny it", "deny")):
        of = [mark for mark in marks if mark.stance == stance]
        if of:
            label = f"sentences that {does} the claim: {claim.text}"
            name = f"article.{claim.id}.{stance}"
            times = count(results, book, name, label, len(of), files=_FILES, sources=())
            # The verdict is on the claim: a sentence that denies it is judged the other way round.
            means = _says(verdicts[claim.id], of[0], advice=advice)
            said.append((f"{'sentences' if said else 'Sentences'} {words}: ", times, f" ({means})"))
    verdict: list[Inline] = [Icon("verdict", verdicts[claim.id])]
    for key, text in claim.parts:
        verdict += ["; ", Small((Name(text), ": ", Icon("verdict", verdicts[key])))]
    return Row((Name(claim.text), tuple(verdict), joined(said, "; ")))


def _why(claim: str) -> str:
    """Name the reasons of a claim, with which those of its parts stand."""
    return f"why-{claim}"


def _mark(claim: _Named, verdict: str, mark: Mark, *, advice: bool) -> Inline:
    fired = Small(("Recognised by ", Name(", ".join(f"“{each}”" for each in mark.fired)), "."))
    return (
        Icon("verdict", _of_sentence(verdict, mark)),
        " ",
        Strong(_says(verdict, mark, advice=advice)),
        f": {_WAYS[mark.modality][mark.stance]} “",
        Name(claim.text.rstrip(".")),
        "”. ",
        fired,
        " ",
        Link("Why", _why(claim.whole)),
    )
