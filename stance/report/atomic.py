"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def atomic_file(path: Path, durable: bool = False) -> Iterator[BinaryIO]:
    """Opens a temporary file beside `path`, and puts it in its place if the block ends well.

    With `durable`, its content is on the disk before its name is, so that a machine that loses power keeps it. What
    is no regular file (a pipe, /dev/stdout) is written to directly.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            yield file
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".stance-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def remove_leftovers(folder: Path) -> None:
    """Removes the temporary files that a killed run left in a folder."""
    for left in folder.glob(".stance-*.tmp"):
        left.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Writes a text as UTF-8, with its line ends unchanged."""
    with atomic_file(path) as file:
        file.write(text.encode("utf-8"))
