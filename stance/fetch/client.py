"""A page by its URL: robots.txt, redirects, retries, a limit on its size, and the cache."""

from __future__ import annotations

import logging
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic

import httpx
import stamina
from protego import Protego

from stance.fetch.settings import HostFailed, HostGivenUp, NotFetched, Private, Settings
from stance.fetch.transport import Host, PoliteTransport
from stance.readers.decoding import Unreadable
from stance.readers.packing import unpacked
from stance.readers.warc import media_type

ROBOTS_BYTES = 500 * 2**10  # of robots.txt that are read (RFC 9309, 2.5)
AGAIN = frozenset({429, 500, 502, 503, 504})
MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answered: where it was found in the end, its status, kind, charset and body without codings."""

    url: str
    status: int
    kind: str
    charset: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes


class _Again(Exception):
    """A failure that may pass, and the seconds after which the server wants to be asked again."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Client:
    """Gets pages; knows the robots.txt of every host that it has asked. To be closed by `aclose`."""

    def __init__(self, settings: Settings, named: set[Host]) -> None:
        stamina.instrumentation.set_on_retry_hooks([])  # it would log every retry to the terminal
        logging.getLogger("hishel").setLevel(logging.CRITICAL + 1)
        self.settings = settings
        self.polite = PoliteTransport(settings, named)
        self.http = httpx.AsyncClient(
            transport=_cached(self.polite, settings),
            headers={
                "User-Agent": settings.agent,
                "Accept": "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, */*;q=0.1",
                "Accept-Encoding": "gzip, deflate",
            },
            timeout=settings.deadline,
            trust_env=False,
        )
        # by origin: until when they hold (RFC 9309, 2.4: a day), the rules, and why a page may be barred
        self.robots: dict[str, tuple[float, Protego, str]] = {}

    async def aclose(self) -> None:
        """Closes the connections and the cache."""
        await self.http.aclose()

    async def page(self, url: str, kinds: Set[str]) -> Page:
        """The page of a URL, which is of one of these kinds (media types, "" for none stated) and not empty.

        NotFetched, and Unreadable for a body that unpacks to more than the limit or not at all.
        """
        url, answer = await self._followed(url, self._require_allowed, kinds, self.settings.most)
        if answer.status != 200:
            raise NotFetched(f"the server answers with status {answer.status}; check the URL")
        if not answer.body:
            raise NotFetched("the server sends an empty page; check the URL")
        kind, charset = media_type(answer.headers.get("Content-Type", ""))
        body = unpacked(answer.body, answer.headers.get("Content-Encoding", ""))
        return Page(url, answer.status, kind, charset, body)

    async def _followed(
        self, url: str, check: Callable | None, kinds: Set[str] | None, most: int
    ) -> tuple[str, _Answer]:
        seen: set[str] = set()
        while url not in seen and len(seen) <= self.settings.redirects:
            seen.add(url)
            if check is not None:
                await check(url)
            answer = await self._tried(url, kinds, most)
            if answer.status not in MOVED or not answer.headers.get("Location"):
                return url, answer
            url = require_url(str(httpx.URL(url).join(answer.headers["Location"])))
        raise NotFetched("it redirects in circles" if url in seen else "it redirects too often")

    async def _tried(self, url: str, kinds: Set[str] | None, most: int) -> _Answer:
        """The answer of the server, asked again where it fails in ways that may pass."""
        retrying = stamina.retry_context(
            on=self._wait,
            attempts=self.settings.tries,
            timeout=None,
            wait_initial=self.settings.backoff,
            wait_max=60.0,
            wait_jitter=self.settings.backoff,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return await self._answer(url, kinds, most)
        except _Again as error:
            if not self._wait(error):
                raise HostGivenUp(f"{error} and wants no request for {error.after:g} seconds; run again then") from None
            raise HostFailed(f"{error}, after {self.settings.tries} tries; run again later") from None
        raise AssertionError("a retry ends with an answer or an error")

    def _wait(self, error: Exception) -> bool | float:
        if not isinstance(error, _Again) or (error.after or 0) > self.settings.patience:
            return False
        return True if error.after is None else error.after

    async def _answer(self, url: str, kinds: Set[str] | None, most: int) -> _Answer:
        try:
            async with self.http.stream("GET", url) as response:
                if response.status_code in AGAIN:
                    after = _seconds(response.headers.get("Retry-After"))
                    raise _Again(f"the server answers with status {response.status_code}", after)
                if response.status_code != 200:  # nobody reads what it says besides
                    return _Answer(response.status_code, response.headers, b"")
                _require_kind(response.headers, kinds)
                return _Answer(200, response.headers, await _body(response, most, cut=kinds is None))
        except (TimeoutError, httpx.TimeoutException):
            reason = f"it took more than {self.settings.deadline:g} seconds; give a longer --timeout or leave it out"
            raise HostFailed(reason) from None
        except httpx.TransportError as error:
            raise _Again(f"the connection failed ({_said(error)})") from None

    async def _require_allowed(self, url: str) -> None:
        """NotFetched where the robots.txt of the URL's host bars it (RFC 9309)."""
        origin = str(httpx.URL(url).copy_with(raw_path=b"/", fragment=None))
        if self.robots.get(origin, (0.0,))[0] < monotonic():
            self.robots[origin] = (monotonic() + 86_400, *await self._rules(origin))
        _, rules, why = self.robots[origin]
        if not rules.can_fetch(url, self.settings.robot):
            raise NotFetched(why)
        delay = rules.crawl_delay(self.settings.robot) or 0
        if delay > self.settings.patience:
            raise NotFetched(f"its host wants {delay:g} seconds between two pages; ask it for the articles")
        host = httpx.URL(url).host
        self.polite.delays[host] = max(delay, self.polite.delays.get(host, 0))

    async def _rules(self, origin: str) -> tuple[Protego, str]:
        nothing = Protego.parse("User-agent: *\nDisallow: /")
        try:
            _, answer = await self._followed(origin + "robots.txt", None, None, ROBOTS_BYTES)
            body = unpacked(answer.body, answer.headers.get("Content-Encoding", ""))
        except Private:
            raise
        except (NotFetched, Unreadable) as error:
            return nothing, f"the robots.txt of its host cannot be had, so that nothing may be fetched ({error})"
        if answer.status >= 500:
            return nothing, f"the robots.txt of its host fails with status {answer.status}; run again later"
        text = body[:ROBOTS_BYTES].decode("utf-8", "replace") if answer.status == 200 else ""  # 4xx: there are no rules
        return Protego.parse(text), "the robots.txt of its host bars it; leave it out"


def require_url(url: str) -> str:
    """A URL that may be fetched, without its fragment and in its usual spelling; NotFetched for every other one."""
    try:
        parts = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise NotFetched(f"this is no URL ({_said(error)}); write one as https://…") from None
    if parts.scheme not in ("http", "https") or not parts.host:
        raise NotFetched("only URLs of pages are fetched; write one as https://…")
    if parts.userinfo:
        raise NotFetched("a URL with a password is not fetched; leave the password out")
    return str(parts.copy_with(fragment=None))


def _cached(transport: PoliteTransport, settings: Settings) -> httpx.AsyncBaseTransport:
    """The transport with a cache over it, private to the user, that keeps to RFC 9111."""
    if settings.cache is None:
        return transport
    from hishel import AsyncSqliteStorage
    from hishel.httpx import AsyncCacheTransport

    storage = AsyncSqliteStorage(database_path=settings.cache, max_stream_size=settings.most)
    return AsyncCacheTransport(transport, storage, rfc={"shared": False})


def _require_kind(headers: httpx.Headers, kinds: Set[str] | None) -> None:
    kind, _ = media_type(headers.get("Content-Type", ""))
    if kinds is not None and kind not in kinds:
        raise NotFetched(f"it is {kind[:60]} and no web page; give the page of an article")


async def _body(response: httpx.Response, most: int, cut: bool) -> bytes:
    """The bytes as they were sent; those past `most` are cut off or NotFetched."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > most:
            if cut:
                break
            raise NotFetched(f"it is larger than {most / 2**20:g} MB, which is no article")
    return bytes(body[:most])


def _seconds(header: str | None) -> float | None:
    """What a header Retry-After (RFC 9110, 10.2.3) says, seconds or a date; None where it says nothing."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header[:12])
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:150] or type(error).__name__
