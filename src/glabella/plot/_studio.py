"""Drawing many plots beside other work.

The drawing engine holds Python's lock, so that threads do not help: it runs in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from glabella.shown import Drawable

if TYPE_CHECKING:
    from concurrent.futures import Future

_FIRST = {"mark": "point", "data": {"values": []}}


def in_turn(plots: Iterable[Drawable]) -> Iterator[str]:
    """Draw plots here, each when it is asked for."""
    return (plot.svg() for plot in plots)


class Studio:
    """A process that draws; it starts at once, because an engine's first plot costs more than ten others.

    To be used as a context manager, by a program whose main module may be imported again (a guarded script).
    """

    def __init__(self) -> None:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        from vl_convert import vegalite_to_svg

        # The engine's own function: a process that calls it imports nothing of this package.
        self._draw: Callable[[dict[str, Any]], str] = vegalite_to_svg
        # One: more take longer to start than they save. A fresh process: a copy of one whose engine has run would
        # wait for threads that it has not.
        self._pool = ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=self._draw, initargs=(_FIRST,)
        )
        self._pool.submit(int)
        self._begun: dict[int, tuple[Drawable, Future[str]]] = {}

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *_: object) -> None:
        # Not waited for, its thread and the end of the program now and then close the same pipe.
        self._pool.shutdown(wait=True, cancel_futures=True)

    def begin(self, plot: Drawable) -> None:
        """Begin to draw a plot that :meth:`svgs` will be asked for."""
        # The plot is kept too: what is gone could leave its number to another.
        self._begun[id(plot)] = (plot, self._pool.submit(self._draw, plot.spec))

    def svgs(self, plots: Iterable[Drawable]) -> Iterator[str]:
        """Begin to draw plots that were not begun before; wait for each only when it is asked for."""
        wanted = list(plots)
        for plot in wanted:
            if id(plot) not in self._begun:
                self.begin(plot)
        return (self._begun[id(plot)][1].result() for plot in wanted)
