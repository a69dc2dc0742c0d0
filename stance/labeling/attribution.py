"""Attributions of an article: the sentences' own, and what only the flow of paragraphs tells.

A quotation without a cue belongs to whoever spoke last: in the same sentence group it is one statement with the
quotation before ("…," she said. "…"), in a paragraph of its own it is a new statement of the same source.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from stance.labeling.clauses import Clause, clauses
from stance.labeling.layout import Block, blocks
from stance.labeling.lexicon import cue_forms, words
from stance.labeling.quotes import Quote, find_quotes
from stance.labeling.sentences import Token, sentence_spans, tokenize
from stance.records import Kind, Span

_MIN_BARE_WORDS = 4  # a shorter quotation without a cue is a title or a scare quote


@dataclass(frozen=True, slots=True)
class Attribution:
    """One attributed content by character spans; source and cue are None where the text leaves them out."""

    source: Span | None
    cue: Span | None
    spans: tuple[Span, ...]
    kind: Kind
    cue_class: str
    paragraph: int
    sentence: Span
    headline: bool = False
    nested: bool = False
    medium: str | None = None
    voice: str = "active"


def attributions(text: str, title: str | None = None) -> list[Attribution]:
    """Every attribution in a text, in the order of the text."""
    paragraphs = blocks(text, title)
    quotes = find_quotes(text, paragraphs)
    found: list[Attribution] = []
    speaker: Attribution | None = None
    for number, block in enumerate(paragraphs):
        if block.furniture:
            continue
        before = next((b for b in reversed(paragraphs[:number]) if not b.furniture), None)
        speaker = _paragraph(text, number, block, quotes[number], found, speaker, before)
    return [whole for whole in map(_without_empty, found) if whole.spans]


def _without_empty(attribution: Attribution) -> Attribution:
    """An attribution without the spans of quotations that hold nothing."""
    return replace(attribution, spans=tuple(s for s in attribution.spans if s[0] < s[1]))


def _paragraph(
    text: str,
    number: int,
    block: Block,
    quotes: list[Quote],
    found: list[Attribution],
    speaker: Attribution | None,
    before: Block | None,
) -> Attribution | None:
    """Adds a paragraph's attributions to `found`; returns whoever speaks at its end."""
    previous = speaker
    last_sentence = None if before is None or before.title else sentence_spans(text, before.start, before.end, [])[-1]
    for start, end in _join_after_marks(text, sentence_spans(text, block.start, block.end, quotes), quotes):
        tokens = tokenize(text, start, end, quotes)
        own = [
            _attribution(text, tokens, clause, quotes, number, (start, end), block.title)
            for clause in clauses(tokens, headline=block.title)
        ]
        own = _point_back(text, _absorb_outer(own), last_sentence)
        last_sentence = (start, end)
        bare = _bare_quote(tokens, quotes, text)
        if not own and bare is not None:
            _continue_speech(bare, number, (start, end), found, previous)
        for attribution in own:
            found.append(attribution)
            if not attribution.nested and attribution.source is not None:
                previous = attribution
    return previous if quotes or any(a.paragraph == number for a in found) else None


def _join_after_marks(text: str, spans: list[Span], quotes: list[Quote]) -> list[Span]:
    """Puts "“Why not?”" and "Macron asked." back together, which sentence ends inside marks have parted."""
    out: list[Span] = []
    closing = {q.end for q in quotes}
    for start, end in spans:
        if out and out[-1][1] in closing and text[out[-1][1] - 2 : out[-1][1] - 1] in ("?", "!", ","):
            words_ = text[start:end].split()
            early = [w.strip(".,:;").lower() for w in words_[:6]]
            if len(words_) <= 14 and text[start] not in '"“«‘' and any(w in _quoting_words() for w in early):
                out[-1] = (out[-1][0], end)
                continue
        out.append((start, end))
    return out


@cache
def _quoting_words() -> frozenset[str]:
    return frozenset(
        w
        for w, forms in cue_forms().items()
        if any("q" in f.verb.frames and f.tense in ("past", "present") for f in forms)
    )


