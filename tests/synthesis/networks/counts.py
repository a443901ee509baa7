"""Made-up networks of counts, and the two ways in which a result of them must not depend on names and order."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st


@st.composite
def two_treatments(draw: st.DrawFn) -> dict[str, Any]:
    """Two-arm trials of A and B, with an event and a non-event of each somewhere to set against the other's."""
    k = draw(st.integers(1, 5))
    n = [draw(st.integers(2, 60)) for _ in range(2 * k)]
    events = [draw(st.integers(0, size)) for size in n]
    a, c = np.array(events[::2]), np.array(events[1::2])
    b, d = np.array(n[::2]) - a, np.array(n[1::2]) - c
    assume((a * d).sum() > 0 and (b * c).sum() > 0)
    return {"studlab": np.repeat(np.arange(k), 2).astype(str), "treat": list("AB") * k, "events": events, "n": n}


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """Trials of two to four of four treatments, of which one has all, with events and non-events everywhere."""
    data: dict[str, Any] = {"studlab": [], "treat": [], "events": [], "n": []}
    sets = [list("ABCD"), *draw(st.lists(st.lists(st.sampled_from("ABCD"), min_size=2, max_size=4, unique=True),
                                         max_size=4))]  # fmt: skip
    for study, treatments in enumerate(sets):
        for treatment in treatments:
            n = draw(st.integers(4, 60))
            data["studlab"].append(str(study))
            data["treat"].append(treatment)
            data["events"].append(draw(st.integers(1, n - 1)))
            data["n"].append(n)
    return data


def same_under_other_names_and_order(fit: Any, data: dict[str, Any], random: Any) -> None:
    """Hold a fit to its own with shuffled rows, a reversed alphabet of treatments and another reference."""
    once = fit(**data)
    order = list(range(len(data["treat"])))
    random.shuffle(order)
    names = dict(zip("ABCD", "WVUT", strict=True))
    again = fit([data["studlab"][place] for place in order], [names[data["treat"][place]] for place in order],
                [data["events"][place] for place in order], [data["n"][place] for place in order],
                reference="U")  # fmt: skip
    place = [again.treatments.index(names[one]) for one in once.treatments]
    assert again.te_common[np.ix_(place, place)] == pytest.approx(once.te_common, rel=1e-9, abs=1e-10)
    assert again.se_common[np.ix_(place, place)] == pytest.approx(once.se_common, rel=1e-9, abs=1e-10)
    assert again.q == pytest.approx(once.q, rel=1e-7, abs=1e-8)
    assert (again.q_df, again.k) == (once.q_df, once.k)


#: Bad data, and what is said of it.
BAD: list[tuple[dict[str, Any], str]] = [
    ({"events": [1, 10, 3, 1]}, "events is 10 in study 'a', treatment 'B'; expected at most n"),
    ({"treat": list("ABBB")}, "study 'b', treatment 'B' is given more than once"),
    ({"studlab": list("aaab"), "treat": list("ABCA")}, "study 'b' has one arm, expected two or more"),
    ({"reference": "D"}, "reference 'D' is not in the network; it has A, B, C"),
    ({"level": 95}, "level is 95, expected between 0 and 1"),
    ({"treat": list("ABCD")}, r"do not connect all treatments \(A, B; C, D\); expected one network"),
    (
        {"studlab": list("aabbcc"), "treat": list("ABBCBC"), "events": [1, 2, 0, 0, 9, 9], "n": [9] * 6},
        r"the studies that inform the odds ratio without 'b', 'c' do not connect all treatments \(A, B; C\)",
    ),
]


def bad(changes: dict[str, Any]) -> dict[str, Any]:
    """Give a small good network with something wrong."""
    good = {"studlab": list("aabb"), "treat": list("ABBC"), "events": [1, 2, 3, 1], "n": [9] * 4}
    return good | changes
