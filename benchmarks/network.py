"""Networks and Bayesian models beside R's netmeta and bayesmeta, and pimeta, on the same data in the same run.

    make bench-network                     # prints
    make bench-network BENCH=--page        # writes docs/benchmarks-network.md too

Without R, or without these packages in its library, their columns stay empty and the run says why.
"""

from __future__ import annotations

import argparse
import os
import sys

import network_compare
import network_ours
import network_peers
from network_page import PAGE, page
from rich.console import Console
from rich.markdown import Markdown


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--page", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("--no-peers", action="store_true", help="time our own side alone")
    arguments = parser.parse_args()
    given = network_ours.problem()
    load = [os.getloadavg()[0]]
    ours = network_ours.times(given)
    nobody: network_peers.Peer = ({}, {}, "not run")
    r = nobody if arguments.no_peers else network_peers.in_r(given)
    pimeta = nobody if arguments.no_peers else network_peers.pimeta(given)
    load.append(os.getloadavg()[0])
    apart = network_compare.compare(given, r[1], pimeta[1])
    written = page(ours, r, pimeta, apart, (load[0], load[1]))
    if arguments.page:
        PAGE.write_text(written, encoding="utf-8")
        sys.stderr.write(f"wrote {PAGE}\n")
    Console(width=140).print(Markdown(written))


if __name__ == "__main__":
    main()