def _bare_quote(tokens: list[Token], quotes: list[Quote], text: str) -> list[Quote] | None:
    """The quotations of a sentence that holds nothing else."""
    rest = [t for t in tokens if t.quote < 0 and t.text[0].isalnum()]
    inside = [quotes[t.quote] for t in tokens if t.quote >= 0]
    if rest or not inside or sum(q.words(text) for q in inside) < _MIN_BARE_WORDS:
        return None
    return inside


def _continue_speech(
    bare: list[Quote],
    number: int,
    sentence: Span,
    found: list[Attribution],
    speaker: Attribution | None,
) -> None:
    """Credits a quotation without a cue to the last speaker: as one more span, or as a statement of its own."""
    if speaker is None:
        return
    spans = tuple((q.inner_start, q.inner_end) for q in bare)
    last = next((i for i in range(len(found) - 1, -1, -1) if not found[i].nested), None)
    if last is not None:
        before = found[last]
        same_run = before.paragraph == number and before.kind == "direct" and before.source == speaker.source
        if same_run or (bare[0].goes_on and before.kind == "direct"):
            found[last] = replace(before, spans=before.spans + spans)
            return
    found.append(
        Attribution(
            source=speaker.source,
            cue=None,
            spans=spans,
            kind="direct",
            cue_class="say",
            paragraph=number,
            sentence=sentence,
            voice="continued",
        )
    )


def _attribution(
    text: str,
    tokens: list[Token],
    clause: Clause,
    quotes: list[Quote],
    number: int,
    sentence: Span,
    headline: bool,
) -> Attribution:
    spans: list[Span] = []
    quoted = plain = 0
    for first, last in clause.parts:
        piece = tokens[first:last]
        inside = [quotes[t.quote] for t in piece if t.quote >= 0]
        loose = [t for t in piece if t.quote < 0 and t.text[0].isalnum()]
        quoted += sum(q.words(text) for q in inside)
        plain += len(loose)
        if inside and not loose:
            spans.extend((q.inner_start, q.inner_end) for q in inside)
        else:
            spans.append((piece[0].start, min(piece[-1].end, sentence[1])))
    source = None if clause.source is None else _char_span(tokens, clause.source)
    cue = (tokens[clause.cue.first].start, tokens[clause.cue.last].end)
    return Attribution(
        source=source, cue=cue, spans=tuple(_trim(text, s) for s in spans),
        kind=_kind(clause, quoted, plain), cue_class=clause.cue.cue.cls, paragraph=number, sentence=sentence,
        headline=headline, nested=clause.nested, medium=clause.medium, voice=clause.cue.voice,
    )  # fmt: skip


def _char_span(tokens: list[Token], span: tuple[int, int]) -> Span:
    return tokens[span[0]].start, tokens[span[1] - 1].end


def _trim(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _kind(clause: Clause, quoted: int, plain: int) -> Kind:
    cls = clause.cue.cue.cls
    by_clause = clause.found is None or clause.found.frame in ("that", "q", "whether")
    if quoted and not plain:
        return "direct"
    if cls in words("deciding") and not (clause.found is not None and by_clause and cls != "act"):
        return "act"
    if cls in words("ascribing") and not (clause.found is not None and by_clause):
        return "ascribed"
    if cls in words("ascribing") and cls != "say" and clause.found is not None and clause.found.frame != "q":
        return "ascribed"
    return "mixed" if quoted else "indirect"


def _point_back(text: str, own: list[Attribution], last: Span | None) -> list[Attribution]:
    """ "That’s according to the chairman": what is attributed is the sentence before."""
    out = []
    for attribution in own:
        said = text[attribution.spans[0][0] : attribution.spans[0][1]].lower() if attribution.spans else ""
        if attribution.voice == "phrase" and said in ("that", "that’s", "that's", "this is", "that is"):
            if last is None:
                continue
            attribution = replace(attribution, spans=(last,))
        out.append(attribution)
    return out


def _absorb_outer(own: list[Attribution]) -> list[Attribution]:
    """Drops doubles: two cues of one sentence that claim the same source and the same content."""
    out: list[Attribution] = []
    for attribution in own:
        if any(attribution.spans == other.spans for other in out):
            continue
        out.append(attribution)
    return out
