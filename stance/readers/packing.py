"""The body of an HTTP message without its codings, in memory and bounded: what a WARC record or a server sends.

A few kilobytes may unpack to gigabytes, so that nothing is unpacked but piece by piece, up to a limit.
"""

from __future__ import annotations

import io
import sys
import zlib

from stance.readers.decoding import MAX_TEXT, TOO_LARGE, Unreadable, read_whole

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["unpacked", "zstd"]

GZIP, ZLIB, DEFLATE = 31, 15, -15  # what zlib calls them


def unpacked(body: bytes, codings: str) -> bytes:
    """A body whose header Content-Encoding (RFC 9110, 8.4) lists `codings`, as it was before they were applied.

    Unreadable past MAX_TEXT bytes, for a coding that is unknown and for a body that is not in it.
    """
    for coding in reversed([name.strip().lower() for name in codings.split(",") if name.strip()][:3]):
        try:
            body = _without(body, coding)
        except (zlib.error, zstd.ZstdError, OSError, EOFError) as error:
            raise Unreadable(f"it is not in the coding {coding} that its header tells; fetch it again") from error
    return body


def _without(body: bytes, coding: str) -> bytes:
    if coding in ("gzip", "x-gzip"):
        return _inflated(body, GZIP)
    if coding == "deflate":
        try:
            return _inflated(body, ZLIB)
        except zlib.error:  # some servers leave the wrapping out
            return _inflated(body, DEFLATE)
    if coding == "zstd":
        return read_whole(zstd.ZstdFile(io.BytesIO(body)))  # type: ignore[arg-type]
    if coding == "br":
        from fastwarc.stream_io import BrotliReader

        return read_whole(BrotliReader(io.BytesIO(body)))  # type: ignore[arg-type]
    if coding == "identity":
        return body
    raise Unreadable(f"it is in the coding {coding[:40]!r}, which is not read; fetch it again in another")


def _inflated(body: bytes, wrapping: int) -> bytes:
    inflater = zlib.decompressobj(wrapping)
    data = inflater.decompress(body, MAX_TEXT + 1)
    if len(data) > MAX_TEXT:
        raise Unreadable(TOO_LARGE.format(MAX_TEXT // 2**20))
    if not inflater.eof:
        raise EOFError
    return data
