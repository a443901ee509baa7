"""A made-up brief and report that hold every kind of node; no number in it is true of anything."""

from __future__ import annotations

from dataclasses import replace

from glabella.shown import (
    Axis,
    Cite,
    Claim,
    Column,
    Columns,
    Details,
    Document,
    Drawn,
    Figure,
    Heading,
    Icon,
    Inline,
    Items,
    Ledger,
    Link,
    Name,
    Paragraph,
    Reference,
    Row,
    Section,
    Shown,
    Small,
    Source,
    Strong,
    Table,
)

#: A drawing, as a figure may hold one.
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="60" viewBox="0 0 320 60" class="marks">'
    '<path aria-label="line" d="M10.12345,50L310.5,10" stroke="#17212b" fill="none"/></svg>'
)
_REFERENCES = tuple(
    Reference(
        f"R{n}",
        f"A made-up trial, number {n}. Journal of Nothing.",
        f"https://doi.org/10.1234/nothing.{n}",
        "abstract",
        f"Nobody {2000 + n}",
    )
    for n in range(1, 16)
)
#: What everybody in it says.
_ALL = tuple(Source(f"R{n}", "seen", "abstract") for n in range(1, 5))
_SMALL = _ALL[1:]
_LARGEST = _ALL[:1]


def _books() -> tuple[Ledger, Ledger]:
    book = Ledger().under(
        version="1",
        population="adults with nothing",
        time_span="week 6",
        certainty="very low",
        function="glabella.synthesis.pool",
        inputs=(("nobody2001", "ab" * 32), ("nobody2002", "cd" * 32)),
        sources=_ALL,
    )
    quoted = book.under(
        certainty="as printed",
        population="as in the source",
        time_span="as in the source",
        function="glabella.decision.quote",
        inputs=(("dossier", "ef" * 32),),
        sources=_LARGEST,
    )
    return book, quoted


