"""Attributions of one sentence: joins each cue with its source and its content.

Two passes. The first finds every cue's source and on which side its content stands; the second gives each its
content, which ends where the clause of the next cue begins ("…, although he warned that …").
"""

from __future__ import annotations

from dataclasses import replace

from stance.labeling.contents import Clause, Complement, complement, has_finite, strip_end
from stance.labeling.cues import Cue, find_cues
from stance.labeling.lexicon import media, plain_name, words
from stance.labeling.phrases import chunk_end
from stance.labeling.preceding import can_follow, ends_with_quote, goes_on_after, interrupted, left_content
from stance.labeling.sentences import Token
from stance.labeling.sources import (
    Indices,
    antecedent,
    before_circumstance,
    is_animate,
    is_inverted,
    main_subject,
    noun_source,
    phrase_ending_at,
    phrase_right,
    subject_left,
)
from stance.labeling.tags import FINITE


def clauses(tokens: list[Token], headline: bool = False) -> list[Clause]:
    """The attributions of a tokenized sentence, left to right."""
    placed = _placed(tokens)
    cuts = {i: _cut_before(tokens, clause, placed[:i]) for i, clause in enumerate(placed)}
    out: list[Clause] = []
    for i, clause in enumerate(placed):
        limit = min(
            (cut for j, cut in cuts.items() if j > i and cut is not None and _parts(tokens, clause, cut)),
            default=len(tokens),
        )
        if clause.relative:
            limit = min(limit, _relative_end(tokens, clause, placed[i + 1 :]))
        done = _fill(tokens, clause, limit, out, headline)
        if done is not None:
            out.append(done)
    return [c for c in _with_media(tokens, _mark_nested(out)) if not c.nested or _told_within(tokens, c)]


def _placed(tokens: list[Token]) -> list[Clause]:
    """The first pass: each cue with its source and the bounds of its clause."""
    placed: list[Clause] = []
    for cue in find_cues(tokens):
        clause = _place(tokens, cue, placed)
        if clause is not None:
            placed.append(clause)
    return placed


def _told_within(tokens: list[Token], clause: Clause) -> bool:
    """Whether a clause inside another's content is told for its own sake: speech, an act, a named actor's position."""
    frame = "left" if clause.found is None else clause.found.frame
    cls = clause.cue.cue.cls
    if cls in words("told-within") and frame in ("that", "q", "whether", "left"):
        return True
    named = clause.source is not None and tokens[clause.source[1] - 1].tag in ("NNP", "NNPS")
    return cls in words("deciding") or (named and not clause.shared and cls in words("told-of-names"))


def _parts(tokens: list[Token], clause: Clause, cut: int) -> bool:
    """Whether a later clause may cut a content: not before it has its verb ("said that in May, he opposed")."""
    if cut <= clause.ends:
        return False
    opens = tokens[clause.ends].lower if clause.ends < len(tokens) else ""
    return opens not in words("complementizer") or has_finite(tokens, clause.ends, cut)


def announcement(tokens: list[Token]) -> Clause | None:
    """The cue clause at the end of a sentence that closes with a colon: what it announces comes after."""
    return next((c for c in reversed(_placed(tokens)) if "q" in c.cue.cue.frames and c.source is not None), None)


def _mark_nested(found: list[Clause]) -> list[Clause]:
    """Marks the clauses inside a content that precedes its cue: "Germany will send tanks, the minister said"."""
    left = [c for c in found if c.side == "left"]
    return [
        replace(c, nested=True)
        if any(o is not c and o.parts and o.parts[0][0] <= c.begins < o.parts[0][1] for o in left)
        else c
        for c in found
    ]


def _relative_end(tokens: list[Token], clause: Clause, later: list[Clause]) -> int:
    """A relative clause ends before the verb that shares its antecedent: "Fico, who opposed aid, said …"."""
    for other in later:
        if other.source == clause.source and not other.relative and tokens[other.cue.first - 1].text == ",":
            return other.cue.first - 1
    if clause.begins > 0 and tokens[clause.begins - 1].text == ",":  # "Berg, who said it rained, left"
        closing = (j for j in range(clause.ends, len(tokens) - 1) if tokens[j].text == ",")
        return next((j for j in closing if tokens[j + 1].tag in FINITE), len(tokens))
    return len(tokens)


