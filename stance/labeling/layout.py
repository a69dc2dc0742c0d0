"""Paragraphs of an article: where the prose of each begins and ends, who speaks it, and which are no prose at all.

News text as scraped carries the page's furniture between its paragraphs (links to other stories, bylines, captions,
notices): what is marked as furniture is not searched for statements. And a paragraph of prose may begin with what
belongs to no sentence: a dateline, a bullet, the time of a live blog's entry, the speaker's name in a transcript.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from stance.labeling.language import LANGUAGE
from stance.labeling.lexicon import word_lists
from stance.records import Span

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_BLANK = " \t\xa0\ufeff\u200b\u200e\u200f\u202a\u202c\u2060"
_BULLET = re.compile(
    r"(?:[•●▪◦‣∙⁃▶►■□✔✓➤→~*]+\s*|[-–—]{1,3}(?:\s+|(?=[\"“‘«A-Z])))(?=\S)|"
    r"(?:\(?\d{1,2}[.)]|\(?[a-zA-Z]\)|#\d{1,2}[.:]?)\s+(?=[\"“‘«]?[A-Z])"
)
_SENTENCE_END = re.compile(r"[.!?…][\"”’')\]]*(?=\s)")
_POSTED = re.compile(r"(?:RT\s+)?(?P<name>@\w{2,20}):\s+(?=\S)|RT\s+(?P<retweeted>@\w{2,20}):?\s+(?=\S)")
_SMALL = re.compile(r"(?:[^a-z]*+[a-z]++){7}")  # possessive: no way back, so that failing is as fast
_AROUND = {"start": r"[\W_]{{0,6}}{}", "line": r"[\W_]{{0,6}}{}[\W_]{{0,4}}", "end": r"{}[\W_]{{0,4}}$"}
_ALNUM = re.compile(r"[^\W_]")
_TAIL_SIGN = re.compile(r"[(/\"”’»](?:(?<=[(/])|\s*[―—–-])")  # a link, a credit or a signature has one
_TAG_AT_END = re.compile(r"\s*<[^<>]{1,80}>\W*$")
_LONGEST_NOTICE = 200
_LONGEST_CAPTION = 600
_MOST_BETWEEN_TURNS = 3  # paragraphs without a label that still belong to the turn before


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph: the span of its prose in the article, whether it is the title, and whether it is furniture.

    `start` is past a dateline, a bullet, the time of an entry or a speaker's label, `dateline` says how many
    characters of them stand before it. `end` is before trailing links and credits. `speaker` is the span of the
    label of whoever speaks the whole paragraph: in a transcript (also for the paragraphs that go on with a turn),
    or in a post from a social network.
    """

    start: int
    end: int
    title: bool = False
    furniture: bool = False
    dateline: int = 0
    speaker: Span | None = None


def blocks(text: str, title: str | None = None) -> list[Block]:
    """Cuts a text into paragraphs, one a line that is not blank.

    The first line is the title where it equals `title`, or where it looks like one: short, without a full stop at
    its end, and followed by more.
    """
    found: list[tuple[int, str]] = []
    for match in _LINE.finditer(text):
        line = match.group()
        stripped = line.strip(_BLANK)
        if stripped:
            found.append((match.start() + line.index(stripped[0]), stripped))
    labels = _turns(found)
    out: list[Block] = []
    announced = False  # the paragraph before ends in a colon: what stands in capitals after it is said by somebody
    for number, (start, line) in enumerate(found):
        if number == 0 and len(found) > 1 and _looks_like_title(line, title):
            out.append(Block(start, start + len(line), title=True))
            continue
        block = _block(start, line, announced, labels.get(number))
        signed = _signed(line) if block.furniture and out and not out[-1].furniture else None
        if signed is not None:  # a post that the page shows: the line under it names its author
            out[-1] = replace(out[-1], speaker=(start + signed.start("name"), start + signed.end("name")))
        out.append(block)
        announced = announced if block.furniture else line.endswith(":")
    return _with_long_turns(out, labels)


def _block(start: int, line: str, announced: bool, label: Span | None) -> Block:
    whole = Block(start, start + len(line), furniture=True)
    if _is_furniture(line, announced):
        return whole
    body, speaker = _body(line, label)
    end, signed = _tail(line)
    if end <= body or not _ALNUM.search(line, body, end):
        return whole
    speaker = speaker or signed
    if body and label is None and _is_furniture(line[body:end], announced):
        return whole
    return Block(
        start + body,
        start + end,
        dateline=body,
        speaker=None if speaker is None else (start + speaker[0], start + speaker[1]),
    )


