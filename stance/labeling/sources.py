"""Who speaks: the noun phrase that is a cue's source, found by its place among the chunks of the sentence.

The subject left of an active cue, the noun phrase right of an inverted one ("said Macron"), the agent of a passive
one ("approved by the Senate"), the antecedent of "who", or the subject of an earlier cue that a coordinated or
participial one shares.
"""

from __future__ import annotations

from stance.labeling.cues import Cue, verb_group
from stance.labeling.lexicon import verb_forms, words
from stance.labeling.phrases import chunk_end, is_day, is_phrase, is_year
from stance.labeling.sentences import Token
from stance.labeling.tags import FINITE, NOUNS

Indices = tuple[int, int]  # of tokens, half-open

_MAX_PARENTHESIS = 32  # tokens


def subject_left(tokens: list[Token], end: int) -> Indices | None:
    """The noun phrase whose predicate begins at token `end`, or None.

    Adverbs, days ("Macron on Monday said") and a parenthesis ("Fico, who has opposed aid, said") are stepped over.
    """
    k = before_circumstance(tokens, end - 1)
    if k < 0:
        return None
    if tokens[k].text in ("-", "–", "—"):
        opening = next((j for j in range(k - 1, -1, -1) if tokens[j].text in ("-", "–", "—")), None)
        return None if opening is None else subject_left(tokens, opening)
    if tokens[k].text == ")":
        opening = next((j for j in range(k - 1, max(-1, k - 10), -1) if tokens[j].text == "("), None)
        inner = None if opening is None else subject_left(tokens, opening)
        return None if inner is None else (inner[0], k + 1)
    if tokens[k].text == ",":
        return _before_parenthesis(tokens, k)
    if k > 0 and tokens[k].tag in ("VBN", "VBD") and tokens[k].chunk < 0:
        k -= 1  # "a document filed Thursday says"
    return phrase_ending_at(tokens, k)


def before_circumstance(tokens: list[Token], k: int) -> int:
    """Steps left over adverbs and dates that stand between a subject and its verb."""
    while k >= 0:
        low = tokens[k].lower
        if tokens[k].tag == "RB" and tokens[k].quote < 0:
            k -= 1
        elif is_day(low) and tokens[k].chunk == k:
            k -= 1
            while k >= 0 and tokens[k].lower in words("date-word"):
                k -= 1
        elif _is_date(low, tokens[k - 1].lower if k > 0 else ""):
            k -= 2
        else:
            break
    return k


def _is_date(low: str, before: str) -> bool:
    """Whether a word and the one before it tell a time: "this month", "Monday morning", "in 2010"."""
    if is_year(low):
        return before in words("before-year")
    return low in words("time") and (before in words("before-time") or before in words("weekday"))


def _before_parenthesis(tokens: list[Token], comma: int) -> Indices | None:
    """The phrase before the comma that opens the parenthesis which the comma at `comma` closes.

    Of a run of appositions ("Gov. Pence, R-Ind., a friend of the nominee, said") it is the one that the run begins
    with.
    """
    first: Indices | None = None
    name = (tokens[comma - 1].chunk, comma) if tokens[comma - 1].chunk >= 0 else None
    for opening in range(comma - 1, max(0, comma - _MAX_PARENTHESIS), -1):
        if tokens[opening].quote >= 0 or tokens[opening].text in (";", ":"):
            break
        if tokens[opening].text != "," or opening + 1 == comma:
            continue
        found = phrase_ending_at(tokens, opening - 1)
        if found is None:
            continue
        before = tokens[found[0] - 1] if found[0] > 0 else None
        if before is not None and _is_preposition(before):
            continue
        first = found
        named = tokens[chunk_end(tokens, found[0]) - 1].tag in ("NNP", "NNPS")
        if named or before is None or before.text != ",":
            break
    if first is not None and name is not None and first[1] + 1 == name[0] and holds_role(tokens, first):
        # "Putin’s spokesman, Dmitry Peskov, said": a title before its name
        return (first[0], name[1]) if tokens[name[1] - 1].tag == "NNP" else first
    return first