def _place(tokens: list[Token], cue: Cue, placed: list[Clause]) -> Clause | None:
    """Finds the source of a cue and the bounds of its clause."""
    if cue.voice == "phrase":
        who = phrase_right(tokens, cue.last + 1)
        return None if who is None else Clause(cue, who, cue.first, who[1])
    if cue.voice in ("passive", "reduced"):
        return _passive(tokens, cue)
    if cue.voice == "noun":
        who = noun_source(tokens, cue.verb)
        return None if who is None else Clause(cue, who, cue.first, cue.last + 1, relative=True)
    before = tokens[cue.first - 1] if cue.first > 0 else None
    inverted = _inverted_source(tokens, cue, before)
    if inverted is not None and before is None:
        quoted = next((i for i, t in enumerate(tokens) if t.quote >= 0), inverted[1])
        return Clause(cue, inverted, cue.first, max(inverted[1], quoted - 1))
    if inverted is not None:
        return Clause(cue, inverted, cue.first, inverted[1], side="left")
    who = antecedent(tokens, cue.first - 1) if before and before.lower in words("subject-relative") else None
    if who is not None:
        return Clause(cue, who, cue.first - 1, cue.last + 1, relative=True)
    if cue.voice == "participial":
        return Clause(cue, _shared_source(tokens, cue, placed), cue.first, cue.last + 1, shared=True)
    if cue.voice == "infinitive" and tokens[cue.first].tag == "TO":
        return Clause(cue, main_subject(tokens, cue.first), cue.first, cue.last + 1, shared=True)
    if cue.voice == "attached":
        who = phrase_ending_at(tokens, cue.first - 1)
        return None if who is None else Clause(cue, who, cue.first, cue.last + 1, relative=True)
    coordinated = (
        before is not None
        and (before.tag == "CC" or before.text == ",")
        and before.lower not in words("negative-coordinator")
    )
    own = subject_left(tokens, cue.first) if before is not None and before.tag != "CC" else None
    if own is not None:
        return Clause(cue, own, own[0], cue.last + 1)
    if coordinated:
        return Clause(cue, _shared_source(tokens, cue, placed), cue.first, cue.last + 1, shared=True)
    return None


def _inverted_source(tokens: list[Token], cue: Cue, before: Token | None) -> Indices | None:
    if not is_inverted(tokens, cue):
        return None
    if before is None:  # "Said the minister: “…”"
        who = phrase_right(tokens, cue.last + 1)
        return who if who is not None and who[1] < len(tokens) and tokens[who[1]].text in (":", ",") else None
    if before.quote < 0 and before.text not in (",", "—", "–", "-"):
        return None
    who = phrase_right(tokens, cue.last + 1)
    if who is None or tokens[who[0]].lower in words("no-inverted-subject"):
        return None
    if before.quote >= 0 or (cue.first >= 2 and tokens[cue.first - 2].quote >= 0):
        # “…” Macron added X is no inversion; “…” added Macron is
        return who if not has_finite(tokens, who[1], min(len(tokens), who[1] + 2)) else None
    closed = who[1] + 1 < len(tokens) and tokens[who[1]].text == before.text == ","
    if closed and tokens[who[1] + 1].tag in FINITE:
        return who  # "The plan, said Berg, was dead"
    behind = tokens[who[1]].lower if who[1] < len(tokens) else "."
    plain_end = behind in (".", ",") or behind in words("preposition") or behind in words("weekday")
    rest = next((j for j in range(who[1], len(tokens)) if tokens[j].text in (",", ";")), len(tokens))
    return who if plain_end and has_finite(tokens, 0, cue.first) and not has_finite(tokens, who[1], rest) else None


def _passive(tokens: list[Token], cue: Cue) -> Clause | None:
    """ "was approved by the Senate", "was told that": the agent is the source; what the subject is, its class says."""
    by = next(
        (j for j in range(cue.last + 1, min(len(tokens), cue.last + 4)) if tokens[j].lower in words("agent")), None
    )
    who = None if by is None else phrase_right(tokens, by + 1)
    after = cue.last + 1 if who is None else who[1]
    if "addr" in cue.cue.frames or cue.cue.cls in ("say", "believe", "want", "claim"):
        found = complement(tokens, cue.cue, after, len(tokens), passive=True)
        if found is not None and found.sure:
            return Clause(cue, who, cue.first, after)
    if cue.cue.cls not in ("act", "decide", "oppose", "support", "praise", "criticise", "deny"):
        return None
    subject = subject_left(tokens, cue.first) if cue.voice == "passive" else phrase_ending_at(tokens, cue.first - 1)
    if who is None or subject is None:
        return None
    return Clause(cue, who, cue.first, who[1], side="passive", parts=(subject,))


