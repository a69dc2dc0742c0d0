"""One request: in the host's turn, within its time, and to no address that it may not have.

It stands below the cache, so that what the cache answers waits for nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from ssl import SSLContext

import httpx

from stance.fetch.settings import Private, Settings

Host = tuple[str, int]
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052


class PoliteTransport(httpx.AsyncBaseTransport):
    """Sends requests by `inner`; those to a host keep their distance, which `delays` may lengthen.

    `named` are the hosts and ports that the user named, which alone may have private addresses. The address that was
    checked is the one that is connected to, so that a name that changes its address in between gains nothing.
    """

    def __init__(self, settings: Settings, named: set[Host], inner: httpx.AsyncBaseTransport | None = None) -> None:
        self.settings, self.named = settings, named
        # A connection is not used twice: the pool knows addresses alone, and hosts that share one would share it.
        self.inner = inner or httpx.AsyncHTTPTransport(
            verify=_certificates(),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            trust_env=False,
        )
        self.delays: dict[str, float] = {}
        self.free: dict[str, float] = {}  # when a host may be asked again, in the time of the event loop

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request; TimeoutError here or while its body is read past the deadline, Private for
        an address that it may not have, httpx.ConnectError for a host without one."""
        await self._turn(request.url.host)
        end = asyncio.get_running_loop().time() + self.settings.deadline
        async with asyncio.timeout_at(end):
            response = await self._sent(request)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Timed(response.stream, end),  # type: ignore[arg-type]
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Closes what it sends by."""
        await self.inner.aclose()

    async def _turn(self, host: str) -> None:
        now = asyncio.get_running_loop().time()
        start = max(now, self.free.get(host, now))
        self.free[host] = start + max(self.settings.delay, self.delays.get(host, 0))
        await asyncio.sleep(start - now)

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        host, port = host_of(str(request.url))
        addresses = await _addresses(host, port)
        barred = next((address for address in addresses if not is_public(address)), None)
        if barred is not None and (host, port) not in self.named and not self.settings.private:
            raise Private(f"it leads to the private address {barred}; name it yourself, or give --allow-private")
        for address in addresses[:3]:
            try:
                return await self.inner.handle_async_request(_directed(request, host, address))
            except httpx.ConnectError as error:
                failed = error
        raise failed


class _Timed(httpx.AsyncByteStream):
    """A body that has to be there by a certain time: a server that sends a byte a second keeps every other limit."""

    def __init__(self, stream: httpx.AsyncByteStream, end: float) -> None:
        self.stream, self.end = stream, end

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = aiter(self.stream)
        while True:
            async with asyncio.timeout_at(self.end):
                chunk = await anext(chunks, None)
            if chunk is None:
                return
            yield chunk

    async def aclose(self) -> None:
        await self.stream.aclose()


def host_of(url: str) -> Host:
    """The host and the port of a URL, as they are looked up."""
    parts = httpx.URL(url)
    return parts.raw_host.decode("ascii"), parts.port or (443 if parts.scheme == "https" else 80)


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet's (RFC 6890), also where IPv6 wraps one of IPv4."""
    found: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(found, IPv6Address):
        inner = IPv4Address(int(found) & 0xFFFFFFFF) if found in NAT64 else None
        found = found.ipv4_mapped or found.sixtofour or inner or found
    return found.is_global and not found.is_multicast


@cache
def _certificates() -> SSLContext:
    """Those that are trusted, which take a while to load."""
    return httpx.create_ssl_context(trust_env=False)


async def _addresses(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise httpx.ConnectError(f"the name {host[:100]} has no address") from None
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _directed(request: httpx.Request, host: str, address: str) -> httpx.Request:
    """The same request to an address; its header Host and the certificate stay those of the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions=request.extensions | {"sni_hostname": host},
    )