def extent(tokens: list[Token], source: Indices, first: int, last: int) -> Indices:
    """A source with its apposition or relative clause: "Jan Novak, who left the party, said", "said Eva, a nurse".

    `first` and `last` are the cue's tokens.
    """
    if source[1] < first:
        k = before_circumstance(tokens, first - 1)
        opening, closing = tokens[source[1]].text, tokens[k].text
        inner = tokens[source[1] + 1]
        if inner.tag in ("IN", "RB", "VBG", "CC") and inner.lower not in words("relative") | words("including"):
            return source  # "Macron, according to Scholz, believes"
        if k > source[1] and (opening == closing == "," or (opening in "—–-" and opening == closing)):
            return (source[0], k)
        return source
    if source[0] <= last:
        return source
    return (source[0], _end_of_apposition(tokens, source[1]))


def _end_of_apposition(tokens: list[Token], behind: int) -> int:
    """Where what follows a name at `behind` ends: ", a nurse at the clinic who left in May", ", who …, "."""
    opens = behind + 1 < len(tokens) and tokens[behind].text == ","
    after = tokens[behind + 1] if opens else None
    begins = after is not None and (after.tag in ("WP", "WDT", "DT") or after.lower in words("role"))
    if not begins and not (
        behind < len(tokens) and tokens[behind].tag == "IN" and tokens[behind - 1].lower in words("role")
    ):
        return behind
    relative = False
    for j in range(behind + 1, min(len(tokens), behind + _MAX_PARENTHESIS)):
        token = tokens[j]
        if token.text in (",", ".", ";", ":", "—", "–") or token.quote >= 0:
            return j
        relative = relative or token.tag in ("WP", "WDT")
        if token.tag in FINITE and not relative:
            return behind
    return behind if behind + _MAX_PARENTHESIS <= len(tokens) else len(tokens)


def phrase_ending_at(tokens: list[Token], k: int) -> Indices | None:
    """The noun phrase whose last token is `k`, or None where none can end there."""
    if k < 0 or not is_phrase(tokens, k):
        return None
    if tokens[k].tag == "EX" or (tokens[k].chunk == k and is_day(tokens[k].lower)):
        return None
    start = tokens[k].chunk
    if tokens[k].tag == "PRP" and tokens[start].lower not in words("object-pronoun"):
        return (start, k + 1)
    whole = _extend_left(tokens, start)
    if whole is None:
        return None
    end = chunk_end(tokens, whole)
    occasion = end <= k and tokens[end - 1].tag == "NNP" and tokens[end].lower in words("occasion-preposition")
    return (whole, end if occasion else k + 1)  # "Trump at a rally said": the occasion is no part of the name


def _is_preposition(token: Token) -> bool:
    return token.tag in ("IN", "TO") and token.lower not in words("conjunction")


def _extend_left(tokens: list[Token], start: int) -> int | None:
    """Takes in what the last chunk hangs on: "the president of" France, "voters in" Ohio, "X and" Y, a title.

    None where the chunk turns out to be the object of something that is no subject.
    """
    while start > 0:
        left = tokens[start - 1]
        low = left.lower
        if _is_preposition(left):
            head = _head_before(tokens, start - 2)
            if head is None:
                if start == 1:
                    return 0 if left.lower in words("modifier") else start  # "Outside experts say"
                return _relative_head(tokens, start - 1) if tokens[start - 2].text != "," else None
            governed = head > 0 and tokens[head - 1].tag == "IN" and tokens[head - 1].lower not in words("conjunction")
            named = tokens[chunk_end(tokens, head) - 1].tag == "NNP"
            if named and not governed and low in words("occasion-preposition"):
                return head  # "Trump at a rally said": the occasion is no part of the name
            start = head
            continue
        if left.tag == "CC" and low in words("joining") and start >= 2 and is_phrase(tokens, start - 2):
            wider = _coordinated(tokens, start)
            if wider is None:
                return start
            start = wider
            continue
        if low == "," and start >= 2 and tokens[start].text[:1].isupper() and is_phrase(tokens, start - 2):
            title = phrase_ending_at(tokens, start - 2)
            if title is not None and holds_role(tokens, title) and _opens_clause(tokens, title[0]):
                return title[0]
            return start
        if left.tag in ("VBN", "VBG") and start >= 2 and left.quote < 0 and is_phrase(tokens, start - 2):
            # "a group opposing the deal said"
            return start if low in verb_forms() else tokens[start - 2].chunk
        if left.tag in FINITE and low not in verb_forms():
            return _relative_head(tokens, start - 1) or start
        return start
    return start


