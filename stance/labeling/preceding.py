"""What is said where its cue clause follows or interrupts it: "“…,” she said", "The tanks, he said, would leave".

The content to the right of a cue is the business of `stance.labeling.contents`.
"""

from __future__ import annotations

from stance.labeling.contents import Clause, has_finite, strip_end
from stance.labeling.lexicon import words
from stance.labeling.sentences import Token
from stance.labeling.sources import Indices
from stance.labeling.tags import FINITE


def left_content(tokens: list[Token], clause: Clause, done: list[Clause]) -> Indices | None:
    """What stands before a cue clause that follows its content, from the sentence's start or the last clause's end."""
    if "q" not in clause.cue.cue.frames and clause.cue.voice != "phrase":
        return None
    if clause.shared or clause.relative:
        return None
    stop = clause.begins
    reported = [
        c
        for c in done
        if c.ends <= stop and c.found is not None and c.found.sure and not c.nested and c.cue.voice == "active"
    ]
    start = max((c.ends for c in reported if c.cue.cue.cls not in words("of-the-content")), default=0)
    if stop > start + 1 and tokens[stop - 1].lower in words("reporting-as") and not _is_word(tokens[stop - 2]):
        stop -= 1  # “It is a trap,” as Berg put it
    if stop <= start:
        return None
    before = tokens[stop - 1]
    if before.quote < 0 and before.text not in (",", "—", "–", "-", ")") and clause.cue.voice != "phrase":
        return None
    end = stop - 1 if before.quote < 0 and clause.cue.voice != "phrase" else stop
    if clause.cue.voice == "phrase" and before.text in (",", "—", "–"):
        end = stop - 1
    while start < end and (tokens[start].text in (",", ";", ":") or tokens[start].lower in words("clause-coordinator")):
        start += 1
    return (start, end) if end > start else None


def ends_with_quote(tokens: list[Token], span: Indices) -> bool:
    """Whether what stands before a cue clause closes with a quotation, which then is its content."""
    last = tokens[span[1] - 1]
    if last.quote >= 0:
        return span[1] - 2 < span[0] or tokens[span[1] - 2].tag != "IN"  # "On this week’s “Newshour,” X said"
    return last.text == "," and span[1] - 2 >= span[0] and tokens[span[1] - 2].quote >= 0


def can_follow(tokens: list[Token], clause: Clause, left: Indices, headline: bool) -> bool:
    """Whether words without quotation marks before a cue clause are its content: a clause, in no subordination."""
    first = tokens[left[0]].lower
    if first in words("no-content-opener"):
        return (
            has_finite(tokens, left[0], left[1])
            and first in words("circumstance-of-content")
            and not has_finite(tokens, clause.ends, len(tokens))
        )
    return headline or has_finite(tokens, left[0], left[1]) or any(t.quote >= 0 for t in tokens[left[0] : left[1]])


def _is_word(token: Token) -> bool:
    return token.quote < 0 and token.text[0].isalnum()


def goes_on_after(tokens: list[Token], clause: Clause, limit: int) -> Indices | None:
    """The second piece of a content that the cue interrupts: “We will,” she said, “but not yet.”"""
    i = clause.ends
    while i < min(limit, clause.ends + 16):
        token = tokens[i]
        if token.quote >= 0:
            return (i, i + 1)
        if token.text == "," and i + 1 < limit and tokens[i + 1].quote < 0:
            end = strip_end(tokens, limit)
            low = tokens[i + 1].lower
            if low in words("auxiliary") or low in words("goes-on-after-cue"):
                return (i + 1, end) if i == clause.ends and end > i + 1 else None
            if low in words("clause-coordinator") and any(t.quote >= 0 for t in tokens[i + 2 : i + 6]):
                return (i + 1, end)
        if token.text in (".", ";") or token.tag in FINITE:
            return None
        i += 1
    return None


def _behind_addressee(tokens: list[Token], start: int) -> int:
    """Where a cue clause that interrupts ends: behind "reporters" or "on Monday" where a comma follows soon."""
    for j in range(start, min(len(tokens), start + 8)):
        if tokens[j].text in (",", "—", "–"):
            return j
        if tokens[j].tag in FINITE or tokens[j].quote >= 0 or tokens[j].lower in words("complementizer"):
            break
    return start


def interrupted(tokens: list[Token], clause: Clause, done: list[Clause]) -> tuple[Indices, Indices] | None:
    """ "The howitzers, the minister said, would leave in June": indirect speech on both sides of its cue clause."""
    i, j = clause.begins - 1, _behind_addressee(tokens, clause.ends)
    if clause.shared or clause.relative or "q" not in clause.cue.cue.frames or i < 1 or j + 1 >= len(tokens):
        return None
    if tokens[i].text not in (",", "—", "–") or tokens[i].text != tokens[j].text or tokens[i - 1].quote >= 0:
        return None
    told = (c for c in done if c.found is not None and c.cue.cue.cls not in words("of-the-content"))
    start = max((c.ends for c in told if c.ends <= i), default=0)
    while start < i and tokens[start].text in (",", ";", ":"):
        start += 1
    end = strip_end(tokens, len(tokens))
    if start >= i or end <= j + 1 or tokens[j + 1].quote >= 0 or tokens[j + 1].lower in words("participial-opener"):
        return None
    return ((start, i), (j + 1, end)) if has_finite(tokens, start, i) or has_finite(tokens, j + 1, end) else None
