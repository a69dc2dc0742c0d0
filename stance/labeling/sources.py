"""Who speaks: the noun phrase that is a cue's source, found by its place and by closed classes of words.

The subject left of an active cue, the noun phrase right of an inverted one ("said Macron"), the agent of a passive
one ("approved by the Senate"), the antecedent of "who", or the subject of an earlier cue that a coordinated or
participial one shares.
"""

from __future__ import annotations

from stance.labeling.cues import Cue, is_adverb
from stance.labeling.lexicon import cue_forms, words
from stance.labeling.sentences import Token

Indices = tuple[int, int]  # of tokens, half-open

_BLOCKERS = frozenset({":", ";", "—", "–", "...", "…", "?", "!", "“”", "(", "["})


def subject_left(tokens: list[Token], end: int) -> Indices | None:
    """The noun phrase that ends right before token `end`, or None.

    A parenthesis between commas ("Fico, who has opposed aid, said") is stepped over.
    """
    k = end - 1
    if k < 0:
        return None
    if tokens[k].text in ("-", "–", "—") and k > 0:
        opening = _opening_before(tokens, k, ("-", "–", "—"))
        return None if opening is None else subject_left(tokens, opening)
    if tokens[k].text == ",":
        return _before_parenthesis(tokens, k)
    if tokens[k].text == ")":
        opening = next((j for j in range(k - 1, max(-1, k - 8), -1) if tokens[j].text == "("), None)
        if opening is None:
            return None
        inner = subject_left(tokens, opening)
        return None if inner is None else (inner[0], k + 1)
    return phrase_ending_at(tokens, k)


def _opening_before(tokens: list[Token], k: int, marks: tuple[str, ...]) -> int | None:
    return next((j for j in range(k - 1, -1, -1) if tokens[j].text in marks), None)


def _before_parenthesis(tokens: list[Token], comma: int) -> Indices | None:
    """The phrase before the comma that opens the parenthesis which the comma at `comma` closes."""
    for opening in range(comma - 1, 0, -1):
        if tokens[opening].quote >= 0:
            return None
        if tokens[opening].text != ",":
            continue
        found = phrase_ending_at(tokens, opening - 1)
        inner = tokens[opening + 1 : comma]
        if found is None or not inner:
            continue
        if _is_circumstance(tokens, found[0]):
            continue
        if _holds_role(tokens, found) and _is_name(inner):
            return (found[0], comma)
        opens_relative = inner[0].lower in words("relative")
        return found if opens_relative or not _has_cue_subject(inner) else None
    return None


def _is_name(phrase: list[Token]) -> bool:
    return all(t.text[0].isupper() or t.lower in words("particle") or t.text in ("-", "’s", "'s") for t in phrase)


def _has_cue_subject(inner: list[Token]) -> bool:
    return len(inner) > 25


def _is_circumstance(tokens: list[Token], start: int) -> bool:
    """ "In Paris, …", "On Monday, …": a phrase governed by a preposition that opens the clause is no subject."""
    return start > 0 and tokens[start - 1].lower in words("preposition") - {"of"}


def phrase_ending_at(tokens: list[Token], k: int) -> Indices | None:
    """The noun phrase whose last token is `k`, or None where none can end there."""
    if k < 0 or not _can_end(tokens[k]):
        return None
    if tokens[k].lower in words("pronoun") and tokens[k].lower != "one":
        return (k, k + 1)
    start = _core_start(tokens, k)
    if start is None:
        return None
    start = _extend_left(tokens, start)
    if tokens[start].lower in ("and", "but", "or", "“”"):
        start += 1
    return (start, k + 1) if start <= k else None


def _can_end(token: Token) -> bool:
    if token.quote >= 0 or not (token.text[0].isalnum() or token.text in ("'s", "’s")):
        return False
    low = token.lower
    if low in words("subject-pronoun") or low in (
        "who",
        "which",
        "one",
        "others",
        "some",
        "many",
        "most",
        "both",
        "several",
    ):
        return True
    closed = (
        "auxiliary",
        "preposition",
        "subordinator",
        "coordinator",
        "determiner",
        "possessive",
        "weekday",
        "month",
    )
    return not any(low in words(name) for name in closed) and low not in ("today", "yesterday", "’s", "'s")


