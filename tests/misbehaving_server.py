"""A web server on the loopback address whose answers are written byte by byte, so that they may be wrong in every way.

`Server.say` sets what a path answers: bytes sent as they are, or a function that is given the connection and the
number of the request for this path. `Server.seen` holds every request, with its time and headers.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = bytes | Callable[[socket.socket, int], None]

SAID = "“We will send no further shells this year,” said Ilka Torvald, the premier of Norland, on Tuesday."
MORE = "Her own stores had to be filled before the winter, she told reporters at the harbour."
TEXT = f"{SAID}\n\n{MORE}"


def page(*paragraphs: str, head: str = "") -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or (SAID, MORE))
    return f"<html><head><title>No more shells</title>{head}</head><body>{body}</body></html>".encode()


def http(body: bytes = b"", status: str = "200 OK", **headers: str | None) -> bytes:
    """An answer in order, but for the headers given; None leaves one out."""
    fields = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
    given = fields | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in given.items() if value is not None)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def moved(to: str) -> bytes:
    return http(status="302 Found", Location=to)


@dataclass
class Seen:
    path: str
    at: float
    headers: dict[str, str]


@dataclass
class Server:
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    port: int = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def say(self, path: str, answer: Answer) -> str:
        self.answers[path] = answer
        return self.url(path)

    def asked(self, path: str) -> int:
        return sum(one.path == path for one in self.seen)

    @property
    def pages(self) -> list[str]:
        """The paths of all requests but those for robots.txt."""
        return [one.path for one in self.seen if one.path != "/robots.txt"]


class Handler(BaseHTTPRequestHandler):
    """Answers as the server was told; 404 for every other path."""

    told: Server

    def do_GET(self) -> None:
        self.told.seen.append(Seen(self.path, time.monotonic(), {k.lower(): v for k, v in self.headers.items()}))
        answer = self.told.answers.get(self.path, http(b"none", "404 Not Found"))
        self.close_connection = True
        with contextlib.suppress(OSError):  # the client has gone, as it should where we go on for ever
            if callable(answer):
                answer(self.connection, self.told.asked(self.path))
            else:
                self.connection.sendall(answer)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving():
    """A running server."""
    server = Server()

    class Told(Handler):
        told = server

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    running = Quiet(("127.0.0.1", 0), Told)
    server.port = running.server_address[1]
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def drip(start: bytes, every: float = 0.05) -> Answer:
    """Sends `start`, and then a byte now and then, for longer than anybody waits."""

    def answer(connection: socket.socket, _: int) -> None:
        connection.sendall(start)
        for _ in range(60):
            time.sleep(every)
            connection.sendall(b"x")

    return answer


def endless(start: bytes, more: bytes = b"<p>word word word</p>" * 1000) -> Answer:
    """Sends `start`, and then more than anybody can take."""

    def answer(connection: socket.socket, _: int) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(more)

    return answer


def in_turn(*answers: bytes) -> Answer:
    """The first answer to the first request, and so on; the last one to all that follow."""

    def answer(connection: socket.socket, number: int) -> None:
        connection.sendall(answers[min(number, len(answers)) - 1])

    return answer
