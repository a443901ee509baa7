"""How fast the app answers, beside a server of plain files in the same run.

    uv run python benchmarks/app.py               # about two minutes; --requests 10000 for the memory's course

It starts ``glabella app`` as a process of its own, waits for the first page, then asks for cached pages at a
fixed rate. Each time is taken from when a request was due, so that a server that stalls cannot hide it. The same
bytes are asked of a server of files (uvicorn and Starlette's StaticFiles, the same way of serving) at that rate.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

CONSOLE = Console()
STATIC = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
app = Starlette(routes=[Mount("/", StaticFiles(directory=sys.argv[1]))])
uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", access_log=False)
"""


@dataclass(slots=True)
class Server:
    """A process that serves on a port of this machine."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def memory(self) -> float:
        """Megabytes that it holds now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1000  # type: ignore[index]

    def end(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=20)


def free_port() -> int:
    """Give a port that nobody listens on."""
    import socket

    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        port: int = it.getsockname()[1]
        return port


async def ask(port: int, path: str) -> tuple[int, bytes]:
    """Ask for a page over a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept-Encoding: gzip", "Connection: close"
    writer.write("\r\n".join((*head, "", "")).encode())
    raw = await reader.read()
    writer.close()
    first, _, body = raw.partition(b"\r\n\r\n")
    return int(first.split(b" ", 2)[1]), body


def start(command: list[str], port: int) -> tuple[Server, float]:
    """Start a server and wait for its first page; gives the seconds until then."""
    began = time.perf_counter()
    # Its log would hide what is printed here.
    server = Server(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), port)
    while True:
        try:
            status, _ = asyncio.run(ask(port, "/"))
        except OSError:
            if server.process.poll() is not None:
                sys.exit(f"{command[0]} ended with {server.process.returncode}")
            time.sleep(0.01)
            continue
        if status in (200, 404):
            return server, time.perf_counter() - began


async def load(port: int, paths: list[str], rate: float, requests: int) -> list[float]:
    """Ask for pages at a rate; gives the milliseconds of each from when it was due."""
    took: list[float] = []
    began = time.perf_counter()

    async def one(at: int) -> None:
        due = began + at / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        status, _ = await ask(port, paths[at % len(paths)])
        if status != 200:
            raise RuntimeError(f"{paths[at % len(paths)]} gave {status}")
        took.append(1000 * (time.perf_counter() - due))

    tasks: set[asyncio.Task[None]] = set()
    for at in range(requests):
        task = asyncio.create_task(one(at))
        tasks.add(task)
        if len(tasks) >= 512:
            done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
    await asyncio.gather(*tasks)
    return took


def p95(took: list[float]) -> float:
    """Give the time below which 95 of 100 are."""
    return statistics.quantiles(took, n=20)[-1]


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rate", type=float, default=100, help="requests a second (100)")
    parser.add_argument("--requests", type=int, default=3_000, help="how many (3,000)")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    port = given.port or free_port()
    glabella = str(Path(sys.executable).parent / "glabella")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    app, first = start([glabella, "app", "--port", str(port)], port)
    with tempfile.TemporaryDirectory() as folder:
        try:
            rows = [("start to the first page", f"{first:.2f} s", "3 s")]
            asyncio.run(ask(port, "/brief"))
            began = time.perf_counter()
            asyncio.run(ask(port, "/report"))
            rows.append(("first page of the report, computed", f"{time.perf_counter() - began:.2f} s", ""))
            paths = [
                "/brief",
                "/report/effect",
                "/report/harms",
                "/report/popular-claims",
                "/number/scores_all.estimate",
            ]
            paths = [path for path in paths if asyncio.run(ask(port, path))[0] == 200]
            began = time.perf_counter()
            status, _ = asyncio.run(ask(port, "/choices?analysis=scores_all&method=DL&test=z"))
            rows.append((f"first other choice ({status})", f"{time.perf_counter() - began:.2f} s", "2 s"))
            for place, path in enumerate(paths):
                (Path(folder) / f"{place}.html").write_bytes(asyncio.run(ask(port, path))[1])
            files, _ = start([sys.executable, "-c", STATIC, folder, str(other := free_port())], other)
            try:
                before = app.memory
                ours = asyncio.run(load(port, paths, given.rate, given.requests))
                theirs = asyncio.run(
                    load(other, [f"/{place}.html" for place in range(len(paths))], given.rate, given.requests)
                )
                after = app.memory
            finally:
                files.end()
            limit = f"50 ms; {5 * p95(theirs):.1f} ms"
            rows += [
                (f"cached pages, p95 of {given.requests:,} at {given.rate:g}/s", f"{p95(ours):.1f} ms", limit),
                ("the same of a server of files", f"{p95(theirs):.1f} ms", ""),
                ("ratio", f"{p95(ours) / p95(theirs):.1f}", "5"),
                ("medians", f"{statistics.median(ours):.1f} and {statistics.median(theirs):.1f} ms", ""),
                (
                    f"memory before and after {given.requests:,} requests",
                    f"{before:.0f} and {after:.0f} MB",
                    "flat",
                ),
            ]
        finally:
            app.end()
    table = Table("what", "measured", "asked")
    for row in rows:
        table.add_row(*row)
    CONSOLE.print(table)


if __name__ == "__main__":
    main()