def _looks_like_title(line: str, title: str | None) -> bool:
    if title and " ".join(line.split()) == " ".join(title.split()):
        return True
    return (
        len(line) <= 160
        and _ALNUM.search(line) is not None
        and not line.endswith((".", "!", ":", ",", ";", ".”", '."'))
    )


# --- what stands before and after the prose


def _body(line: str, label: Span | None) -> tuple[int, Span | None]:
    """Where the prose of a paragraph begins, and the label of who speaks it."""
    if label is not None:
        match = _asked().match(line) or _label().match(line)
        if match is not None:
            return match.end(), label
    posted = _POSTED.match(line)
    if posted is not None:
        return posted.end(), posted.span("name" if posted.group("name") else "retweeted")
    at = 0
    if line[0] == "<":  # a tag that was left in
        at = line.find(">") + 1
        at += len(line[at:]) - len(line[at:].lstrip())
    elif not line[0].isalpha() or line[1:2] == ")":
        match = _BULLET.match(line) or _time().match(line)
        at = 0 if match is None else match.end()
    if line[at : at + 1].isupper() or line[at : at + 1] == "(":
        match = _dateline().match(line, at)
        if match is not None and _is_dateline(line, match):
            at = match.end()
    return at, None


def _is_dateline(line: str, match: re.Match[str]) -> bool:
    place = match.group("place")
    if place is None or match.group("date"):
        return True
    if place in _listed("no-place"):
        return False
    # "ARMS — Kyiv’s old demand — go …": a second dash in the sentence makes it an aside
    end = _SENTENCE_END.search(line, match.end())
    dash = match.group("dash")
    return dash is None or "," in place or dash not in line[match.end() : end.start() if end else len(line)]


def _tail(line: str) -> tuple[int, Span | None]:
    """Where the prose of a paragraph ends, and the name of who signed it: a post, or a quotation set apart."""
    end = len(line)
    if not _TAIL_SIGN.search(line, max(0, end - 120)):
        return end, None
    signed = _signed(line)
    if signed is not None:
        end = signed.start("sign")
    tail = line[-300:]
    for sign, pattern in ((">", _TAG_AT_END), ("/", _links_at_end()), (")", _credit_at_end())):
        match = pattern.search(line, max(0, end - 300), end) if sign in tail else None
        end = end if match is None else match.start()
    return end, None if signed is None else signed.span("name")


def _signed(line: str) -> re.Match[str] | None:
    if "(@" in line:
        return _post_signature().search(line, max(0, len(line) - 300))
    return _signed_quotation().search(line, max(1, len(line) - 120)) if line[0] in '"“‘«„' else None


# --- transcripts


def _turns(lines: list[tuple[int, str]]) -> dict[int, Span]:
    """The paragraphs that a speaker's label opens, in a text that has turns of speech; the label's span in the line.

    One label alone may be anything ("UPDATE: …"). Names in small letters need a second turn each, and a second name.
    """
    labels: dict[int, tuple[str, Span]] = {}
    for number, (_, line) in enumerate(lines):
        if ":" not in line[:90] and line[:1] not in _initials("question", "answer"):
            continue
        match = _asked().match(line) or _label().match(line)
        if match is not None and _may_speak(match, line):
            labels[number] = (match.group("name"), match.span("name"))
    count = Counter(name for name, _ in labels.values())
    spoken = {name for name in count if _asked().match(name + ": x")}
    capitals = {name for name in count if name.isupper() and len(name) > 1} - spoken
    if (
        not any(name[0] in _initials("question") for name in spoken)
        or sum(count[name] for name in spoken) + len(capitals) < 2
    ):
        spoken = set()
    small = {name for name in count if not name.isupper() and (count[name] > 1 or spoken)} - spoken
    if len(small) < 2 and not spoken:
        small = set()
    for names in (capitals, small):
        said = [lines[number][1][span[1] :] for number, (name, span) in labels.items() if name in names]
        known = bool(spoken) or any(count[name] > 1 or _titled().match(name) for name in names)
        personal = sum(_personal().search(line) is not None for line in said)
        if len(said) + len(spoken) >= 2 and personal >= (len(said) / 3 if known else max(2, len(said) / 2)):
            spoken = spoken | names
    return {number: span for number, (name, span) in labels.items() if name in spoken}


def _may_speak(match: re.Match[str], line: str) -> bool:
    name = match.group("name")
    turn = _initials("question", "answer")
    if name in _listed("no-speaker") or (name.isupper() and len(name) < 2 and name not in turn):
        return False
    # the label of a link or of a table is followed by capitals or a number, speech has a word in small letters
    return any(word[1:2].islower() for word in line[match.end() :].split()) or name[:1] in turn