def brief(*, beside: str | None = None) -> Document:
    """Make a brief up."""
    book, quoted = _books()
    effects = [
        book.under(sources=sources)(
            f"effect.{name}",
            f"points on the scale, with it minus without, {words}",
            value,
            low=low,
            high=high,
            interval="95 % confidence interval",
            decimals=1,
        )
        for name, words, value, low, high, sources in (
            ("all", "all trials", -7.5, -17.6, 2.5, _ALL),
            ("small", "three small trials", -12.4, -21.8, -3.1, _SMALL),
            ("largest", "the largest trial", -1.1, -3.7, 1.5, _LARGEST),
        )
    ]
    hundred = [
        book.under(sources=sources)(
            f"hundred.{name}",
            f"of a hundred people whose score at least halves, if {base} would without",
            value,
            low=low,
            high=high,
            interval="95 % confidence interval",
            decimals=0,
        )
        for name, base, value, low, high, sources in (
            ("all.11", "11", 31, 7, 71, _ALL),
            ("all.37", "37", 68, 28, 92, _ALL),
            ("small.11", "11", 50, 15, 85, _SMALL),
            ("small.37", "37", 83, 46, 96, _SMALL),
            ("largest.11", "11", 13, 9, 18, _LARGEST),
            ("largest.37", "37", 41, 31, 53, _LARGEST),
        )
    ]
    people = book("people", "people analysed in five comparisons of four trials", 389, decimals=0, unit="people")
    few = book.under(sources=_SMALL)("people.small", "people in three trials", 134, decimals=0, unit="people")
    many = book.under(sources=_LARGEST)(
        "people.largest", "women in the largest trial", 255, decimals=0, unit="women"
    )
    new = book(
        "new",
        "where the true effect of a new trial is expected",
        None,
        low=-28.6,
        high=13.6,
        decimals=1,
        interval="95 % prediction interval",
        unit="points",
    )
    matters = quoted("matters", "smallest difference that matters", 3, decimals=0, unit="points")
    bases = [
        quoted(f"base.{n}", f"of a hundred without it, {words}", n, decimals=0)
        for n, words in ((11, "as in these trials"), (37, "as is usual"))
    ]
    p = quoted("p", "of the planned main comparison", 0.053, decimals=3)
    long = quoted(
        "long", " ".join(["A sentence of a source that goes on and on about what it saw"] * 7) + ".", 46, decimals=0
    )
    under: tuple[Inline, ...] = (
        ("five comparisons, ", people, "; blends scores and counts"),
        few,
        (many, ", two doses"),
    )
    axis = Axis(-24, 6, 0, left="better with it", right="better without", important=-3)
    benefit = Section(
        "benefit",
        "Benefit, six weeks after one session".replace("six", "some"),
        (
            Table(
                Small(("Below zero favours it; ", matters, " matter to people, the dotted line.")),
                (
                    Column("Which trials"),
                    Column("Difference, points", "number"),
                    Column("", "drawn"),
                    *(
                        Column(
                            ("Better, of a hundred ", Small(("without: ", Shown(base, "number"), words))), "number"
                        )
                        for base, words in zip(bases, (", as in these trials", ", as is usual"), strict=True)
                    ),
                ),
                tuple(
                    Row(
                        (
                            (name, Small(words)),
                            effect,
                            Drawn(effect, "pooled" if not place else "trial"),
                            hundred[2 * place],
                            hundred[2 * place + 1],
                        ),
                        "" if place else "pooled",
                    )
                    for place, (name, words, effect) in enumerate(
                        zip(("All together", "Small trials", "Largest trial"), under, effects, strict=True)
                    )
                ),
                axis,
            ),
        ),
    )
    return Document(
        kind="brief",
        id="made-up",
        title="Nothing injected for nothing, H2O",
        edition="2026-11-23",
        about=("sources searched to ", Name("23 November 2026"), ", not a systematic search"),
        header=(
            Paragraph(
                (
                    "Does one session help adults with nothing, and what harm does it do? ",
                    Strong("Not approved for nothing anywhere we looked: use is off-label."),
                )
            ),
        ),
        sections=(
            Section(
                "bottom",
                "The bottom line",
                (
                    Paragraph(
                        "We cannot tell whether it helps: small trials found a large effect, the largest found "
                        "little, and together they fit anything from great benefit to slight harm."
                    ),
                ),
                "bottom",
            ),
            Section(
                "sure",
                ("How sure: ", Icon("certainty", "very low")),
                (
                    Columns(
                        (
                            (
                                Items(
                                    (
                                        (
                                            "The interval includes zero; a new trial may find ",
                                            Shown(new, "limits"),
                                            ".",
                                        ),
                                        "Small trials and the largest disagree.",
                                    )
                                ),
                            ),
                            (
                                Items(
                                    (
                                        "People see what they got; no trial says who guessed.",
                                        "No published judgement of bias was found for any trial.",
                                    )
                                ),
                            ),
                        )
                    ),
                    Paragraph(
                        (
                            Strong("Who was studied: "),
                            people,
                            ", mild to severe; no suicidal people that we know of.",
                        )
                    ),
                ),
            ),
            benefit,
            Columns((_time(quoted, p), _harms(quoted)), (1.45, 1)),
            Columns(
                (
                    _list(quoted, "grave", "Rare and grave"),
                    _list(quoted, "never", "Who must not have it"),
                    _list(quoted, "given", "What was injected"),
                )
            ),
            Columns((_options(quoted, long), _claims())),
            Section(
                "tell",
                "Five sentences for the patient",
                (
                    Items(
                        (
                            "We do not know if this helps; the biggest study found little.",
                            "It is not approved.",
                            "Do not stop your tablets.",
                            ("About ", Shown(hundred[4], "number"), " of a hundred get better by it."),
                            ("If breathing gets hard, get help at once. ", Link("More", "harms")),
                        ),
                        ordered=True,
                    ),
                ),
                "box",
            ),
        ),
        footer=(
            Paragraph(
                ("Decision support on published evidence, not medical advice. ", Link("Full report", "all"), ".")
            ),
        ),
        references=_REFERENCES,
        claims=tuple(book.claims.values()),
        beside=beside,
    )


