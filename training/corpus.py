"""Labeled sentences: reading, checking, splitting.

In: files of labeled records (jsonl or csv) or folders of them. Out: `Labeled` records in file order. The two members
of a hard pair share a group and never part over a split, since one would give the other away.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stance.readers import read_sentences
from stance.records import ITEMS, STANCES, InputError
from stance.textmodel import normalize


@dataclass(frozen=True, slots=True)
class Labeled:
    """A labeled sentence. `stance` None: not about military aid. `pair` joins the two members of a hard pair."""

    text: str
    stance: str | None
    split: str = "train"
    source: str = "unknown"
    register: str = "unknown"
    items: tuple[str, ...] = ()
    recipient: str | None = None
    strength: int = 2
    pair: str | None = None
    actor: str | None = None
    target: str | None = None
    note: str | None = None


def load_labeled(paths: Iterable[str | Path]) -> list[Labeled]:
    """Reads labeled files, and every .jsonl and .csv in folders. Raises InputError for the first bad record."""
    out: list[Labeled] = []
    for path in _files(paths):
        for number, row in enumerate(read_sentences(path), 1):
            out.append(_labeled(row, f"{path}, record {number}"))
    if not out:
        raise InputError("no labeled sentences in the files given; each record needs `text` and `stance`.")
    return out


def _files(paths: Iterable[str | Path]) -> Iterator[Path]:
    for path in map(Path, paths):
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.suffix in (".jsonl", ".csv") and p.is_file())
        elif path.exists():
            yield path
        else:
            raise InputError(f"{path}: no such file or folder; name a file of labeled sentences.")


def _labeled(row: dict[str, Any], where: str) -> Labeled:
    if "stance" not in row:
        raise InputError(f"{where}: no `stance` field; give support, oppose, undecided, or null for off-topic.")
    stance = row["stance"] or None
    if isinstance(stance, str) and stance.lower() in ("null", "none", "off-topic"):
        stance = None
    if stance is not None and stance not in STANCES:
        raise InputError(f"{where}: unknown stance {stance!r}; use support, oppose, undecided, or null.")
    items = row.get("items") or ()
    if isinstance(items, str):
        items = [i.strip() for i in items.replace(";", ",").split(",") if i.strip()]
    unknown = [i for i in items if i not in ITEMS]
    if unknown:
        raise InputError(f"{where}: unknown item {unknown[0]!r}; the codebook lists the items.")
    return Labeled(
        text=str(row["text"]),
        stance=stance,
        split=str(row.get("split") or "train"),
        source=str(row.get("source") or "unknown"),
        register=str(row.get("register") or "unknown"),
        items=tuple(items),
        recipient=row.get("recipient") or None,
        strength=int(row.get("strength") or 2),
        pair=row.get("pair") or None,
        actor=row.get("actor") or None,
        target=row.get("target") or None,
        note=row.get("note") or None,
    )


def groups(rows: Sequence[Labeled]) -> list[str]:
    """A group name for each record: its pair, or its own number."""
    return [row.pair or f"#{i}" for i, row in enumerate(rows)]


def stance_rows(rows: Iterable[Labeled], split: str) -> list[Labeled]:
    """The records of a split that are about military aid."""
    return [row for row in rows if row.split == split and row.stance is not None]


def corpus_hash(rows: Iterable[Labeled]) -> str:
    """SHA-256 over texts and labels in order: says which data a model was fitted on."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.text}\x1f{row.stance}\x1f{row.split}\x1e".encode())
    return digest.hexdigest()


def near_duplicates(rows: Sequence[Labeled], threshold: float = 0.8) -> list[tuple[int, int]]:
    """Index pairs of records whose word sets overlap by Jaccard similarity of `threshold` or more, hard pairs aside.

    Candidates come from MinHash LSH (Broder 1997) and are checked exactly.
    """
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=threshold - 0.15, num_perm=64)
    sets = [frozenset(normalize(row.text).split()) for row in rows]
    found = []
    for i, words in enumerate(sets):
        signature = MinHash(num_perm=64, seed=1)
        signature.update_batch([w.encode() for w in words])
        for hit in index.query(signature):
            j = int(hit)
            same_pair = rows[i].pair is not None and rows[i].pair == rows[j].pair
            if not same_pair and len(words & sets[j]) / len(words | sets[j]) >= threshold:
                found.append((j, i))
        index.insert(str(i), signature)
    return sorted(found)


def composition(rows: Sequence[Labeled]) -> dict[str, dict[str, int]]:
    """How many records fall to each stance, register, item, recipient, strength, source and split."""
    tables: dict[str, Counter[str]] = {
        "stance": Counter(row.stance or "off-topic" for row in rows),
        "register": Counter(row.register for row in rows),
        "item": Counter(item for row in rows for item in row.items),
        "recipient": Counter(row.recipient or "none named" for row in rows),
        "strength": Counter(str(row.strength) for row in rows if row.stance),
        "source": Counter(row.source for row in rows),
        "split": Counter(row.split for row in rows),
    }
    tables["hard pairs"] = Counter({"sentences": sum(row.pair is not None for row in rows)})
    return {name: dict(table.most_common()) for name, table in tables.items()}