def _with_long_turns(out: list[Block], labels: dict[int, Span]) -> list[Block]:
    """Gives the speaker of a turn to its later paragraphs, up to the next turn."""
    turns = sorted(labels)
    inside = [b for b in out[turns[0] : turns[-1]] if not b.furniture] if turns else []
    if len(turns) < 4 or 2 * len(turns) < len(inside):
        return out
    for this, following in pairwise(turns):
        between = [n for n in range(this + 1, following) if not out[n].furniture]
        if len(between) <= _MOST_BETWEEN_TURNS:
            for number in between:
                out[number] = replace(out[number], speaker=out[number].speaker or out[this].speaker)
    return out


# --- furniture


def is_furniture(line: str) -> bool:
    """Whether a paragraph is page furniture: a capitals link, "Read also: …", a byline, a caption, a notice."""
    return _is_furniture(line, announced=False)


def _is_furniture(line: str, announced: bool) -> bool:
    known = _furniture()
    if known.start.match(line):
        return True
    short = len(line) <= _LONGEST_NOTICE
    if short and known.line.fullmatch(line):
        return True
    if len(line) <= _LONGEST_CAPTION:
        tail = line if short else line[-_LONGEST_NOTICE:]
        found = known.finder.find_matches_as_indexes(tail.lower(), overlapping=True)
        words = {known.words[number] for number, _, _ in found}
        for place, wanted, pattern in known.rest if words else ():
            if wanted.isdisjoint(words):
                continue
            if place == "end" and pattern.search(tail):
                return len(_SENTENCE_END.findall(line)) <= 2
            if place == "line" and short and pattern.fullmatch(line):
                return True
    return not (announced and line[-1] in "!?”\"'’") and _in_capitals(line)


def _in_capitals(line: str) -> bool:
    if _SMALL.match(line, 0, 80):  # most lines, told fast
        return False
    letters = [c for c in line if c.isalpha()]
    if not letters:
        return True
    capitals = sum(c.isupper() for c in letters)
    if capitals == len(letters) and len(line.split()) <= 4 and line[-1] not in "!?”\"'’":
        return len(letters) >= 2
    if line[-1] in "”\"'’" and line[-2:-1] in (".", "!", "?"):
        return False  # a cry in capitals that the article quotes
    # a link carries a few words in small letters at the most ("‘genocidal,’ REQUIRES …")
    return len(letters) >= 12 and capitals >= 0.8 * len(letters)


# --- the lists


def _listed(name: str) -> frozenset[str]:
    return word_lists("layout.txt")[name]


@cache
def _initials(*names: str) -> frozenset[str]:
    return frozenset(member[0] for name in names for member in _listed(name))


@cache
def _any_of(name: str) -> str:
    """An expression for the members of a list, longest first."""
    return "(?:" + "|".join(re.escape(m) for m in sorted(_listed(name), key=lambda m: (-len(m), m))) + ")"


class _Furniture(NamedTuple):
    """furniture.txt: what is looked for in every line, and what only in a line that has one of some words."""

    start: re.Pattern[str]
    line: re.Pattern[str]
    rest: list[tuple[str, frozenset[str], re.Pattern[str]]]
    words: list[str]
    finder: AhoCorasick


@cache
def _furniture() -> _Furniture:
    rows: dict[tuple[str, str], list[str]] = {}
    for row in LANGUAGE.lines("furniture.txt"):
        head, _, expression = row.partition(": ")
        place, _, condition = head.partition(" has ")
        if place in _AROUND:
            rows.setdefault((place, condition), []).append(expression)
    compiled = {}
    for (place, condition), expressions in rows.items():
        whole = "(?:" + "|".join(expressions) + ")"
        for name in ("agency", "month", "zone"):
            whole = whole.replace("{" + name + "}", _any_of(name))
        compiled[place, condition] = re.compile(_AROUND[place].format(whole), re.I)
    start, line = compiled.pop(("start", "")), compiled.pop(("line", ""))
    rest = [(place, frozenset(condition.split("|")), pattern) for (place, condition), pattern in compiled.items()]
    words = sorted({word for _, wanted, _ in rest for word in wanted})
    return _Furniture(start, line, rest, words, AhoCorasick(words))


@cache
def _label() -> re.Pattern[str]:
    """The speaker's name before a turn: "Ms. Olen (Norway): "."""
    name = rf"(?:{_any_of('title')}\.? )?[A-Z][\w.’'-]*(?: (?:[A-Z][\w.’'-]*|{_any_of('label-particle')})){{0,4}}"
    return re.compile(rf"[\"“]?(?P<name>{name})(?: ?[(\[][^()\[\]]{{2,40}}[)\]]|, [A-Z][^:.!?]{{2,40}})?\s?:\s+(?=\S)")


