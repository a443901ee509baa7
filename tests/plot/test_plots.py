"""Every plot: valid Vega-Lite, drawn, as many marks as data, the same bytes each time, and wrong input refused."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from glabella.plot import (
    Course,
    Line,
    Link,
    Plot,
    Point,
    baujat,
    diagram,
    explained_course,
    forest,
    funnel,
    gosh,
    labbe,
    net_heat,
    network_graph,
    radial,
    rankogram,
    specification_curve,
    time_course,
)
from glabella.plot._labels import _WIDE, SIZE, Frame, label_layers

K = 25
rng = np.random.default_rng(20)
VI = 4 / rng.integers(15, 150, K)
YI = rng.normal(-0.35, np.sqrt(VI + 0.05))
NAMES = [f"Author {chr(65 + i)} {1998 + i}" for i in range(K)]
N1, N2 = rng.integers(20, 200, (2, K))
AI, CI = rng.binomial(N1, 0.5), rng.binomial(N2, 0.3)
SUBSETS = rng.normal(0, 0.2, 5000)
I2 = rng.beta(2, 2, 5000) * 100
HALF = np.linspace(0.1, 0.5, K)
CHOICES = {"model": [("common", "random")[i % 2] for i in range(K)], "studies": [f"set {i % 3}" for i in range(K)]}


def lines(count: int, label: str = "Trial {}") -> list[Line]:
    return [Line(label.format(i), y, y - 0.3, y + 0.3, 4.0, "low") for i, y in enumerate(YI[:count])]


PLOTS: dict[str, Callable[[], Plot]] = {
    "funnel": lambda: funnel(YI, VI, estimate=-0.35, labels=NAMES, filled=([0.2, 0.4], [0.1, 0.2])),
    "funnel, plain": lambda: funnel(YI, VI, levels=()),
    "funnel, far from no effect": lambda: funnel(YI + 4, VI / 9, estimate=3.6),
    "funnel, one study": lambda: funnel([0.4], [0.1]),
    "baujat": lambda: baujat(YI**2, VI, labels=NAMES),
    "baujat, all zero": lambda: baujat([0.0, 0.0], [0.0, 0.0], labels=["A", "B"]),
    "gosh": lambda: gosh(SUBSETS, I2),
    "gosh, with and without": lambda: gosh(SUBSETS, I2, contains=SUBSETS > 0.05, label="Author A"),
    "gosh, in none": lambda: gosh([0.1, 0.2], [0, 100], contains=[False, False]),
    "gosh, all equal": lambda: gosh([0.1, 0.1], [0.0, 0.0]),
    "labbe": lambda: labbe(AI, N1, CI, N2, labels=NAMES, estimate=0.8),
    "labbe, risk ratio": lambda: labbe(AI, N1, CI, N2, estimate=0.5, measure="RR"),
    "labbe, risk difference": lambda: labbe(AI, N1, CI, N2, estimate=-0.1, measure="RD"),
    "labbe, no event": lambda: labbe([0, 0], [10, 20], [0, 0], [10, 20], estimate=0.0),
    "radial": lambda: radial(YI, VI, 0.05, estimate=-0.35, labels=NAMES),
    "radial, plain": lambda: radial(YI, VI),
    "specification curve": lambda: specification_curve(YI, YI - HALF, YI + HALF, CHOICES),
    "specification curve, ratios": lambda: specification_curve(
        np.exp(YI), np.exp(YI - HALF), np.exp(YI + HALF), CHOICES, null=1.0, ratio=True
    ),
    "specification curve, many": lambda: specification_curve(
        np.tile(YI, 6), np.tile(YI - HALF, 6), np.tile(YI + HALF, 6), {"model": ["one", "two"] * (3 * K)}
    ),
    "forest": lambda: forest(lines(K), pooled=Line("Pooled", -0.3, -0.4, -0.2), notes="risk of bias"),
    "forest, two analyses": lambda: forest(
        [Line(f"Trial {i}", 1.0, 0.5, 2.0, outer=(0.4, 2.5)) for i in range(K)],
        beside=[Line(f"Trial {i}", 1.5, 0.7, 3.0) for i in range(K)],
        ratio=True,
    ),
    "forest, long names": lambda: forest(lines(K, "A multicentre trial with a very long name, its {}th arm")),
}
LINKS = [
    (f"{i}", f"Treatment {i % 22}", f"Treatment {(i * 7 + 1) % 22}")
    for i in range(60)
    if i % 22 != (i * 7 + 1) % 22
]
SHARES = rng.dirichlet(np.ones(22), 22)
CHANGE, HAT = rng.normal(0, 3, (30, 30)), rng.uniform(0, 1, (30, 30))
PLOTS |= {
    "network": lambda: network_graph(*zip(*LINKS, ("m", "A", "B"), ("m", "B", "C"), ("m", "A", "C"), strict=True)),
    "network, participants": lambda: network_graph(
        list("123"), list("AAB"), list("BCC"), participants={"A": 0, "B": 90, "C": 4321}
    ),
    "network, one comparison": lambda: network_graph(["1"], ["A"], ["A treatment with a name of some length"]),
    "rankogram": lambda: rankogram(SHARES, [f"Treatment {i} with a long name" for i in range(22)]),
    "rankogram, two": lambda: rankogram([[0.9, 0.1], [0.1, 0.9]], ["A", "B"]),
    "net heat": lambda: net_heat(CHANGE[:5, :5], HAT[:5, :5], list("ABCDE")),
    "net heat, many": lambda: net_heat(CHANGE, HAT, [f"Row {i}" for i in range(30)]),
    "net heat, none rises": lambda: net_heat([[1.0, 0.0], [0.0, 0.5]], [[1.0, 0.0], [0.0, 1.0]], ["A", "B"]),
    "net heat, nothing": lambda: net_heat(np.zeros((2, 2)), np.eye(2), ["A", "B"]),
}
WEEKS = np.linspace(0, 52, 27).tolist()
FALL = np.exp(-np.linspace(0, 3, 27))
COURSES = [
    Course(f"Product {i} 20 U, women", WEEKS, FALL.tolist(), (0.9 * FALL).tolist(), FALL.tolist(),
           (0.5 * FALL).tolist(), (FALL**0.5).tolist())
    for i in range(3)
]  # fmt: skip
SEEN = [
    Point("Product 0 20 U, women", 4, 0.6, 0.5, 0.7, 40),
    Point("Product 0 20 U, women", 4, 0.7, None, None, 400, "held out"),
    Point("Product 2 20 U, women", 52, 1.0, 0.7, 1.0, 10, "held out"),
]
PLOTS |= {
    "courses": lambda: time_course(COURSES, SEEN, level=0.95),
    "course, one without bands": lambda: time_course([Course("women", [0, 4, 12], [0, 0.9, 0.2])]),
    "explanations": lambda: explained_course(COURSES, SEEN, level=0.9),
    "explanation, one": lambda: explained_course([Course("hope", [0, 1], [0, -3])]),
    "diagram": lambda: diagram(
        {"a": "toxin", "b": "a muscle that is weak", "c": "relief"},
        [
            Link("a", "b", "blocks", "supported"), Link("b", "c", "a face that cannot frown", "partly"),
            Link("a", "c", "acts in the brain", "untested"), Link("b", "b", "recovers", "contradicted"),
        ],
    ),
    "diagram, nodes alone": lambda: diagram({"a": "toxin", "b": "relief"}, []),
}  # fmt: skip
SVG = "{http://www.w3.org/2000/svg}"


def units(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "mark" in spec:
        yield spec
    for part in ("layer", "concat", "hconcat", "vconcat"):
        for each in spec.get(part, []):
            yield from units(each)


def marks(svg: str, kind: str) -> list[Any]:
    """Give the shapes that were drawn for a kind of mark; legends and axes are not among them."""
    root = etree.fromstring(svg.encode())
    groups = [
        g
        for g in root.iter(f"{SVG}g")
        if f"mark-{kind}" in g.get("class", "") and "role-mark" in g.get("class", "")
    ]
    return [each for g in groups for each in g if each.tag in (f"{SVG}path", f"{SVG}text", f"{SVG}line")]


@pytest.mark.parametrize("name", PLOTS)
def test_it_is_vega_lite_and_json(name: str) -> None:
    plot = PLOTS[name]()
    assert json.loads(json.dumps(plot.spec, allow_nan=False)) == plot.spec
    plot.altair().to_dict()


@pytest.mark.parametrize("name", PLOTS)
def test_it_draws_the_same_bytes_each_time(name: str) -> None:
    one, two = PLOTS[name](), PLOTS[name]()
    svg = one.svg()
    assert svg == two.svg()
    root = etree.fromstring(svg.encode())
    assert root.tag == f"{SVG}svg"
    assert float(root.get("width", "0")) > 100
    assert len(list(root.iter(f"{SVG}path"))) > 3
    assert "NaN" not in svg
    assert "undefined" not in svg
    assert "…" not in svg, "a text is cut"
    assert one.png(scale=0.5).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", PLOTS)
def test_colours_are_greys(name: str) -> None:
    svg = PLOTS[name]().svg()
    root = etree.fromstring(svg.encode())
    for element in root.iter():
        for attribute in ("fill", "stroke", "stop-color"):
            colour = element.get(attribute, "none")
            if colour.startswith("#"):
                red, green, blue = (colour[1:][i::3] for i in range(3)) if len(colour) == 4 else (
                    colour[1:3], colour[3:5], colour[5:7])  # fmt: skip
                assert red == green == blue, colour
            elif colour.startswith("rgb("):
                assert len(set(colour[4:-1].split(", "))) == 1, colour
            else:
                assert colour in ("none", "transparent", "black", "white") or colour.startswith("url("), colour


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("funnel", "symbol", K + 2),
        ("funnel, plain", "symbol", K),
        ("funnel", "text", K),
        ("baujat", "symbol", K),
        ("baujat", "text", 10),
        ("labbe", "symbol", K),
        ("labbe", "text", K),
        ("radial", "symbol", K),
        ("radial", "text", K),
        ("specification curve", "symbol", K),
        ("forest", "symbol", K + 1),
        ("network", "symbol", 25),
        ("network", "text", 25),
        ("network, participants", "rule", 3),
        ("rankogram", "rect", 22 * 22),
        ("net heat", "rect", 25),
        ("net heat, many", "rect", 900),
        ("forest, two analyses", "symbol", 2 * K),
    ],
)
def test_there_is_a_mark_for_each_datum(name: str, kind: str, expected: int) -> None:
    found = marks(PLOTS[name]().svg(), kind)
    if name.startswith("forest"):
        found = [each for each in found if each.tag == f"{SVG}path"]
    assert len(found) == expected


def test_a_filled_in_study_is_an_open_circle() -> None:
    fills = [each.get("fill") for each in marks(PLOTS["funnel"]().svg(), "symbol")]
    assert fills.count("white") == 2
    assert fills.count("#1b1b1b") == K


def test_a_second_analysis_is_hollow_and_a_prediction_interval_dashed() -> None:
    svg = PLOTS["forest, two analyses"]().svg()
    fills = [each.get("fill") for each in marks(svg, "symbol")]
    assert fills.count("white") == fills.count("#1b1b1b") == K
    dashed = [each for each in marks(svg, "rule") if each.get("stroke-dasharray") == "4,3"]
    assert len(dashed) == K


def test_the_funnels_areas_meet_at_the_significance_of_each_effect() -> None:
    spec = funnel([0.3, -1.2], [0.04, 0.09], levels=(0.9, 0.95)).spec
    rows = spec["layer"][0]["data"]["values"]
    names = list(dict.fromkeys(row["area"] for row in rows))
    assert names == ["p ≤ 0.05", "0.05 < p ≤ 0.10", "p > 0.10"]
    for name, z in (("0.05 < p ≤ 0.10", 1.959963984540054), ("p > 0.10", 1.6448536269514722)):
        low, high = spec["layer"][1]["encoding"]["x"]["scale"]["domain"]
        for row in (row for row in rows if row["area"] == name):
            assert row["low"] == pytest.approx(max(low, -z * row["se"]))
            assert row["high"] == pytest.approx(min(high, z * row["se"]))


def test_the_funnels_limits_start_at_the_estimate() -> None:
    layers = funnel([0.3, -1.2], [0.04, 0.09], estimate=0.1).spec["layer"]
    rows = next(unit for unit in layers if "strokeDash" in unit["encoding"])["data"]["values"]
    assert [row["effect"] for row in rows] == [0.1] * 3
    slopes = sorted((row["to"] - 0.1) / row["end"] for row in rows)
    assert slopes == pytest.approx([-1.959963984540054, 0, 1.959963984540054])


@given(st.integers(1, 400), st.booleans())
@settings(max_examples=20, deadline=None)
def test_no_subset_is_lost_in_the_cells(m: int, split: bool) -> None:
    effects, i2 = SUBSETS[:m], I2[:m]
    drawn = gosh(effects, i2, contains=effects > 0 if split else None)
    cells = [unit for unit in units(drawn.spec) if "fill" in unit["encoding"]]
    assert len(cells) == (2 if split else 1)
    assert sum(row["n"] for unit in cells for row in unit["data"]["values"]) == m
    bars = [unit for unit in units(drawn.spec) if "fill" not in unit["encoding"]]
    assert sum(row["n"] for unit in bars for row in unit["data"]["values"]) == 2 * m


def test_a_million_subsets_become_few_data() -> None:
    effects = np.random.default_rng(1).normal(0, 1, 1_000_000)
    drawn = gosh(effects, np.abs(effects * 20) % 100)
    assert sum(len(unit["data"]["values"]) for unit in units(drawn.spec)) <= 60 * 50 + 60 + 50


@pytest.mark.parametrize(
    ("measure", "estimate"), [("OR", 1.1), ("OR", -6.0), ("RR", 0.7), ("RR", -0.7), ("RD", 0.2)]
)
def test_labbes_curve_has_the_effect_everywhere(measure: Any, estimate: float) -> None:
    rows = labbe(AI, N1, CI, N2, estimate=estimate, measure=measure).spec["layer"][0]["data"]["values"]
    curve = np.array([(row["control"], row["treated"]) for row in rows if row["line"] != "equal rates"])
    assert np.all(np.diff(curve[:, 0]) > 0)
    top = max(row["treated"] for row in rows)
    assert curve.max() == pytest.approx(top), "the curve goes on to the frame"
    control, treated = curve[(curve > 0).all(axis=1) & (curve < 1).all(axis=1)].T
    found = {
        "OR": np.log(treated / (1 - treated) / (control / (1 - control))),
        "RR": np.log(treated / control),
        "RD": treated - control,
    }[measure]
    np.testing.assert_allclose(found, estimate, rtol=1e-9, atol=1e-12)


def test_radials_points_have_the_effect_as_slope() -> None:
    layers = radial(YI, VI, 0.1, estimate=0.2).spec["layer"]
    points = layers[-1]["data"]["values"]
    assert [row["z"] / row["precision"] for row in points] == pytest.approx(YI)
    band = layers[0]["data"]["values"]
    assert [(row["low"], row["high"]) for row in band] == [(row["z"] - 2, row["z"] + 2) for row in band]


def test_a_specification_curve_rises_and_keeps_each_choice_with_its_estimate() -> None:
    spec = specification_curve([3, 1, 2], [2, -1, 1], [4, 3, 3], {"x": ["c", "a", "b"], "y": ["u", "u", "v"]}).spec
    upper, lower = spec["vconcat"]
    rows = upper["data"]["values"]
    assert [row["estimate"] for row in rows] == [1, 2, 3]
    assert [row["kind"].split()[1] for row in rows] == ["includes", "excludes", "excludes"]
    chosen = [(row["rank"], row["row"].split("\n")) for row in lower["layer"][1]["data"]["values"]]
    assert chosen == [(3, ["x", "c"]), (1, ["x", "a"]), (2, ["x", "b"]),
                      (1, ["y", "u"]), (3, ["y", "u"]), (2, ["y", "v"])]  # fmt: skip
    assert lower["layer"][1]["encoding"]["y"]["scale"]["domain"] == ["x\n", "x\nc", "x\na", "x\nb",
                                                                     "y\n", "y\nu", "y\nv"]  # fmt: skip


def test_many_specifications_say_in_rows_which_intervals_exclude_no_effect() -> None:
    y = np.linspace(-1, 1, 300)
    lower = specification_curve(y, y - 0.5, y + 0.5, {"model": ["one"] * 300}).spec["vconcat"][1]
    rows = lower["layer"][1]["data"]["values"]
    for answer, expected in (("yes", np.abs(y) > 0.5), ("no", np.abs(y) <= 0.5)):
        runs = [(r["from"], r["to"]) for r in rows if r["row"] == f"interval excludes zero\n{answer}"]
        assert sum(to - start for start, to in runs) == expected.sum()
        ranks = np.arange(1, 301)[expected]
        assert all(any(start < rank < to for start, to in runs) for rank in ranks)


def test_a_specification_may_stand_for_several_options() -> None:
    options = {"week": {"main": [True, True], "last": [False, True], "none": [False, False]}}
    lower = specification_curve([2, 1], [1, 0], [3, 2], options).spec["vconcat"][1]
    rows = [(row["rank"], row["row"].split("\n")[1]) for row in lower["layer"][1]["data"]["values"]]
    assert rows == [(1, "main"), (2, "main"), (1, "last")]
    with pytest.raises(ValueError, match=r"choices\['week'\]\['main'\] has shape \(1,\)"):
        specification_curve([2, 1], [1, 0], [3, 2], {"week": {"main": [True]}})


def test_the_widest_intervals_of_many_do_not_flatten_the_others() -> None:
    y = np.linspace(-1, 1, 300)
    half = np.where(np.arange(300) % 50 == 0, 40.0, 0.5)
    upper = specification_curve(y, y - half, y + half, {"model": ["one"] * 300}).spec["vconcat"][0]
    axis = upper["layer"][2]["encoding"]["y"]
    low, high = axis["scale"]["domain"]
    assert -2 < low < -1
    assert 1 < high < 2
    assert axis["title"][1] == "(some intervals reach beyond)"


def test_an_interval_that_touches_no_effect_includes_it() -> None:
    upper = specification_curve([1], [0], [2], {"x": ["a"]}).spec["vconcat"][0]
    assert upper["data"]["values"][0]["kind"] == "interval includes zero"


def test_intervals_of_ratios_include_one_and_others_a_value() -> None:
    for null, word in ((1.0, "one"), (0.5, "0.5")):
        upper = specification_curve([1], [0.5], [2], {"x": ["a"]}, null=null, ratio=True).spec["vconcat"][0]
        assert upper["data"]["values"][0]["kind"] == f"interval includes {word}"


FRAME = Frame(440, 340, (0.0, 1.0), (0.0, 1.0))


@given(st.lists(st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)), min_size=1, max_size=12))
@settings(max_examples=50, deadline=None)
def test_names_stay_in_the_frame_and_off_one_another(points: list[tuple[float, float]]) -> None:
    x, y = np.array(points).T
    labels = [f"Study {i:02d}" for i in range(len(points))]
    layers = label_layers(x, y, labels, FRAME)
    texts = layers[-1]["data"]["values"]
    assert [row["label"] for row in texts] == labels
    boxes = []
    for row in texts:
        ((across, down),) = FRAME.pixels([row["x"]], [row["y"]]).tolist()
        wide = len(row["label"]) * SIZE * _WIDE
        left = across - {"left": 0, "center": wide / 2, "right": wide}[row["align"]]
        boxes.append((left, down - SIZE / 2, left + wide, down + SIZE / 2))
    for a in boxes:
        assert a[0] >= 0
        assert a[1] >= 0
        assert a[2] <= FRAME.width
        assert a[3] <= FRAME.height
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]


def test_an_empty_label_names_none() -> None:
    svg = baujat([1, 2], [1, 2], labels=["", "Second"]).svg()
    assert len(marks(svg, "symbol")) == 2
    assert len(marks(svg, "text")) == 1


def test_baujats_names_are_those_far_from_the_origin_and_the_rest_are_counted() -> None:
    far = np.hypot(YI**2 / (YI**2).max(), VI / VI.max())
    svg = baujat(YI**2, VI, labels=NAMES, named=3).svg()
    found = {each.text for each in marks(svg, "text")}
    assert found == {NAMES[i] for i in np.argsort(-far)[:3]}
    assert f"{K - 3} studies have no name here" in svg
    assert "no name here" not in baujat([1, 2], [1, 2], labels=["A", "B"]).svg()
    assert "1 study has no name here" in baujat([1, 2], [1, 2], labels=["A", "B"], named=1).svg()


def test_control_characters_and_markup_in_names_do_not_break_the_picture() -> None:
    svg = baujat([1, 2], [1, 2], labels=["A\x1f<b>&", "two\nlines"]).svg()
    text = " ".join(each.text for each in marks(svg, "text"))
    assert "A <b>&" in text
    assert "two lines" in text


def test_long_names_of_a_forest_plot_are_whole() -> None:
    svg = PLOTS["forest, long names"]().svg()
    root = etree.fromstring(svg.encode())
    words = " ".join(" ".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    assert "its24tharm" in "".join(words.split())


MANY = [0.1, 0.2]
WRONG: list[tuple[Callable[[], Plot], str]] = [
    (lambda: funnel(MANY, [0.1]), "differ in length"),
    (lambda: funnel([], []), r"yi has shape \(0,\)"),
    (lambda: funnel(MANY, [0.1, 0]), "vi is 0 in row 2, expected above 0"),
    (lambda: funnel([0.1, np.nan], MANY), "yi is nan in row 2, expected a finite number"),
    (lambda: funnel(MANY, MANY, estimate=np.inf), "estimate is inf"),
    (lambda: funnel(MANY, MANY, levels=(95,)), "levels holds 95"),
    (lambda: funnel(MANY, MANY, labels=["A"]), "labels has 1 entries, expected 2"),
    (lambda: funnel(MANY, MANY, labels="AB"), "labels is one text"),
    (lambda: funnel(MANY, MANY, filled=(MANY, [0.1])), "differ in length"),
    (lambda: funnel(MANY, MANY, filled=(MANY, [0.1, -1])), "filled vi is -1 in row 2"),
    (lambda: funnel(MANY, MANY, filled=[MANY, MANY, MANY]), "filled is not a pair"),  # type: ignore[arg-type]
    (lambda: baujat([-1, 0], MANY, labels=["A", "B"]), "contribution is -1 in row 1, expected 0 or more"),
    (lambda: baujat(MANY, [0.1, -0.1], labels=["A", "B"]), "influence is -0.1 in row 2"),
    (lambda: baujat(MANY, MANY, labels=["A", "B"], named=-1), "named is -1, expected 0 or more"),
    (lambda: baujat(MANY, MANY, labels=[]), "labels has 0 entries, expected 2"),
    (lambda: gosh(MANY, [0, 101]), "i2 is 101 in row 2, expected a percentage"),
    (lambda: gosh(MANY, [0]), "differ in length"),
    (lambda: gosh(MANY, [0, 1], contains=[0, 1]), "contains is of type int64, expected booleans"),
    (lambda: gosh(MANY, [0, 1], contains=[True]), r"contains has shape \(1,\)"),
    (lambda: labbe([3], [2], [1], [4]), "ai is 3 in row 1, expected at most n1i"),
    (lambda: labbe([1], [2], [-1], [4]), "ci is -1 in row 1, expected 0 or more"),
    (lambda: labbe([0], [0], [1], [4]), "n1i is 0 in row 1, expected above 0"),
    (lambda: labbe([1], [2], [1], [4], measure="SMD"), "unknown measure 'SMD'"),  # type: ignore[arg-type]
    (lambda: labbe([1], [2], [1], [4], estimate=np.nan), "estimate is nan"),
    (lambda: labbe([1], [2], [1], [4], estimate=1.5, measure="RD"), "estimate is 1.5, expected"),
    (lambda: radial(MANY, [0.1, 0]), "vi is 0 in row 2"),
    (lambda: radial(MANY, MANY, -1.0), "tau2 is -1, expected 0 or more"),
    (lambda: radial(MANY, MANY, np.nan), "tau2 is nan"),
    (lambda: specification_curve([1], [2], [3], {"a": ["b"]}), "ci_low is 2 in row 1, expected at most"),
    (lambda: specification_curve([1], [0], [0.5], {"a": ["b"]}), "ci_high is 0.5 in row 1, expected at least"),
    (lambda: specification_curve([1], [0], [2], {}), "choices is empty"),
    (lambda: specification_curve([1], [0], [2], {"a": ["b", "c"]}), r"choices\['a'\] has 2 entries, expected 1"),
    (lambda: specification_curve([1], [0], [2], {"a": ["b"]}, null=np.nan), "null is nan"),
    (lambda: specification_curve([1], [0], [2], {"a": ["b"]}, null=1, ratio=True), "ci_low is 0 in row 1"),
    (lambda: specification_curve([1], [0.5], [2], {"a": ["b"]}, ratio=True), "null is 0, expected a ratio"),
    (lambda: forest(lines(1), beside=lines(2)), "label 'Trial 1' stands in beside alone"),
    (lambda: forest([*lines(1), *lines(1)]), "label 'Trial 0' stands for two lines"),
]


@pytest.mark.parametrize(("draw", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_refused(draw: Callable[[], Plot], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()


def test_importing_plots_loads_nothing_heavy() -> None:
    heavy = {"altair", "pandas", "polars", "vl_convert", "scipy", "statistics"}
    code = f"import sys; import glabella.plot; print(*sorted(set(sys.modules) & {heavy!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_ticks_of_ranks_start_at_one_and_are_few() -> None:
    from glabella.plot._specification import _ticks

    for n in (*range(1, 200), 864, 12345):
        ticks = _ticks(n)
        assert ticks[0] == 1
        assert ticks[-1] <= n
        assert len(ticks) <= 13
        assert all(a < b for a, b in pairwise(ticks))
