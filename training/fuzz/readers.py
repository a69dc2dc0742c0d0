"""Fuzzes the readers: `python -m training.fuzz.readers [-runs=N] [FOLDER]`. Bytes of every format in, articles out.

The first byte of an input chooses the kind of file, the rest is what stands in it. Nothing but InputError may be
raised, every article must hold what `checks` asks, and no input may take long.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from training.fuzz.start import Harness, fuzz

KINDS = (
    ".txt",
    ".md",
    ".html",
    ".json",
    ".jsonl",
    ".csv",
    ".tsv",
    ".parquet",
    ".txt.gz",
    ".csv.gz",
    ".jsonl.gz",
    ".warc",
)
SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "articles"


def make() -> Harness:
    """One file through `read_articles`, and through `read_sentences` where it may hold sentences."""
    from stance.readers import Skipped, read_articles, read_sentences
    from stance.records import InputError
    from training.fuzz.checks import check_article, check_line, check_skipped, check_writable

    folder = Path(tempfile.mkdtemp(prefix="stance-fuzz-"))
    files = [folder / f"2024-03-01-news{kind}" for kind in KINDS]

    def one(data: bytes) -> None:
        if not data:
            return
        file = files[data[0] % len(files)]
        file.write_bytes(data[1:])
        skipped: list[Skipped] = []
        for article in read_articles([file], on_skip=skipped.append, any_language=data[0] >= 128):
            check_article(article)
        for one_skipped in skipped:
            check_skipped(one_skipped)
        try:
            for sentence in read_sentences(file):
                check_writable(sentence["text"])
        except InputError as error:
            check_line(str(error))

    return one


def seeds() -> Iterator[bytes]:
    """The first articles of seeds/ in every format."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    from training.benchmarks.archive import record

    for path in sorted(SEEDS.glob("*.txt"))[:4]:
        text = path.read_text("utf-8")[:1500]
        row = {"text": text, "title": path.stem, "published": "2024-03-01", "id": "7"}
        table = io.BytesIO()
        pq.write_table(pa.table({key: [value, value] for key, value in row.items()}), table)
        lines = json.dumps(row, ensure_ascii=False).encode()
        csv = f'id,published,text\n1,2024-03-01,"{text.replace(chr(34), chr(34) * 2)}"\n'.encode()
        paragraphs = "".join(f"<p>{line}</p>" for line in text.splitlines() if line)
        page = f"<html><head><title>{path.stem}</title></head><body><article>{paragraphs}</article></body></html>"
        bodies = {
            ".html": page.encode(),
            ".json": b"[" + lines + b"," + lines + b"]",
            ".jsonl": lines + b"\n" + lines,
            ".csv": csv,
            ".tsv": csv.replace(b",", b"\t"),
            ".parquet": table.getvalue(),
            ".txt.gz": gzip.compress(text.encode()),
            ".csv.gz": gzip.compress(csv),
            ".jsonl.gz": gzip.compress(lines),
            ".warc": record("https://news.example/1", page.encode()) * 2,
        }
        for number, kind in enumerate(KINDS):
            body = bodies.get(kind, text.encode())
            yield bytes([number]) + body
            if number < 7:
                yield bytes([132 + number]) + body.decode().encode("utf-16")  # 132 is a multiple of the twelve kinds


if __name__ == "__main__":
    fuzz("readers", make, seeds)
