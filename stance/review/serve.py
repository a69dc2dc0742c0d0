"""Starts the web server of the review app, and says where it is."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Sequence
from contextlib import closing

from stance.records import InputError
from stance.review.app import create_app
from stance.review.context import Settings
from stance.review.people import give_token
from stance.store import open_store


def serve(
    db: str,
    settings: Settings,
    host: str,
    port: int,
    team: Sequence[str],
    hosts: Collection[str],
    note: Callable[[str], None],
) -> None:
    """Runs the app until it is interrupted; `note` is told the addresses. Raises InputError for a bad database, and
    for an address that cannot be listened on."""
    import uvicorn

    with closing(open_store(db, create=False)) as store, closing(_listen(host, port)) as listening:
        app = create_app(store, settings, hosts)
        context = app.state.context
        if not settings.blind:
            assert context.model is not None  # loaded now, not while the first person waits
        assert context.registry.actors
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{listening.getsockname()[1]}/"
        with store.write() as connection:
            for name, token in [give_token(connection, name) for name in team]:
                note(f"{name}: {url}?token={token}")
        note(f"reviewing {store.name} at {url} (Ctrl-C ends it; every judgement is saved as it is made)")
        config = uvicorn.Config(app, log_level="warning", server_header=False, access_log=False)
        uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)  # who follows the address at once finds somebody there
    except OSError as error:
        raise InputError(f"{host}:{port} cannot be listened on ({error.strerror}); choose another --port.") from None
    return listening
