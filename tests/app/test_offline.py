"""The app, started as people start it, connects to nothing: where anything but this machine is asked, it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests import dossiers_made
from tests.cli.test_articles import pdf_of

#: Loaded by every Python that is started, what reads articles included.
WATCH = """
import os, sys

def watch(event, told):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        asked = told[1] if event in ("socket.connect", "socket.sendto") else told
        host = str(asked[0] if isinstance(asked, tuple) else asked)
        if host not in ("127.0.0.1", "localhost", "::1") and not host.startswith("/"):
            with open(os.environ["ASKED"], "a") as file:
                file.write(f"{event} {told}\\n")
            os._exit(99)

sys.addaudithook(watch)
"""
SAID = "BCG prevents tuberculosis. See https://example.org/one and ![a picture](https://example.org/two.png)."
PAGE = (
    f'<!doctype html><html><head><link rel="stylesheet" href="https://example.org/a.css"><script '
    f'src="https://example.org/a.js"></script></head><body><img src="https://example.org/a.png"><p>{SAID}</p>'
)
ARTICLES = {
    "a.txt": SAID.encode(),
    "a.html": PAGE.encode(),
    "a.pdf": pdf_of(f"BT /F 12 Tf 50 700 Td ({SAID}) Tj ET".encode()),
}


def watched(folder: Path) -> dict[str, str]:
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    paths = [str(folder), *(path for path in sys.path if path)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "ASKED": str(folder / "asked"),
            "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip


def test_the_watch_sees_who_asks(tmp_path: Path) -> None:
    asks = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    done = subprocess.run([sys.executable, "-P", "-c", asks], env=watched(tmp_path), check=False)
    assert done.returncode == 99
    assert "192.0.2.1" in (tmp_path / "asked").read_text(encoding="utf-8")


def test_nothing_is_asked_of_any_other_machine(tmp_path: Path) -> None:
    dossier = dossiers_made.bcg_claimed(tmp_path / "bcg")
    command = [sys.executable, "-P", "-m", "glabella", "app", str(dossier), "--port", "0"]
    with subprocess.Popen(
        command, env=watched(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as app:
        try:
            assert app.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", app.stdout.readline())
            assert found is not None
            with httpx.Client(base_url=found[0], timeout=60, trust_env=False) as client:
                contents = client.get("/report").text
                ways = set(re.findall(r'href="(/[^"#]*)"', contents + client.get("/").text))
                assert {"/brief", "/report", "/check"} <= ways
                numbers = re.findall(r'href="(/number/[^"]*)"', client.get("/brief").text)[:5]
                for way in (*ways, *numbers, "/api/brief", "/api/claims", "/api/openapi.json"):
                    assert client.get(way).status_code in (200, 404), way
                # What the app does not speak is answered like any page, and no advice is written down.
                socket = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
                assert client.get("/brief", headers=socket).status_code == 200
                for name, content in ARTICLES.items():
                    answer = client.post("/check", files={"file": (name, content)})
                    assert answer.status_code == 200, name
                    assert "BCG prevents tuberculosis." in answer.text
        finally:
            app.terminate()
            _, said = app.communicate(timeout=30)
    assert not (tmp_path / "asked").exists()
    assert app.returncode in (0, -signal.SIGTERM)
    # The log, and nothing else: when it was, what was asked, the status, and how long it took.
    lines = said.splitlines()
    assert [
        line for line in lines if not re.fullmatch(r"[-0-9]+ [:,0-9]+ (GET|POST) /\S* \d{3} \d+ ms", line)
    ] == []
    assert sum("POST /check 200" in line for line in lines) == len(ARTICLES)
