"""Labeled sentences: reading, checking, splitting.

In: files of labeled records (jsonl or csv) or folders of them. Out: `Labeled` records in file order. The two members
of a hard pair share a group and never part over a split, since one would give the other away.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from stance.features import normalize
from stance.readers import read_sentences
from stance.records import STANCES, InputError


@dataclass(frozen=True, slots=True)
class Labeled:
    """A labeled sentence. `stance` None: not about the issue (`target`). `pair` joins the two of a hard pair."""

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
    place: str | None = field(default=None, compare=False)  # file and record, for people to find it


def load_labeled(paths: Iterable[str | Path], target: str | None = None) -> list[Labeled]:
    """Reads labeled files, and every .jsonl and .csv in folders; of one target alone where that is given.

    The labels are whatever the files say; an empty one, null or "off-topic" means not about the issue, and so does
    "none" beside the labels of our codebook. Raises InputError for the first bad record.
    """
    out: list[Labeled] = []
    for path in _files(paths):
        for number, row in enumerate(read_sentences(path), 1):
            out.append(_labeled(row, f"{path}, record {number}"))
    if target is not None:
        out = [row for row in out if row.target == target]
    if not out:
        of = f" of target {target!r}" if target is not None else ""
        raise InputError(f"no labeled sentences{of} in the files given; each record needs `text` and `stance`.")
    if {str(row.stance).lower() for row in out} <= {*STANCES, "none"}:
        out = [replace(row, stance=None) if str(row.stance).lower() == "none" else row for row in out]
    return out


def about(paths: Iterable[str | Path]) -> str:
    """What the README.md of each folder among labeled paths says of its sentences, for the model's card."""
    readmes = (Path(path) / "README.md" for path in paths)
    return "\n".join(file.read_text("utf-8") for file in readmes if file.is_file())


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
        raise InputError(f"{where}: no `stance` field; give its label (support, oppose, undecided), or null.")
    stance = None if row["stance"] is None else str(row["stance"]).strip()
    if not stance or stance.lower() in ("null", "off-topic"):
        stance = None
    items = row.get("items") or ()
    if isinstance(items, str):
        items = [i.strip() for i in items.replace(";", ",").split(",") if i.strip()]
    return Labeled(
        text=str(row["text"]),
        stance=stance,
        split=str(row.get("split") or "train"),
        source=str(row.get("source") or "unknown"),
        register=str(row.get("register") or "unknown"),
        items=tuple(items),
        recipient=row.get("recipient") or None,
        strength=_strength(row.get("strength"), where),
        pair=row.get("pair") or None,
        actor=row.get("actor") or None,
        target=row.get("target") or None,
        note=row.get("note") or None,
        place=where,
    )


def _strength(value: Any, where: str) -> int:
    try:
        return int(value or 2)
    except (TypeError, ValueError):
        raise InputError(f"{where}: strength {value!r} is no number; give 1, 2 or 3.") from None


def groups(rows: Sequence[Labeled]) -> list[str]:
    """A group name for each record: its pair, or its own number."""
    return [row.pair or f"#{i}" for i, row in enumerate(rows)]


def stance_rows(rows: Iterable[Labeled], split: str) -> list[Labeled]:
    """The records of a split that are about the issue."""
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
