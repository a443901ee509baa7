"""``glabella app``: read, consult and check in a browser, on this machine."""

from __future__ import annotations

import logging
import socket
import sys
from pathlib import Path

import click

from glabella.cli._documents import evidence_of
from glabella.cli._files import BAD_INPUT

_MISSING = "the app needs the extra “app”: uv sync --extra app, or pip install 'glabella[app]'"


@click.command("app")
@click.argument("dossier", required=False, type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, 65_535), default=8321, show_default=True, help="0: any free one.")
@click.option("--crisis-text", help="Whom to call in a crisis in your country; else the dossier’s own text.")
@click.option("--host-name", "hosts", multiple=True, help="A name under which a proxy before it asks for it.")
def app_command(dossier: Path | None, port: int, crisis_text: str | None, hosts: tuple[str, ...]) -> None:
    """Serve DOSSIER on this machine (http://127.0.0.1): read, consult and check; the shipped one when left out."""
    try:
        import uvicorn

        from glabella.app import House, create_app
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("uvicorn", "fastapi", "starlette", "python_multipart"):
            raise
        click.echo(_MISSING, err=True)
        sys.exit(BAD_INPUT)
    with evidence_of(dossier) as (evidence, _):
        app = create_app(House(evidence, crisis_text), hosts)
    # Said to be TCP, so that what is short is sent at once and does not wait for the other end to acknowledge.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        # From now on who asks is waited for, though the server begins a moment later.
        listening.listen()
    except OSError as error:
        click.echo(f"port {port} cannot be used: {error.strerror}; choose another with --port", err=True)
        sys.exit(BAD_INPUT)
    click.echo(f"{evidence.dossier.title}: http://127.0.0.1:{listening.getsockname()[1]} (Ctrl+C ends it)")
    # Its warnings are advice to whoever installs it, which anybody could have written by asking for a web socket.
    # What is not done a few seconds after the end was asked for is ended, an article that is being read included.
    config = uvicorn.Config(
        app, log_level="error", access_log=False, server_header=False, timeout_graceful_shutdown=3, ws="none"
    )
    _write_log()
    server = uvicorn.Server(config)
    server.run(sockets=[listening])


def _write_log() -> None:
    """Write a line for each request, and for what failed, beside the output: as the app says it, and no more."""
    log, lines = logging.getLogger("glabella.app"), logging.StreamHandler()
    lines.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(lines)
    log.setLevel(logging.INFO)
    log.propagate = False
    # What it says of a broken form would tell a byte of it.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
