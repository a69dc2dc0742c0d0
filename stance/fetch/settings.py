"""How a run of `stance fetch` behaves, and the exceptions by which a page is given up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stance.readers.decoding import MAX_TEXT

AGENT = "stance/0.1 (research on news articles)"


class NotFetched(Exception):
    """A page that was not fetched; the text is the reason for the user."""


class Private(NotFetched):
    """A page that was not fetched since it is at a private address."""


class HostFailed(NotFetched):
    """A page that was not fetched because its host fails, as it may with the next one too."""


class HostGivenUp(HostFailed):
    """A page that was not fetched, as will be no other one of its host in this run."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of a run; seconds, bytes and counts."""

    agent: str = AGENT
    delay: float = 1.0  # between two requests to one host
    deadline: float = 30.0  # of one request, from looking up its host to the last byte
    tries: int = 3
    backoff: float = 1.0  # before the second try, doubled before each further one
    patience: float = 120.0  # the longest that a host may bid us wait, by Crawl-delay or Retry-After
    redirects: int = 5
    most: int = MAX_TEXT  # bytes of a page, packed and unpacked
    hosts: int = 8  # asked side by side
    failures: int = 5  # in a row, after which a host is left alone
    private: bool = False  # whether redirects and feeds may lead to private addresses
    cache: Path | None = None

    @property
    def robot(self) -> str:
        """The name by which robots.txt may call us: the product in the User-Agent (RFC 9309, 2.2.1)."""
        return self.agent.split("/")[0].split()[0]
