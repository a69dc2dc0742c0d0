"""How the reports put things into words: dates, signed numbers, names of countries, items and kinds."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_UNSAFE_IN_URL = re.compile(r"[\s\x00-\x20\x7f-\x9f\"<>\\\ud800-\udfff]")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")

KIND_LABELS = {
    "direct": "Direct quotation",
    "indirect": "Reported speech",
    "mixed": "Partly quoted",
    "ascribed": "Position ascribed by the writer",
    "act": "Reported act",
}
STANCE_LABELS = {"support": "Supports", "undecided": "Undecided", "oppose": "Opposes"}


@cache
def _countries() -> dict[str, str]:
    table = files("stance.report").joinpath("assets/countries.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t", 1) for line in table.splitlines())


def country_name(code: str | None) -> str:
    """The English name of an alpha-3 code; the code itself where it is unknown, nothing where it is None."""
    return "" if code is None else _countries().get(code, code)


def item_label(item: str) -> str:
    """An item as a reader says it: "air-defence" becomes "air defence"."""
    return "unspecified aid" if item == "unspecified" else item.replace("-", " ")


def slice_label(key: str, by: str) -> str:
    """The key of a slice as a reader says it: countries, items and months by name."""
    if by in ("country", "recipient"):
        return country_name(key)
    if by == "month":
        return f"{_MONTHS[int(key[5:]) - 1]} {key[:4]}"
    return item_label(key).capitalize() if by == "item" else key


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, the minus a real one; what rounds to zero has none."""
    rounded = round(value, digits)
    if rounded == 0:
        return f"{0:.{digits}f}"
    return f"{'+' if rounded > 0 else '−'}{abs(rounded):.{digits}f}"


def plural(number: int, noun: str, nouns: str | None = None) -> str:
    """A count with its noun: "1 statement", "1,204 statements"."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def parse_day(text: str | None) -> date | None:
    """The day of an ISO date, or None for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def day_label(text: str | None, *, short: bool = False) -> str:
    """An ISO date as "27 February 2024" or "27 Feb 2024"; what is no date stays, None becomes nothing."""
    day = parse_day(text)
    if day is None:
        return text or ""
    month = _MONTHS[day.month - 1]
    return f"{day.day} {month[:3] if short else month} {day.year}"


def month_label(day: date) -> str:
    """The short name of a day's month."""
    return _MONTHS[day.month - 1][:3]


def safe_url(url: str | None) -> str | None:
    """The url where it is fit to be a link (http or https, a host, nothing odd in it), otherwise None."""
    if not url or _UNSAFE_IN_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme.lower() in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def dom_id(prefix: str, raw: str) -> str:
    """An HTML id from a prefix and a record's id, of plain characters only."""
    return f"{prefix}-{re.sub(r'[^A-Za-z0-9_.-]+', '-', raw)}"


def one_line(text: str) -> str:
    """Text for one line of a terminal or an attribute: no control characters, no forced direction."""
    return _INVISIBLE.sub(" ", text).strip()