def _shared_source(tokens: list[Token], cue: Cue, placed: list[Clause]) -> Indices | None:
    for clause in reversed(placed):
        if clause.source is not None and not clause.relative and clause.cue.voice not in ("phrase", "adjective"):
            return clause.source
    return main_subject(tokens, cue.first)


def _cut_before(tokens: list[Token], clause: Clause, earlier: list[Clause]) -> int | None:
    """Where the content of an earlier cue has to end for this clause to begin, or None where it may run over it."""
    if not earlier:
        return None
    start = clause.begins
    before = tokens[start - 1] if start > 0 else None
    if before is None or clause.cue.voice in ("noun", "adjective"):
        return None
    if clause.cue.voice in ("phrase", "participial", "attached") or clause.relative:
        return start - 1 if before.text == "," else (start if clause.cue.voice == "phrase" else None)
    if clause.cue.voice == "infinitive":
        return None
    if before.text == ",":
        return start - 1
    k = before_circumstance(tokens, start - 1)
    if k < start - 1 and k > 0 and tokens[k].lower in words("date-word"):
        k -= 1  # ", and on Monday the minister added that …"
    if 0 < k < start - 1 and (tokens[k].text == "," or (tokens[k].tag == "CC" and tokens[k - 1].text == ",")):
        return k if tokens[k].text == "," else k - 1
    if before.lower in words("cuts-content"):
        if clause.shared:
            same = earlier[-1].cue.tense == clause.cue.tense
            follows = complement(tokens, clause.cue.cue, clause.ends, len(tokens))
            parted = start >= 2 and tokens[start - 2].text == ","
            known = clause.cue.cue.cls in ("act", *words("ascribing"))
            if not same or follows is None or not (follows.sure or known or parted):
                return None
        if before.lower in words("cuts-after-comma") and not (start >= 2 and tokens[start - 2].text == ","):
            return None
        return start - 2 if start >= 2 and tokens[start - 2].text == "," else start - 1
    return None


def _fill(tokens: list[Token], clause: Clause, limit: int, done: list[Clause], headline: bool) -> Clause | None:
    """Gives a placed clause its content, or drops it where it has none."""
    if clause.side == "passive":
        return clause
    nested = any(_inside(clause, other) for other in done)
    if _relativized(tokens, clause, limit):
        return replace(clause, parts=((clause.ends, strip_end(tokens, limit)),), nested=nested)
    found = complement(tokens, clause.cue.cue, clause.ends, limit)
    parted = interrupted(tokens, clause, done)
    if parted is not None:
        return replace(clause, side="left", parts=parted, nested=nested)
    left = left_content(tokens, clause, done)
    quoted_left = left is not None and ends_with_quote(tokens, left)
    if clause.cue.voice == "phrase":
        return _fill_phrase(tokens, clause, limit, left, done)
    if left is not None and (quoted_left or clause.side == "left" or found is None or not found.sure):
        if (not quoted_left and clause.side != "left" and not can_follow(tokens, clause, left, headline)) or (
            quoted_left and found is not None and found.frame == "to" and found.sure
        ):
            left = None
    else:
        left = None
    if left is not None:
        parts = [left]
        go_on = goes_on_after(tokens, clause, limit)
        if go_on is not None:
            parts.append(go_on)
        return replace(clause, side="left", parts=tuple(parts), nested=nested)
    if found is None:
        return None
    if found.frame in ("np", "to") and clause.source is not None and not is_animate(tokens, clause.source):
        return None
    end = _content_end(tokens, found, limit)
    if end <= found.start:
        return None
    return replace(clause, side="right", found=found, parts=((found.start, end),), nested=nested)


def _relativized(tokens: list[Token], clause: Clause, limit: int) -> bool:
    """ "the changes, which officials said will begin in June": what is said goes on after the cue without a subject."""
    if (
        clause.source is None
        or clause.source[0] == 0
        or clause.ends + 1 >= limit
        or "that" not in clause.cue.cue.frames
    ):
        return False
    opens = tokens[clause.source[0] - 1].lower in words("relativizer")
    return opens and clause.begins == clause.source[0] and tokens[clause.ends].tag in FINITE


