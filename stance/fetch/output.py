"""The file of articles that a run adds to, one JSON object a line, which tells the next run what is there already."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from stat import S_ISREG
from typing import Any

from stance.readers.decoding import Unreadable, raw_lines
from stance.records import InputError


class Output:
    """Adds articles to a file, each in one write, so that a run that is killed leaves at most one half a line.

    A context manager. InputError for a file that cannot be written, or that is not of articles with a URL; it is not
    touched then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        except OSError as error:
            raise InputError(f"{path}: it cannot be written ({error.strerror}); choose another with --out.") from None
        try:
            if not S_ISREG(os.fstat(self.file).st_mode):
                raise InputError(f"{path}: this is no ordinary file; choose another with --out.")
            self._lock()
            self.done, whole = _known(path)
            os.ftruncate(self.file, whole)
            if whole and os.pread(self.file, 1, whole - 1) != b"\n":
                os.write(self.file, b"\n")
        except BaseException:
            os.close(self.file)
            raise

    def __enter__(self) -> Output:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.file)

    def _lock(self) -> None:
        """InputError where another run writes to the file; the lock goes with the process, however it ends."""
        if sys.platform == "win32":
            return
        import fcntl

        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"{self.path}: another run is writing to it; wait for it, or give another --out."
            ) from None
        except OSError:  # some network file systems have no locks
            return

    def add(self, article: dict[str, Any]) -> None:
        """Adds an article; InputError where the disk takes it not."""
        line = json.dumps(article, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        try:
            while line:
                line = line[os.write(self.file, line) :]
        except OSError as error:
            raise InputError(
                f"{self.path}: it cannot be written ({error.strerror}); make room and run again."
            ) from None
        self.done.update(_urls(article))


def _known(path: Path) -> tuple[set[str], int]:
    """The URLs of a file's articles, and its length without a last line that was cut off."""
    done: set[str] = set()
    length = 0
    with path.open("rb") as file:
        try:
            for number, line in enumerate(raw_lines(file), 1):
                article = _object(line)
                if article is None and not line.endswith(b"\n") and b'{"text": '.startswith(line[:9]):
                    return done, length
                if line.strip() and (article is None or not _urls(article)):
                    raise InputError(
                        f"{path}, line {number}: this is no article that was fetched; give --out a file of its own."
                    )
                done |= _urls(article or {})
                length += len(line)
        except Unreadable:
            raise InputError(f"{path}: this is no file of articles; give --out a file of its own.") from None
    return done, length


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _urls(article: dict[str, Any]) -> set[str]:
    return {article[name] for name in ("url", "asked") if isinstance(article.get(name), str)}