def _time(book: Ledger, p: Claim) -> tuple[Section, ...]:
    week3 = book("time.3", "points against saline at the third week", -4.2, decimals=1, unit="points")
    week6 = book("time.6", "points against saline at the sixth week", -3.7, decimals=1)
    weak = book.under(sources=(Source("R7", "reported", "table 2"), Source("R8", "derived")))(
        "time.weak", "of a hundred people with a weak muscle", 84, decimals=0
    )
    rows: tuple[tuple[Inline, ...], ...] = (
        ("Day one to four", "weaker, seen in all", "—"),
        ("Week three", ("none or mild lines in ", weak, " of a hundred"), (week3, " with the lower dose")),
        ("Week six", "—", (week6, " with the lower dose, p = ", Shown(p, "number"), "; more with the higher")),
    )
    heads: tuple[Inline, ...] = (
        "After the session",
        ("Muscle ", Small("cosmetic trials")),
        ("Mood ", Small("largest trial")),
    )
    columns = tuple(Column(head) for head in heads)
    table = Table("How soon, how long", columns, tuple(Row(row) for row in rows), look="time")
    return (Section("time", "", (table,)),)


def _harms(book: Ledger) -> tuple[Section, ...]:
    rows = []
    for place, (name, with_, without) in enumerate(
        (("Any event, face", (42, 39, 46), (36, 30, 42)), ("Drooping lid (ptosis)", (2, 1, 4), (0, 0, 2)))
    ):
        cells = [
            book.under(sources=(Source("R9", "seen", "table 1"),))(
                f"harm.{place}.{arm}",
                f"of a hundred people, {name.lower()}, {arm}",
                value,
                low=low,
                high=high,
                decimals=0,
                interval="95 % confidence interval",
            )
            for arm, (value, low, high) in (("with it", with_), ("without", without))
        ]
        rows.append(Row((name, *cells)))
    columns = (Column("What"), Column("With it", "number"), Column("Saline", "number"))
    return (
        Section(
            "harms",
            "",
            (Table(("Unwanted events, of a hundred people ", Small("cosmetic trials")), columns, tuple(rows)),),
        ),
    )


def _list(book: Ledger, name: str, title: str) -> tuple[Section, ...]:
    dose = book.under(sources=(Source("R10", "recalled", "section 2.1"),))(
        f"{name}.dose",
        "units of a product, as the label has it",
        20,
        decimals=0,
        unit="units",
        certainty="from memory; source not checked",
    )
    return (
        Section(
            name,
            title,
            (
                Items(
                    (
                        (Strong("Never: "), "allergy to it; infection at the site."),
                        ("Label: ", dose, " in several places", Cite(("R10", "R11"))),
                        ("It spreads, hours to weeks later. ", Strong("Call an ambulance."), Cite(("R12",))),
                    )
                ),
            ),
        ),
    )


def _options(book: Ledger, long: Claim) -> tuple[Section, ...]:
    both = book.under(sources=(Source("R13", "seen", "abstract"),))
    share = both("options.0", "of a hundred improved, with it", 76, decimals=0)
    return (
        Section(
            "options",
            "",
            (
                Table(
                    "Beside other options",
                    (Column("Compared directly"), Column("What was seen")),
                    (
                        Row((Name("Tablet B12"), ("improved ", share, "; open label"))),
                        Row(("Talking therapy", "never compared")),
                    ),
                ),
            ),
        ),
        Section(
            "unknown",
            "What nobody knows",
            (Items(("Whether repeating helps: every trial gave one session.", ("How many left: ", long))),),
        ),
    )


def _claims() -> tuple[Section, ...]:
    verdicts = (
        ("It relaxes the muscle for a while", "supported"),
        ("It lifts nothing", "inconclusive"),
        ("It works better with other treatment", "untested"),
        ("It blocks something", "contradicted"),
    )
    rows = tuple(Row((claim, Icon("verdict", word))) for claim, word in verdicts)
    return (
        Section(
            "claims", "", (Table("Claims people meet", (Column("Claim"), Column("Verdict")), rows, look="list"),)
        ),
    )