def _head_before(tokens: list[Token], k: int) -> int | None:
    """Start of the chunk that a preposition's phrase hangs on, a reduced relative ("based in") stepped over."""
    while k > 0 and tokens[k].tag == "RB":
        k -= 1
    if tokens[k].tag in ("VBD", "VBP") and k > 0 and tokens[k - 1].tag in ("NNP", "PRP"):
        return None  # "Trump took to the stage and": a predicate, no reduced relative
    modifier = tokens[k].tag in ("VBN", "VBD", "VBG", "VBP", "JJ") and tokens[k].chunk < 0
    if k > 0 and modifier and is_phrase(tokens, k - 1):
        k -= 1
    if k < 0 or tokens[k].chunk < 0 or not is_phrase(tokens, k):
        return None
    if tokens[k].tag in ("PRP", "WP", "WDT", "EX") or (tokens[k].lower in words("weekday") and tokens[k].chunk == k):
        return None
    return tokens[k].chunk


def _relative_head(tokens: list[Token], k: int) -> int | None:
    """Start of the antecedent where the tokens up to `k` are a relative clause: "the man who went to Paris"."""
    for j in range(k, max(0, k - 16), -1):
        if tokens[j].text in (",", ";", ":") or tokens[j].quote >= 0:
            return None
        if tokens[j].lower in words("relative") and is_phrase(tokens, j - 1):
            return tokens[j - 1].chunk
    return None


def _coordinated(tokens: list[Token], start: int) -> int | None:
    """Start of "X, Y and Z" whose last member begins at `start`, or None where "and" joins clauses."""
    first = tokens[start - 2].chunk
    head = first
    while (
        head > 1
        and tokens[head - 1].tag == "IN"
        and tokens[head - 1].lower in words("within-member")
        and is_phrase(tokens, head - 2)
    ):
        head = tokens[head - 2].chunk
    while head > 1 and tokens[head - 1].text == "," and is_phrase(tokens, head - 2) and tokens[head].tag in NOUNS:
        member = tokens[head - 2].chunk
        if member > 0 and tokens[member - 1].tag in ("IN", "TO"):
            break  # "In a statement, Macron and Scholz said"
        head = member
    return head if _opens_subject(tokens, head) else None


def holds_role(tokens: list[Token], span: Indices) -> bool:
    """Whether a phrase names an office or a function."""
    return any(t.lower in words("role") for t in tokens[span[0] : span[1]])


def _opens_clause(tokens: list[Token], start: int) -> bool:
    if start == 0:
        return True
    before = tokens[start - 1]
    if before.quote >= 0 or before.text in (",", ":", ";", "—", "–"):
        return True
    return before.lower in words("conjunction") or before.lower in words("clause-coordinator")


def _opens_subject(tokens: list[Token], start: int) -> bool:
    """Whether a coordinated subject may begin here: at a clause's start or right after a cue, not after "to"."""
    return _opens_clause(tokens, start) or tokens[start - 1].lower in verb_forms()


def is_animate(tokens: list[Token], span: Indices) -> bool:
    """Whether a phrase can hold a view: a name, a pronoun, a role or a body of people as its head."""
    at = chunk_end(tokens, span[0]) - 1 if tokens[span[0]].chunk >= 0 else span[0]
    head = tokens[at]
    if head.tag in ("NNP", "NNPS", "PRP", "WP") or head.text == ")" or head.text[:1].isupper():
        return True
    return holds_views(head.lower) or head.lower in words("bare-subject")


def holds_views(low: str) -> bool:
    """Whether a common noun names an office or a body of people."""
    return low in words("role") or low in words("collective") or low in words("people")


def phrase_right(tokens: list[Token], start: int, limit: int | None = None) -> Indices | None:
    """The noun phrase that begins at token `start` ("said the head of the EU Military Committee")."""
    stop = len(tokens) if limit is None else limit
    i = start
    while i < stop and tokens[i].tag == "RB":
        i += 1
    if i >= stop or tokens[i].quote >= 0 or tokens[i].chunk != i:
        return None
    if tokens[i].tag in ("WP", "WDT", "EX"):
        return None
    end = min(stop, chunk_end(tokens, i))
    if tokens[i].tag == "PRP":
        return (i, end)
    while True:
        wider = _extend_right(tokens, i, end, stop)
        if wider is None or wider <= end:
            break
        end = wider
    return (i, end) if is_phrase(tokens, end - 1) or tokens[end - 1].text == ")" else None


