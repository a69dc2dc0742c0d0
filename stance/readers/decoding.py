"""Bytes in, text out, with the encoding found out and the amount bounded.

News archives come in every encoding of the last forty years, and a compressed file may unpack to any size.
Text is therefore never taken from Python's text mode but decoded here: UTF-8 first, then a guess.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO

MAX_TEXT = 16 * 2**20  # bytes of one article, one line or one field: longer than any novel
UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# Candidates for text that is not UTF-8: left to itself, charset-normalizer takes short Russian for Japanese.
WESTERN = "cp1252"
ENCODINGS = [WESTERN, "cp1250", "cp1251", "koi8_r", "iso8859_2", "cp1253", "cp1254"]
ENCODINGS += ["gb18030", "shift_jis", "euc_kr", "big5"]

CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
CHARSET = re.compile(rb"(?i)charset=[\"']?((?:windows-|iso-8859-|koi8|gb|big5|shift_jis|euc-)[\w-]*)")


class Unreadable(Exception):
    """A file that cannot be read as what it claims to be; the text is the reason for the user."""


BINARY = "this is a binary file and not text; leave it out or save its text as UTF-8"
TOO_LARGE = "it holds more than {} MB in one piece, which is no article; split it into articles first"


def read_whole(stream: BinaryIO, start: bytes = b"", limit: int = MAX_TEXT) -> bytes:
    """`start` and the rest of the stream; Unreadable past `limit` bytes, so that no gz bomb fills memory."""
    data = start + stream.read(limit - len(start) + 1)
    if len(data) > limit:
        raise Unreadable(TOO_LARGE.format(limit // 2**20))
    return data


def raw_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a stream with their ends, one by one; Unreadable at a line of more than MAX_TEXT bytes."""
    while line := stream.readline(MAX_TEXT + 1):
        if len(line) > MAX_TEXT:
            raise Unreadable(TOO_LARGE.format(MAX_TEXT // 2**20))
        yield line


def decode(data: bytes, *, html: bool = False, charset: str | None = None) -> str:
    """The text of a whole file: nothing is changed but that a byte order mark is dropped.

    Tries UTF-16 where a mark says so, UTF-8, the `charset` that the server named, for HTML the one that the page
    declares, then a guess; the two that were told only where the bytes agree. A few broken bytes become U+FFFD.
    Unreadable for binary content.
    """
    if data.startswith(UTF16_BOMS):
        text = data.decode("utf-16", "replace")
    else:
        data = data.removeprefix(codecs.BOM_UTF8)
        encoding = "utf-8" if _decodes(data, "utf-8") else _told(data, f"charset={charset}".encode("ascii", "replace"))
        if encoding is None and html:
            encoding = _told(data, data[:4096])
        text = data.decode(encoding or guess_encoding(data), "replace")
    if "\0" in text:
        raise Unreadable(BINARY)
    return text


def decoded_lines(raw: Iterable[bytes]) -> Iterator[str]:
    """Lines of bytes as lines of text, with their ends; Unreadable when the first one is binary.

    Each line is tried as UTF-8 first, so that one broken line does not garble those that come after it.
    """
    lines = iter(raw)
    first = next(lines, b"")
    if first.startswith(UTF16_BOMS):
        yield from _utf16_lines(chain([first], lines))
        return
    if b"\0" in first:
        raise Unreadable(BINARY)
    fallback = None
    lines = chain([first.removeprefix(codecs.BOM_UTF8)], lines)
    while line := next(lines, b""):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            if fallback is None:  # one line is little to guess from: look a few lines ahead
                ahead = list(islice(lines, 20))
                fallback = guess_encoding(b"".join([line, *ahead]))
                lines = chain(ahead, lines)
            text = line.decode(fallback, "replace")
        yield text


def guess_encoding(data: bytes) -> str:
    """The likeliest encoding of bytes that are not valid UTF-8; Unreadable when they look like no text."""
    if _nearly_utf8(data):
        return "utf-8"
    if b"\0" in data:
        raise Unreadable(BINARY)
    from charset_normalizer import from_bytes

    # Plain ASCII lines say nothing about the encoding and drown those that do.
    telling = b"".join(line for line in data.splitlines(keepends=True) if not line.isascii())[: 2**18]
    matches = list(from_bytes(telling, cp_isolation=ENCODINGS))
    if matches:
        best = matches[0]
        # cp1250 and cp1252 agree on English and often tie; for news in English the western one is likelier.
        western = any(
            WESTERN in m.could_be_from_charset and m.chaos <= best.chaos + 0.01 and m.coherence >= best.coherence - 0.02
            for m in matches
        )
        return WESTERN if western else best.encoding
    foreign = sum(byte > 127 for byte in telling) / max(len(data), 1)
    if foreign > 0.3 or CONTROL.search(data):
        raise Unreadable(BINARY)
    return WESTERN


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _told(data: bytes, head: bytes) -> str | None:
    """The charset that an HTML page's beginning or a server's header declares, where the bytes agree."""
    found = CHARSET.search(head)
    if found is None:
        return None
    name = found[1].decode("ascii").lower()
    name = WESTERN if name == "iso-8859-1" else name  # as browsers do
    return name if _decodes(data, name) else None


def _nearly_utf8(data: bytes) -> bool:
    """Whether most of what is not ASCII is valid UTF-8: there is a stray byte, or the end is cut off."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(char > "\x7f" for char in text) > 2 * broken


def _utf16_lines(raw: Iterable[bytes]) -> Iterator[str]:
    # A byte 0A may be half of another character, so lines are cut again once they are text.
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    rest = ""
    for data in raw:
        *whole, rest = (rest + decoder.decode(data)).split("\n")
        yield from (line + "\n" for line in whole)
    if rest:
        yield rest
