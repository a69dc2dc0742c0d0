"""Archives of web pages (WARC, ISO 28500): one article for each page or text in them.

Read record by record, so that an archive may be of any size, packed or not. Images, scripts, redirects and error
pages, of which archives are full, are left out without a word; a page that cannot be read is named.
"""

from __future__ import annotations

import io
from email.message import Message
from typing import TYPE_CHECKING, BinaryIO

from stance.readers.decoding import Unreadable, read_whole
from stance.readers.packing import unpacked
from stance.readers.pages import HTML, document_fields
from stance.readers.rows import Row, Rows, Skipped, guarded
from stance.records import clean

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

KINDS = HTML | {"text/plain"}
PACKED = (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd")  # how a member of gzip and a frame of zstd begin
MOST_DAMAGES = 1000  # places at which reading is begun anew


def warc_rows(stream: BinaryIO, name: str) -> Rows:
    """The articles of an archive, their `url` that of the record; packed by gzip or zstd where its bytes say so.

    A broken page is passed over by itself. Where the archive itself is damaged, that place is named, and reading goes
    on with the next record that can be found.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    # WET files, which hold the text of pages, are "conversion"; what came by other ways than HTTP is "resource".
    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    head = stream.read(4)
    mark = next((mark for mark in PACKED if head.startswith(mark)), b"WARC/")
    start: int | None = 0
    place, some, told = 0, False, -1
    for _ in range(MOST_DAMAGES):
        if start is None:
            break
        stream.seek(start)
        try:
            for record in ArchiveIterator(stream, record_types=kinds, parse_http=False):
                place = record.stream_pos
                where = f"{name}, record at byte {place}"
                for item in guarded(_record_rows(record, where), where):
                    some = True
                    yield item
            break
        except OSError:
            if told != place:  # not again where the record that was found is none either
                some, told = True, place
                reason = "the archive is damaged here; fetch it again, what else can be read of it is kept"
                yield Skipped(f"{name}, after byte {place}", reason)
            start = _found(stream, mark, max(place, start) + 1)
    if not some:
        yield Skipped(name, "this archive holds no web page or text that was fetched well; leave it out")


def _found(stream: BinaryIO, mark: bytes, start: int) -> int | None:
    """Where `mark` stands next in a stream, from `start` on."""
    stream.seek(start)
    kept = b""
    while data := stream.read(2**20):
        if (at := (kept + data).find(mark)) >= 0:
            return start - len(kept) + at
        start += len(data)
        kept = (kept + data)[1 - len(mark) :]
    return None


def _record_rows(record: WarcRecord, where: str) -> Rows:
    """The article of one record, if it is a page or text that was fetched well."""
    coding, chunked = "", False
    if record.is_http:
        record.parse_http()
        head = record.http_headers
        if head.status_code is None:
            yield Skipped(where, "its HTTP header is broken; fetch the page again")
            return
        if head.status_code != 200:
            return
        coding, chunked = head.get("Content-Encoding") or "", "chunked" in (head.get("Transfer-Encoding") or "").lower()
        kind, charset = media_type(head.get("Content-Type") or "")
    else:
        kind, charset = media_type(record.headers.get("Content-Type") or "")
    if kind not in KINDS:
        return
    url = clean(record.headers.get("WARC-Target-URI") or "").strip("<> ")  # brackets as in WARC 1.0
    where = f"{where} ({url[:120]})"
    length = record.content_length
    body = read_whole(record.reader)  # type: ignore[arg-type]
    if len(body) < length:
        yield Skipped(where, "the archive ends in the midst of it; fetch it again")
        return
    try:
        fields = document_fields(unpacked(_joined(body) if chunked else body, coding), kind, charset, url)
    except Unreadable as error:
        yield Skipped(where, str(error))
        return
    if fields:
        yield Row(where, fields | {"url": url or fields["url"]})


def media_type(header: str) -> tuple[str, str | None]:
    """The type, in lower case, and the charset of a header Content-Type (RFC 9110, 8.3)."""
    message = Message()
    message["Content-Type"] = " ".join(header.split())
    charset = message.get_param("charset")
    # not by get_content_type, which takes what it does not know for text
    return header.split(";")[0].strip().lower(), charset if isinstance(charset, str) else None


def _joined(body: bytes) -> bytes:
    """A body without its chunks (RFC 9112, 7.1); as it is where it has none, since some crawlers join them but keep
    the header."""
    from fastwarc.stream_io import ChunkedReader

    try:
        return read_whole(ChunkedReader(io.BytesIO(body)))  # type: ignore[arg-type]
    except OSError:
        return body