@cache
def _asked() -> re.Pattern[str]:
    """ "Q: ", "ANSWER — "."""
    return re.compile(rf"[\"“]?(?P<name>{_any_of('question')}|{_any_of('answer')})(?P<mark>[.:]|\s?[–—-])\s+(?=\S)")


@cache
def _titled() -> re.Pattern[str]:
    return re.compile(rf"{_any_of('label-title')}\b")


@cache
def _personal() -> re.Pattern[str]:
    """Who speaks says I, we or you, or asks."""
    return re.compile(rf"\?|\b{_any_of('personal')}\b")


@cache
def _signed_quotation() -> re.Pattern[str]:
    """ "“We go on.” ― Ann Olen, minister"."""
    name = rf"[A-Z][\w’'-]*\.?(?: (?:[A-Z]\.|[A-Z][\w’'-]*|{_any_of('name-particle')})){{1,4}}"
    return re.compile(rf"[.!?…,][\"”’»](?P<sign>\s*[―—–-]{{1,2}}\s*(?P<name>{name})(?:, [^.!?\"”]{{2,60}})?\.?$)")


@cache
def _time() -> re.Pattern[str]:
    """The time of a live blog's entry before its text: a zone, a mark or a capital must follow a bare time."""
    zone = r"\s?\(?" + _any_of("zone") + r"\b\)?"
    half = rf"\s?{_any_of('half-day')}\b\.?"
    clock = rf"\[?(?:\d{{1,2}}[:.]\d\d(?::\d\d)?(?:{half})?|\d{{1,2}}{half})"
    return re.compile(rf"{clock}(?:{zone})*\]?(?:\s*[:–—|•-]\s*(?=\S)|\s+(?=[\"“‘A-Z@]))")


@cache
def _dateline() -> re.Pattern[str]:
    """ "KYIV, Ukraine (AP) — ", "Paris, 3 May (AFP) - ", "WASHINGTON – ", "(CNN) ", "CNN — "."""
    agency, month, dash = _any_of("agency"), _any_of("month"), r"(?:--|—|–|-)"
    more = r"(?:, [A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,2})?"
    capitals = r"(?:[^\W\d_a-zß-ÿ][^\W\d_a-zß-ÿ.’'-]*[.’'-]?(?:[ /-]|(?=,|\s*[—–(-]))){1,4}"
    return re.compile(
        rf"[A-Z][\w.’'/-]*(?: [A-Z][\w.’'/-]*){{0,3}}(?: \([A-Z][\w ]+\))?(?:, ?[\w.’'/ -]{{2,30}}){{0,3}}"
        rf"\s*\({agency}\)\s?[.,:]?\s*{dash}\s*(?=\S)|"
        rf"\({agency}\)\s*(?:{dash}\s*)?|{agency}\s*(?:—|–|--|-\s)\s*|"
        rf"(?P<place>{capitals}{more})(?P<date>,? (?:{month}\.? \d{{1,2}}|\d{{1,2}} {month})\.?(?:,? \d{{4}})?)?"
        rf"\s*(?:\({agency}\)\s*|(?P<dash>{dash})\s+)(?=[\"“„‘«'`A-Z\d\[])"
    )


@cache
def _links_at_end() -> re.Pattern[str]:
    return re.compile(r"(?:\s*(?:https?://\S+|pic\.(?:twitter|x)\.com/\S+|\bt\.co/\S+)[.…]?)+$")


@cache
def _post_signature() -> re.Pattern[str]:
    """ "— Name (@handle) March 3, 2023" at the end of a post."""
    date = rf"(?:{_any_of('month')}\.? \d{{1,2}}, \d{{4}}|\d{{1,2}} {_any_of('month')},? \d{{4}})"
    name = r"(?P<name>[^()@—–]{2,50}?)\s*\(@\w{1,20}\)"
    return re.compile(rf"(?P<sign>\s*(?:--|[—–-])\s*{name}\s*(?:{date})?\W*(?:</\w+>\W*)?)$")


@cache
def _credit_at_end() -> re.Pattern[str]:
    return re.compile(
        rf"\s*\({_any_of('credit')} [^()]*\)\W*$|"
        rf"(?<=[.!?”\"’])\s*\((?:{_any_of('agency-credit')} )?{_any_of('agency')}(?:[/,] ?{_any_of('agency')})*\)\W*$"
    )
