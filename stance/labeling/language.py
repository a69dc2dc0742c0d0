"""The language that the labeler reads: where its data files are, and its name for the tools that ask for one.

The words and endings of one language are in the data files of its folder, its names elsewhere in its `Language`; the
modules beside this one ask `LANGUAGE`. What their code assumes all the same (word order, capitals) and which files
another language needs is in docs/languages.md.
"""

from __future__ import annotations

import csv
import importlib.util
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Language:
    """One language. `code` is ISO 639-1 and names the folder of its data files; `sentencex` is its code there.

    `tags` is where the lexicon of frequent tags lies: an installed package, and the file's path within.
    """

    code: str
    sentencex: str
    tags: tuple[str, str]

    @property
    def data(self) -> Traversable:
        """The folder of the data files."""
        return files("stance.labeling") / "data" / self.code

    def lines(self, name: str) -> list[str]:
        """The lines of a data file that are neither blank nor a comment."""
        lines = (self.data / name).read_text("utf-8").splitlines()
        return [line for line in lines if line and not line.startswith("#")]

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a data file of comma-separated values."""
        with (self.data / name).open(encoding="utf-8") as handle:
            return list(csv.DictReader(handle))

    def tag_lexicon(self) -> str:
        """The text of the lexicon of frequent tags, read without importing its package, which costs a second."""
        package, path = self.tags
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError(f"the lexicon of tags is part of {package}, which is not installed", name=package)
        return (Path(spec.submodule_search_locations[0]) / path).read_text("utf-8")


ENGLISH = Language("en", sentencex="en", tags=("textblob", "en/en-lexicon.txt"))
LANGUAGE = ENGLISH  # the only one so far