def _inside(clause: Clause, other: Clause) -> bool:
    return other.side == "right" and any(a <= clause.begins < b for a, b in other.parts)


def _content_end(tokens: list[Token], found: Complement, limit: int) -> int:
    end = next((j for j in range(found.start, limit) if tokens[j].text == ";"), limit)
    if found.frame == "q":
        end = found.start
        while end < limit and (tokens[end].quote >= 0 or tokens[end].text in (",", "...", "…")):
            end += 1
        # mixed: a short quotation that a clause goes on from
        if (
            end < limit
            and tokens[end].text not in (".", "!", "?", ";")
            and tokens[found.start].text[-2:-1] not in ".,!?"
        ):
            end = limit
    elif found.frame == "np":
        stop = next(
            (j for j in range(found.start + 1, limit) if _leaves_phrase(tokens, j, limit)),
            limit,
        )
        end = stop
    return strip_end(tokens, end)


def _leaves_phrase(tokens: list[Token], j: int, limit: int) -> bool:
    """Whether token `j` ends an object: a clause of time or reason, a date, an occasion; no list, no apposition."""
    token = tokens[j]
    nxt = tokens[j + 1] if j + 1 < limit else None
    if token.text == ",":
        return nxt is not None and (nxt.lower in words("object-end") or nxt.tag == "VBG" or nxt.quote >= 0)
    if token.tag == "IN" and nxt is not None and nxt.chunk == j + 1:
        low = nxt.lower
        dated = low in words("weekday") or low in words("month") or (nxt.tag == "CD" and len(low) == 4)
        end = chunk_end(tokens, j + 1)
        return dated or token.lower in words("time-preposition") or (
            token.lower in words("event-preposition") and tokens[end - 1].lower in words("occasion")
        )  # fmt: skip
    return token.chunk == j and token.lower in words("before-time") and nxt is not None and nxt.lower in words("time")


def _fill_phrase(
    tokens: list[Token], clause: Clause, limit: int, left: Indices | None, done: list[Clause]
) -> Clause | None:
    """ "According to X, …" and "…, according to X"."""
    i = clause.ends
    if clause.begins == 0 or tokens[clause.begins - 1].text in (":", ";", "—"):
        start = i + 1 if i < len(tokens) and tokens[i].text == "," else i
        end = strip_end(tokens, limit)
        return replace(clause, parts=((start, end),)) if end > start else None
    if left is None:
        return None
    if i + 1 < limit and tokens[i].text == "," and tokens[clause.begins - 1].text == "," and not done:
        end = strip_end(tokens, limit)
        if has_finite(tokens, i + 1, end) and not has_finite(tokens, *left):
            return replace(clause, side="left", parts=(left, (i + 1, end)))
    covering = [c for c in done if c.parts and c.source is not None]
    if covering and _is_medium(tokens, clause):
        return replace(clause, parts=(), medium=_source_text(tokens, clause))
    return replace(clause, side="left", parts=(left,))


def _is_medium(tokens: list[Token], clause: Clause) -> bool:
    text = plain_name(_source_text(tokens, clause))
    return text in media() or any(text.startswith(name + " ") for name in media())


def _source_text(tokens: list[Token], clause: Clause) -> str:
    assert clause.source is not None
    return " ".join(t.text for t in tokens[clause.source[0] : clause.source[1]])


def _with_media(tokens: list[Token], found: list[Clause]) -> list[Clause]:
    """Hands the outlet that carried a statement over to it: "…, he said, according to Reuters"; "Reuters reported
    that Scholz told …" credits Scholz."""
    out: list[Clause] = []
    for i, clause in enumerate(found):
        if clause.medium is not None and not clause.parts:
            for j in range(len(out) - 1, -1, -1):
                if not out[j].nested:
                    out[j] = replace(out[j], medium=clause.medium)
                    break
            continue
        carried = [c for c in found[i + 1 :] if c.nested and _inside(c, clause)]
        if clause.source is not None and carried and _is_medium(tokens, clause):
            index = found.index(carried[0])
            found[index] = replace(carried[0], nested=False, medium=_source_text(tokens, clause))
            continue
        out.append(clause)
    return out