def _extend_right(tokens: list[Token], start: int, end: int, stop: int) -> int | None:
    """The end of what hangs on a phrase from `start` to `end`: "of …", "for …", "and …", "(D-Ohio)", an apposition."""
    if end + 1 >= stop:
        return None
    token, after = tokens[end], tokens[end + 1]
    if token.text == "(":
        return next((j + 1 for j in range(end, min(stop, end + 8)) if tokens[j].text == ")"), None)
    opens = after.chunk == end + 1 and after.tag not in ("PRP", "WP", "WDT", "EX") and after.quote < 0
    if not opens or is_day(after.lower):
        return None
    last = chunk_end(tokens, end + 1)
    if token.lower in words("genitive") or (
        token.lower in words("role-preposition") and holds_role(tokens, (start, end))
    ):
        return last if last <= stop else None
    if token.lower in words("joining-names") and after.tag in ("NNP", "PRP$", "DT") and tokens[end - 1].tag in NOUNS:
        return last if not any(t.tag in FINITE for t in tokens[last : last + 2]) else None
    if token.text == "," and last <= stop and (after.text[0].isupper() or after.tag in ("DT", "PRP$")):
        # "the chairman of the committee, General X" and "General X, the chairman of the committee"
        role = holds_role(tokens, (start, end)) or holds_role(tokens, (end + 1, last))
        closed = last >= len(tokens) or tokens[last].text in (".", ",", ";") or tokens[last].tag == "IN"
        return last if role and closed and tokens[last - 1].tag in NOUNS else None
    return None


def main_subject(tokens: list[Token], before: int) -> Indices | None:
    """The subject of the clause before token `before`, for a cue that has none of its own ("X visited and said")."""
    for j in range(before - 1, 0, -1):
        if tokens[j].tag not in FINITE or tokens[j - 1].tag in FINITE:
            continue
        found = subject_left(tokens, j)
        if found is not None and tokens[found[0]].tag not in ("WP", "WDT"):
            return found
    return phrase_right(tokens, 0, before)


def noun_source(tokens: list[Token], noun: int) -> Indices | None:
    """Whose "claim that", "support for" it is: the possessor, or the subject of "make", "express", "have"."""
    start = tokens[noun].chunk
    if start < 0:
        return None
    if tokens[start].tag == "PRP$":
        return (start, start + 1)
    possessive = next((j for j in range(noun - 1, start, -1) if tokens[j].tag == "POS"), None)
    if possessive is not None:
        return phrase_ending_at(tokens, possessive - 1)
    if start == 0 or tokens[start - 1].lower not in words("support-verb"):
        return None
    first = verb_group(tokens, start - 1)
    if first > 0 and (tokens[first - 1].text == "," or tokens[first - 1].lower in words("clause-coordinator")):
        return main_subject(tokens, first)
    return subject_left(tokens, first)


def antecedent(tokens: list[Token], relative: int) -> Indices | None:
    """What "who" or "which" at index `relative` stands for."""
    k = relative - 1
    if k >= 0 and tokens[k].tag == "IN":
        return None
    if k >= 0 and tokens[k].text == ",":
        k -= 1
    if k >= 0 and tokens[k].text == ")":
        k = next((j - 1 for j in range(k, -1, -1) if tokens[j].text == "("), -1)
    if k < 0 or not is_phrase(tokens, k):
        return None
    start = tokens[k].chunk
    # "the leader of Slovakia, who …": the whole; "a friend of Fico, who …": the last name
    if (
        start >= 2
        and tokens[start - 1].lower in words("genitive")
        and is_phrase(tokens, start - 2)
        and tokens[start].tag == "DT"
    ):
        start = tokens[start - 2].chunk
    return (start, k + 1)


def is_inverted(tokens: list[Token], cue: Cue) -> bool:
    """Whether the cue's form lets its source follow ("said Macron"): simple tense, no auxiliaries, a quoting verb."""
    return (
        cue.first == cue.verb
        and "q" in cue.cue.frames
        and cue.tense in ("past", "present")
        and cue.voice == "active"
        and cue.last + 1 < len(tokens)
    )
