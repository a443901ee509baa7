"""Time a full SMAA-2 on draws of outcomes: 100,000 draws, 6 options, 10 criteria; seconds of one processor."""

from __future__ import annotations

import time

from rich.console import Console

from glabella.decision.preferences import Beta, Ranked, draw_outcomes, draw_weights, linear, smaa

OPTIONS, CRITERIA, TIMES = 6, 10, 5


def main() -> None:
    console = Console(highlight=False)
    begun = time.process_time()
    outcomes = draw_outcomes([[Beta(3 + o + c, 50) for c in range(CRITERIA)] for o in range(OPTIONS)])
    console.print(f"drawing outcomes: {time.process_time() - begun:.2f} s")
    for statements in ([], [Ranked(tuple(range(CRITERIA)))]):
        seconds = []
        for _ in range(TIMES):
            begun = time.process_time()
            smaa(linear(outcomes, 0.5, 0.0), draw_weights(CRITERIA, statements).draws)
            seconds.append(time.process_time() - begun)
        what = "ranked weights" if statements else "any weights"
        console.print(f"SMAA-2, {what}: {min(seconds):.2f} s, longest {max(seconds):.2f} s")


if __name__ == "__main__":
    main()
