"""What a large run has done so far: one line of JSON for what it is, and one for each part that lies on disk.

Lines are only ever added, each after its part is safely written, so that whatever kills a run leaves a list that is
true. A line that was cut off is dropped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from stance.records import InputError
from stance.scale.parts import part_name

NAME = "_manifest.jsonl"


@dataclass(frozen=True)
class Part:
    """A part of the output: its number and what its piece of the input held."""

    part: int
    articles: int
    statements: int
    refused: int


@dataclass
class Manifest:
    """The manifest of a folder, open for adding to; `parts` are those done before."""

    path: Path
    parts: list[Part]

    def add(self, part: Part) -> None:
        """Notes that a part is written."""
        self._append(part.__dict__)
        self.parts.append(part)

    def finish(self) -> None:
        """Notes that nothing is left to do, with the sums."""
        self._append({"done": True, **totals(self.parts)})

    def _append(self, line: dict[str, Any]) -> None:
        with _told(self.path), self.path.open("ab") as file:
            file.write(json.dumps(line).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def totals(parts: list[Part]) -> dict[str, int]:
    """The sums of parts."""
    return {
        "parts": len(parts),
        "articles": sum(p.articles for p in parts),
        "statements": sum(p.statements for p in parts),
        "refused": sum(p.refused for p in parts),
    }


def open_manifest(folder: Path, about: dict[str, Any], resume: bool) -> tuple[Manifest, bool]:
    """The manifest of a folder, new or gone on with, and whether everything was done already.

    `about` tells what is scored by what. Raises InputError where the folder holds a run and `resume` is not asked
    for, and where that run was about something else.
    """
    path = folder / NAME
    lines = _lines(path)
    if not lines:
        _rewrite(path, [about])
        return Manifest(path, []), False
    require_same_run(str(folder), lines[0], about, resume)
    listed = [(line, Part(**line)) for line in lines[1:] if "part" in line]
    kept = list(takewhile(lambda one: (folder / part_name(one[1].part)).is_file(), listed))  # somebody may remove one
    done = len(kept) == len(listed) and bool(lines[-1].get("done"))
    _rewrite(path, [lines[0], *(line for line, _ in kept), *lines[-1:] * done])
    return Manifest(path, [part for _, part in kept]), done


def require_same_run(folder: str, before: dict[str, Any], about: dict[str, Any], resume: bool) -> None:
    """InputError where a folder's run is not to be gone on with, or was about something else."""
    if not resume:
        raise InputError(f"{folder}: it holds a run already; go on with it by --resume, or choose another folder.")
    changed = [key for key in about if before.get(key) != about[key]]
    if changed:
        raise InputError(
            f"{folder}: the run there was made with other {' and '.join(changed)}; choose another folder for this one."
        )


def _lines(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a manifest; none where there is no manifest."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"{path}: it cannot be read ({error.strerror}); check the folder.") from None
    out = []
    for line in data[: data.rfind(b"\n") + 1].splitlines():
        try:
            out.append(json.loads(line))
        except ValueError:
            raise InputError(f"{path}: this is no manifest of a run; choose another folder.") from None
    return out


def _rewrite(path: Path, lines: list[dict[str, Any]]) -> None:
    """Writes a manifest anew: its first line, or without a line that was cut off."""
    from stance.report.atomic import atomic_file

    with _told(path), atomic_file(path, durable=True) as file:
        file.write(b"".join(json.dumps(line).encode() + b"\n" for line in lines))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"{path}: it could not be written ({error.strerror}); mend that and use --resume.") from None