def report(*, beside: str | None = None, trials: int = 6) -> Document:
    """Make a report up."""
    book, quoted = _books()
    pooled = book(
        "pooled",
        "standardised mean difference, all trials",
        -0.71,
        low=-1.66,
        high=0.24,
        interval="95 % confidence interval",
    )
    next_ = book(
        "next",
        "where the true effect of a new trial is expected",
        None,
        low=-2.7,
        high=1.28,
        interval="95 % prediction interval",
    )
    square = book("i2", "share of the disagreement that chance does not explain", 84, decimals=0, unit="%")
    wide = book.under(sources=tuple(Source(f"R{n}", "derived") for n in (1, 3, 5, 7, 9, 11)))(
        "network", "odds ratio through the network", 2.12, low=0.38, high=11.94, interval="95 % credible interval"
    )
    rows = []
    for place in range(trials):
        one = book.under(
            f"trial.{place}.",
            population=f"Nobody {2001 + place}, as analysed",
            sources=_LARGEST,
            certainty="not rated",
            function="glabella.synthesis.contrasts",
        )
        effect = one(
            "effect",
            "standardised mean difference",
            -2.1 + 0.4 * place,
            low=-3.8 + 0.5 * place,
            high=-0.4 + 0.3 * place,
            interval="95 % confidence interval",
        )
        counts = [
            one(f"n{arm}", f"people in the {words}", 15 + 10 * place, decimals=0)
            for arm, words in ((1, "treated"), (2, "control"))
        ]
        weight = one("weight", "share of the weight", 10 + 3 * place, decimals=0, unit="%")
        rows.append(
            Row(
                (
                    (Name(f"Nobody {2001 + place}"), Small("response counts")),
                    *counts,
                    Drawn(effect, weight=weight.value or 0),
                    effect,
                    weight,
                )
            )
        )
    rows.append(
        Row((("Pooled", Small("random effects, REML")), "", "", Drawn(pooled, "pooled"), pooled, ""), "pooled")
    )
    rows.append(
        Row(
            (
                ("A new trial", Small("prediction interval")),
                "",
                "",
                Drawn(next_, "prediction"),
                Shown(next_, "limits"),
                "",
            ),
            "pooled",
        )
    )
    columns = (
        Column("Trial"),
        Column("With it", "number"),
        Column("Saline", "number"),
        Column("", "drawn"),
        Column("Effect", "number"),
        Column("Weight", "number"),
    )
    effect_ = Section(
        "effect",
        "What does it do for nothing?",
        (
            Paragraph(
                ("We cannot tell. The trials give ", pooled, ". Certainty: ", Icon("certainty", "very low"), "."),
                "lead",
            ),
            Heading("Every comparison with saline"),
            Table(
                ("Score, week ", Name("six"), ": with it against saline"),
                columns,
                tuple(rows),
                Axis(-3, 1.5, 0, left="favours it", right="favours saline"),
                ("Disagreement (I²) ", square, ". ", Strong("Not pooled"), ": Nobody."),
            ),
            Figure(
                "curve",
                SVG,
                "A line that rises from the left to the right.",
                ("Made up; through the network ", wide, "."),
            ),
            Details(
                ("For specialists, ", Strong("folded"), ", ", Shown(pooled, "number"), Cite(("R14",))),
                (
                    Paragraph(
                        ("With other choices ", Shown(pooled, "number"), " <b>&amp; *not* bold*</b> | a pipe."),
                        "note",
                    ),
                    Items(("one_two", ("two", Cite(("R14", "R15")))), ordered=False),
                ),
            ),
            Section("effect-inner", "How large must it be to matter?", (Paragraph("Larger than nothing."),)),
        ),
    )
    made = tuple(book.claims.values())
    quotes = tuple(
        quoted(
            f"quote.{place}",
            f"A sentence of the source with {place} in it.",
            place,
            decimals=0,
        )
        for place in range(4)
    )
    return Document(
        kind="report",
        id="made-up",
        title="Nothing injected for nothing, H2O",
        edition="2026-11-23",
        header=(Paragraph("Everything that was computed, each number with its source."),),
        sections=(
            replace(effect_, claims=made),
            Section(
                "harm",
                "Harm",
                (
                    Items(quotes[:3]),
                    Paragraph(("See ", Link("the effect", "effect"), " and ", Link("nothing", "gone"), ".")),
                ),
                claims=quotes,
            ),
        ),
        footer=(Paragraph("Not medical advice."),),
        references=_REFERENCES,
        claims=(*made, *quotes),
        beside=beside,
    )