def _core_start(tokens: list[Token], k: int) -> int | None:
    """Walks left over the words of one noun phrase without prepositions."""
    start = k
    while start > 0:
        token, low = tokens[start - 1], tokens[start - 1].lower
        if token.quote >= 0:
            # a quoted nickname inside a name: Claude "Buddy" Young
            if start - 2 >= 0 and len(token.text.split()) == 1 and tokens[start - 2].text[:1].isupper():
                start -= 1
                continue
            break
        if low in words("relative"):
            break
        if low in words("determiner") or low in words("possessive"):
            start -= 1
            if start > 0 and tokens[start - 1].lower in (
                "all",
                "both",
                "half",
                "least",
                "than",
                "most",
                "many",
                "some",
            ):
                start -= 1
                if tokens[start].lower in ("least", "than") and start > 0:
                    start -= 1
            break
        if not _inside_phrase(tokens, start - 1):
            break
        start -= 1
    if (
        tokens[start].lower in ("least", "most", "than")
        and start > 0
        and tokens[start - 1].lower in ("at", "more", "fewer")
    ):
        start -= 1
    return start


def _inside_phrase(tokens: list[Token], j: int) -> bool:
    token, low = tokens[j], tokens[j].lower
    if low in ("'s", "’s", "'", "’", "&") or low in words("particle"):
        return True
    if token.text in ("$", "%", "#", "@", "-", "/", "."):
        return token.text not in (".",) or False
    if not token.text[0].isalnum():
        return False
    closed = (
        "auxiliary",
        "preposition",
        "subordinator",
        "coordinator",
        "subject-pronoun",
        "weekday",
        "month",
        "contraction",
    )
    if any(low in words(name) for name in closed):
        return low == "may" and token.text == "May" and j > 0 and tokens[j - 1].text[:1].isupper()
    if low in ("yesterday", "today", "tonight", "there", "here", "ago"):
        return False
    if token.text[0].islower() and (is_adverb(low) or _is_verb_form(low)):
        return False
    return not (token.text[0].islower() and low in words("finite"))


def _is_verb_form(low: str) -> bool:
    return any(
        len(form.words) == 1 and form.tense in ("past", "progressive") and not low.endswith("ing")
        for form in cue_forms().get(low, ())
    )


def _extend_left(tokens: list[Token], start: int) -> int:
    """Takes in "the president of" before "France", and a title in apposition: "the chairman of …, General X"."""
    while start >= 2:
        low = tokens[start - 1].lower
        left = tokens[start - 2]
        if low in words("preposition") and left.quote < 0 and left.text[0].isalnum():
            head_takes = low == "of" or left.lower in words("role")
            if not head_takes or not _can_end(left) or left.lower in words("subject-pronoun"):
                return start
            wider = _core_start(tokens, start - 2)
            if wider is None or (low == "of" and not _nominal(tokens, wider, start - 1)):
                return start
            start = wider
            continue
        if low == "," and _names(tokens, start) and left.text[0].isalnum():
            title = phrase_ending_at(tokens, start - 2)
            if title is not None and _holds_role(tokens, title) and _opens_clause(tokens, title[0]):
                start = title[0]
            return start
        if low == "and" and _names(tokens, start) and _can_end(left) and left.text[:1].isupper():
            wider = _core_start(tokens, start - 2)
            if wider is not None and _opens_subject(tokens, wider):
                start = wider
            return start
        return start
    return start


def _nominal(tokens: list[Token], start: int, end: int) -> bool:
    return all(not (t.text[0].islower() and t.lower in words("finite")) for t in tokens[start:end])


def _names(tokens: list[Token], start: int) -> bool:
    return tokens[start].text[:1].isupper()


def _holds_role(tokens: list[Token], span: Indices) -> bool:
    return any(t.lower in words("role") for t in tokens[span[0] : span[1]])


def _opens_clause(tokens: list[Token], start: int) -> bool:
    if start == 0:
        return True
    before = tokens[start - 1]
    return before.quote >= 0 or before.lower in words("subordinator") or before.lower in (
        ",", ":", ";", "—", "–", "and", "but", "when",
    )  # fmt: skip


def _opens_subject(tokens: list[Token], start: int) -> bool:
    """Whether a coordinated subject may begin here: at a clause's start or right after a verb, not after "to"."""
    if start == 0:
        return True
    before = tokens[start - 1]
    low = before.lower
    return before.quote >= 0 or low in words("subordinator") or low in (",", ":", ";", "—", "–") or _is_verb_form(low)


