"""The files of SemEval-2016 Task 6 (Mohammad et al. 2016, S16-1003) as their authors publish them.

Tab-separated text under the header ID, Target, Tweet, Stance; further columns are passed over. A .txt file whose name
has "test" in it is test data; else "train" or "trial" makes it training data; any other file, and any "readme", is left
out, and so is a test file in which every stance is UNKNOWN.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stance.records import InputError

COLUMNS = ("ID", "Target", "Tweet", "Stance")
LABELS = ("FAVOR", "AGAINST", "NONE")
UNKNOWN = "UNKNOWN"
_LINE_END = re.compile(rb"\r\n|\r|\n")
_TAG = re.compile(r"\s*#SemST\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tweet:
    """A tweet without the task's hashtag, and its stance towards the target."""

    target: str
    text: str
    stance: str


@dataclass(frozen=True, slots=True)
class Data:
    """Training and test tweets of each target that has both (for --dev: training only), and what was left out."""

    training: Mapping[str, Sequence[Tweet]]
    test: Mapping[str, Sequence[Tweet]]
    notes: tuple[str, ...]


def read_file(path: Path) -> list[Tweet]:
    """The tweets of one file, with every quotation mark kept. Raises InputError with what is wrong and where.

    Lines may end in CRLF, LF or CR; each is UTF-8 or else windows-1252, which the published files mix.
    """
    try:
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    head, *lines = (_decode(line, path, n) for n, line in enumerate(_LINE_END.split(data), 1))
    names = [name.strip().casefold() for name in head.split("\t")]
    missing = [column for column in COLUMNS if column.casefold() not in names]
    if missing:
        raise InputError(f"{path}: no column {', '.join(missing)}; the first line must be {'<tab>'.join(COLUMNS)}.")
    places = [names.index(column.casefold()) for column in COLUMNS[1:]]
    out = []
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) != len(names):
            raise InputError(f"{path}, line {number}: {len(fields)} columns where the first line has {len(names)}.")
        target, text, stance = (fields[place].strip() for place in places)
        if stance not in (*LABELS, UNKNOWN):
            raise InputError(f"{path}, line {number}: stance {stance!r} is not one of {', '.join(LABELS)}.")
        out.append(Tweet(target, _TAG.sub("", text).strip(), stance))
    if not out:
        raise InputError(f"{path}: no tweet below the first line.")
    return out


def _decode(line: bytes, path: Path, number: int) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(f"{path}, line {number}: neither UTF-8 nor windows-1252; save the file as UTF-8.")


def role(name: str) -> str | None:
    """Whether a file of this name is "test" or "training" data by the rule in the module's head, or None."""
    low = name.lower()
    if not low.endswith(".txt") or "readme" in low:
        return None
    return "test" if "test" in low else "training" if "train" in low or "trial" in low else None


def read_folder(folder: Path, dev: bool = False) -> Data:
    """The tweets of a folder by target; `dev` leaves the test files unopened.

    A training tweet that is given twice counts once. Raises InputError where nothing can be trained or scored.
    """
    try:
        paths = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    except OSError as error:
        raise InputError(
            f"{folder}: no folder to be read ({error.strerror}); give the one of the task's files."
        ) from error
    notes = [f"left out: {p.name} (neither training nor test data by its name)" for p in paths if not role(p.name)]
    training = _read_training([path for path in paths if role(path.name) == "training"])
    if not training:
        raise InputError(f"{folder}: no training file (.txt with 'train' or 'trial' in its name).")
    test: dict[str, list[Tweet]] = {}
    if not dev:
        test, without_gold = _read_test([path for path in paths if role(path.name) == "test"])
        notes += without_gold
        notes += [f"skipped: {t}, {len(test[t])} test tweets (no training data)" for t in test if t not in training]
        notes += [f"skipped: {t} (no test data)" for t in training if t not in test]
        training = {target: tweets for target, tweets in training.items() if target in test}
        test = {target: test[target] for target in training}
        if not test:
            raise InputError(f"{folder}: no target has both training data and test data with gold stances.")
    for target, tweets in training.items():
        if sum(n >= 2 for n in Counter(tweet.stance for tweet in tweets).values()) < 2:
            raise InputError(f"{folder}: {target} needs at least two training tweets of each of two stances.")
    return Data(training, test, tuple(notes))


def _read_training(paths: Sequence[Path]) -> dict[str, list[Tweet]]:
    out = []
    for path in paths:
        out += read_file(path)
        if any(tweet.stance == UNKNOWN for tweet in out):
            raise InputError(f"{path}: stance {UNKNOWN} in training data; each must be one of {', '.join(LABELS)}.")
    return _by_target(list(dict.fromkeys(out)))


def _read_test(paths: Sequence[Path]) -> tuple[dict[str, list[Tweet]], list[str]]:
    """The tweets with gold stances by target, and a note for each file without."""
    out: dict[str, list[Tweet]] = {}
    notes = []
    for path in paths:
        tweets = read_file(path)
        unknown = sum(tweet.stance == UNKNOWN for tweet in tweets)
        if unknown == len(tweets):
            notes.append(f"left out: {path.name} (test data without gold stances)")
            continue
        if unknown:
            raise InputError(f"{path}: {unknown} of {len(tweets)} tweets have no gold stance; give all or none.")
        for target, some in _by_target(tweets).items():
            if target in out:
                raise InputError(f"{path}: another test file has tweets on {target} too; leave one of them out.")
            out[target] = some
    return out, notes


def _by_target(tweets: Sequence[Tweet]) -> dict[str, list[Tweet]]:
    out: dict[str, list[Tweet]] = {}
    for tweet in tweets:
        out.setdefault(tweet.target, []).append(tweet)
    return dict(sorted(out.items()))