def is_animate(tokens: list[Token], span: Indices) -> bool:
    """Whether a phrase can hold a view: a name, a pronoun, a role or a body of people as its head."""
    end = next((j for j in range(span[0] + 1, span[1]) if tokens[j].lower in words("preposition")), span[1])
    head = tokens[end - 1]
    if head.text[:1].isupper() or head.lower in words("subject-pronoun") or head.lower in ("who", ")"):
        return True
    return any(
        t.lower in words("role") or t.lower in words("collective") for t in tokens[max(span[0], end - 2) : end]
    ) or (
        head.lower
        in (
            "countries",
            "states",
            "nations",
            "people",
            "one",
            "many",
            "some",
            "most",
            "both",
            "several",
            "others",
            "republicans",
            "democrats",
        )
    )


_LINKS = ("of", "for", "at", "to", "in")


def _next_in_phrase(tokens: list[Token], i: int, start: int, stop: int, named: bool) -> int | None:
    """The index after token `i` where it belongs to the noun phrase that began at `start`, else None."""
    token, low = tokens[i], tokens[i].lower
    left = tokens[i - 1].lower if i > start else ""
    if token.quote >= 0:
        return None
    if low in words("determiner") or low in words("possessive"):
        return i + 1 if i == start or left in (*_LINKS, "all", "both") else None
    if low in _LINKS:
        takes = low == "of" or left in words("role")
        return i + 1 if takes and i + 1 < stop and tokens[i + 1].lower not in words("weekday") else None
    if low in ("'s", "’s", "&", "'", "’") or low in words("particle"):
        return i + 1
    if low == "and":
        return i + 1 if i + 1 < stop and tokens[i + 1].text[:1].isupper() else None
    if token.text == "(":
        return next((j + 1 for j in range(i, min(stop, i + 6)) if tokens[j].text == ")"), None)
    if not _inside_phrase(tokens, i) or low in words("relative"):
        return None
    # "said Macron late on Monday": small words after a name are no part of it, unless a role
    return None if token.text[0].islower() and named and low not in words("role") else i + 1


def phrase_right(tokens: list[Token], start: int, limit: int | None = None) -> Indices | None:
    """The noun phrase that begins at token `start` ("said the head of the EU Military Committee")."""
    stop = len(tokens) if limit is None else limit
    i = start
    if i >= stop or tokens[i].quote >= 0:
        return None
    if tokens[i].lower in words("subject-pronoun") or tokens[i].lower in ("him", "her", "them"):
        return (i, i + 1)
    named = False
    while i < stop:
        after = _next_in_phrase(tokens, i, start, stop, named)
        if after is None:
            break
        named = named or tokens[i].text[:1].isupper()
        i = after
    while i > start and tokens[i - 1].lower in ("of", "for", "at", "and", "the", "a", "to", "in"):
        i -= 1
    if i == start or not _can_end(tokens[i - 1]):
        return None
    if i + 1 < stop and tokens[i].text == "," and _holds_role(tokens, (start, i)):
        # "the chairman of the committee, General Robert Brieger"
        j = i + 1
        while j < stop and _is_name(tokens[j : j + 1]):
            j += 1
        if j - i > 2:
            return (start, j)
    return (start, i)


def main_subject(tokens: list[Token], before: int) -> Indices | None:
    """The subject of the clause that opens the sentence, for a cue that has none of its own ("X visited and said")."""
    start = 0
    if before > 0 and tokens[0].lower in words("preposition") | words("subordinator"):
        comma = next((j for j in range(before) if tokens[j].text == ","), None)
        start = 0 if comma is None else comma + 1
    found = phrase_right(tokens, start, before)
    if found is None or tokens[start].lower in words("question"):
        return None
    return found


def antecedent(tokens: list[Token], relative: int) -> Indices | None:
    """What "who" or "which" at index `relative` stands for."""
    k = relative - 1
    if k >= 0 and tokens[k].lower in words("preposition"):
        return None
    if k >= 0 and tokens[k].text == ",":
        k -= 1
    return phrase_ending_at(tokens, k) if k >= 0 else None


def is_inverted(tokens: list[Token], cue: Cue) -> bool:
    """Whether the cue's form lets its source follow ("said Macron"): simple tense, no auxiliaries, a quoting verb."""
    return (
        cue.first == cue.verb
        and "q" in cue.cue.frames
        and cue.tense in ("past", "present")
        and cue.last + 1 < len(tokens)
    )
