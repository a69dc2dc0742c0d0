"""Attributions of an article: the sentences' own, and what only the flow of paragraphs tells.

A quotation without a cue belongs to whoever spoke last: in the same sentence group it is one statement with the
quotation before ("…," she said. "…"), in a paragraph of its own it is a new statement of the same source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from stance.labeling.clauses import announcement, clauses
from stance.labeling.contents import Clause
from stance.labeling.forms import by_form
from stance.labeling.inner import inner_clauses
from stance.labeling.layout import Block, blocks
from stance.labeling.lexicon import cue_forms, openers, words
from stance.labeling.phrases import chunked
from stance.labeling.quotes import Quote, find_quotes
from stance.labeling.sentences import Token, sentence_spans, tokenize
from stance.labeling.sources import extent
from stance.records import Kind, Span

_MIN_BARE_WORDS = 4  # a shorter quotation without a cue is a title or a scare quote
_MOST_SPANS = 500  # of one statement; words that go on longer are another, as each piece added copies those before

_MAX_HEADLINE = 160  # characters of a first paragraph that may be a headline with a full stop


@dataclass(frozen=True, slots=True)
class Attribution:
    """One attributed content by character spans; source and cue are None where the text leaves them out.

    `head` is the source without its apposition or relative clause: what names it.
    """

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
    head: Span | None = None
    voice: str = "active"


@dataclass(frozen=True, slots=True)
class Layout:
    """A text's paragraphs and the quotations of each."""

    text: str
    blocks: list[Block]
    quotes: list[list[Quote]]


def layout(text: str, title: str | None = None) -> Layout:
    """Reads the layout of a text."""
    paragraphs = blocks(text, title)
    return Layout(text, paragraphs, find_quotes(text, paragraphs))


def paragraph_by_paragraph(read: Layout, holds: Callable[[str], bool]) -> Iterator[list[Attribution] | None]:
    """What is attributed in each paragraph of which `holds` is true, taken by itself; None where that cannot be told
    without those before it: it is a turn of a transcript, goes on with a quotation, or was announced."""
    stranger = Attribution(None, None, (), "direct", "say", -1, (0, 0))
    announced = False
    for number, block in enumerate(read.blocks):
        if block.furniture:
            continue
        told, announced = announced, read.text[max(0, block.end - 1) : block.end] == ":"
        if not holds(read.text[block.start : block.end]):
            continue
        if told or block.speaker is not None:
            yield None
            continue
        quotes = read.quotes[number]
        found: list[Attribution] = []
        _paragraph(
            read.text, number, block, sentence_spans(read.text, block.start, block.end, quotes), quotes, found,
            stranger, (0, 0),
        )  # fmt: skip
        alone = all(a.voice != "continued" and (0, 0) not in a.spans for a in found)
        yield [whole for whole in map(_without_empty, found) if whole.spans] if alone else None


def attributions(text: str, title: str | None = None, read: Layout | None = None) -> list[Attribution]:
    """Every attribution in a text, in the order of the text; `read` is its layout, where that is at hand."""
    read = layout(text, title) if read is None else read
    paragraphs, quotes = read.blocks, read.quotes
    found: list[Attribution] = []
    speaker: Attribution | None = None  # whoever speaks on where the next paragraph is a bare quotation
    promise: Attribution | None = None  # of a paragraph that ends "…, she added:"
    last: Span | None = None
    for number, block in enumerate(paragraphs):
        if block.furniture:
            continue
        if _label(text, block) in words("questioner"):
            speaker = promise = None
            continue
        whole = _signed(text, number, block, quotes[number]) or _kept(text, number, block, quotes[number], promise)
        promise = None
        if whole is not None:
            before = found[-1] if found else None
            same = before is not None and whole.voice == before.voice == "speaker" and whole.source == before.source
            if before is not None and same and len(before.spans) < _MOST_SPANS:
                found[-1] = replace(before, spans=before.spans + whole.spans)  # a turn of several paragraphs
            else:
                found.append(whole)
            speaker, last = whole, (block.start, block.end)
            continue
        first = len(found)
        sentences = sentence_spans(text, block.start, block.end, quotes[number])
        promise = _paragraph(text, number, block, sentences, quotes[number], found, speaker, last)
        told = [a for a in found[first:] if not a.nested and a.source]
        quoted = [a for a in told if a.kind in ("direct", "mixed")]
        speaker = next(reversed(quoted or told), speaker) if quotes[number] or len(found) > first else None
        last = None if block.title or not sentences else sentences[-1]
    return [whole for whole in map(_without_empty, found) if whole.spans]


def _without_empty(attribution: Attribution) -> Attribution:
    """An attribution without the spans of quotations that hold nothing."""
    return replace(attribution, spans=tuple(s for s in attribution.spans if s[0] < s[1]))


def _signed(text: str, number: int, block: Block, quotes: list[Quote]) -> Attribution | None:
    """A paragraph that its layout credits: a transcript's turn, a post, “…” — Jane Doe."""
    if block.speaker is None or block.start >= block.end:
        return None
    source = None if _label(text, block) in words("turn-label") else block.speaker
    only = bool(quotes) and quotes[0].start == block.start and not text[quotes[-1].end : block.end].strip(" .,-–—―")
    spans = tuple((q.inner_start, q.inner_end) for q in quotes) if only else ((block.start, block.end),)
    cue = _mark_beside(text, block)
    return Attribution(source, cue, spans, "direct", "say", number, (block.start, block.end), voice="speaker")


def _label(text: str, block: Block) -> str:
    """What names the speaker of a paragraph in its layout, in small letters; empty where nothing does."""
    return "" if block.speaker is None else text[slice(*block.speaker)].strip(" .:").lower()


def _mark_beside(text: str, block: Block) -> Span | None:
    """The colon or dash that parts a speaker's name from the words."""
    assert block.speaker is not None
    first, last = block.speaker
    low, high = (last, block.start) if last <= block.start else (block.end, first)
    mark = next((i for i in range(low, min(high, low + 4)) if text[i] in ":-–—―"), None)
    return None if mark is None else (mark, mark + 1)


def _kept(text: str, number: int, block: Block, quotes: list[Quote], promise: Attribution | None) -> Attribution | None:
    """The paragraph that one before announced ("She added:"): its quotations, or all of it where it has none."""
    if promise is None or block.title:
        return None
    if quotes and quotes[0].start == block.start:
        loose = text[quotes[-1].end : block.end].strip(" .,")
        if loose or any(text[q.end : r.start].strip() for q, r in pairwise(quotes)):
            return None
        return replace(
            promise, paragraph=number, kind="direct", spans=tuple((q.inner_start, q.inner_end) for q in quotes)
        )
    if quotes or promise.cue_class not in words("announcing"):
        return None
    return replace(promise, paragraph=number, spans=((block.start, block.end),))


def _paragraph(
    text: str,
    number: int,
    block: Block,
    sentences: list[Span],
    quotes: list[Quote],
    found: list[Attribution],
    speaker: Attribution | None,
    last: Span | None,
) -> Attribution | None:
    """Adds a paragraph's attributions to `found`; returns the one that its end announces, without its content."""
    previous = speaker
    first = len(found)
    promise = None
    spans = _join_after_marks(text, sentences, quotes)
    for start, end in spans:
        headline = block.title or (number == 0 and len(spans) == 1 and end - start <= _MAX_HEADLINE)
        tokens = tokenize(text, start, end, quotes)
        if not headline and not any(token.quote >= 0 or token.lower in openers() for token in tokens):
            last = (start, end)
            continue
        tokens = chunked(tokens)
        placed = by_form(tokens, clauses(tokens, headline=block.title), headline)
        own = [_attribution(text, tokens, clause, quotes, number, (start, end), block.title) for clause in placed]
        if end == block.end and text[end - 1] == ":":
            opening = announcement(tokens)
            if opening is not None:
                promise = _attribution(text, tokens, opening, quotes, number, (start, end), False)
                own = [a for a in own if a.cue != promise.cue]
        own = _point_back(text, _absorb_outer(own), last)
        inside = [
            replace(_attribution(text, *each[:3], number, each.sentence, False), nested=True)
            for token in tokens
            if token.quote >= 0
            for each in inner_clauses(text, quotes[token.quote])
        ]
        last = (start, end)
        bare = _bare_quote(tokens, quotes, text, 1 if found and found[-1].paragraph == number else _MIN_BARE_WORDS)
        if not own and bare is not None:
            _continue_speech(bare, number, (start, end), found, previous)
        for attribution in own + inside:
            quoted = attribution.kind in ("direct", "mixed")
            heard = any(a.kind in ("direct", "mixed") for a in found[first:])
            found.append(attribution)
            if not attribution.nested and attribution.source is not None and (quoted or not heard):
                previous = attribution  # who is quoted speaks on, not who is only mentioned after
    return promise


def _join_after_marks(text: str, spans: list[Span], quotes: list[Quote]) -> list[Span]:
    """Puts "“Why not?”" and "Macron asked." back together, which sentence ends inside marks have parted."""
    out: list[Span] = []
    closing = {q.end for q in quotes}
    for start, end in spans:
        if out and out[-1][1] in closing and _last_mark(text, out[-1][1]) in "?!,":
            words_ = text[start:end].split()
            early = [w.strip(".,:;").lower() for w in words_[:6]]
            if len(words_) <= 14 and text[start] not in '"“«‘' and any(w in _quoting_words() for w in early):
                out[-1] = (out[-1][0], end)
                continue
        out.append((start, end))
    return out


def _last_mark(text: str, end: int) -> str:
    """The last character before the closing marks that end at `end`."""
    return text[max(0, end - 4) : end].rstrip("'’”\"»“")[-1:] or " "


@cache
def _quoting_words() -> frozenset[str]:
    return frozenset(
        w
        for w, forms in cue_forms().items()
        if any("q" in f.verb.frames and f.tense in ("past", "present") for f in forms)
    )


def _bare_quote(tokens: list[Token], quotes: list[Quote], text: str, least: int) -> list[Quote] | None:
    """The quotations of a sentence that holds nothing else, and at least so many words."""
    rest = [t for t in tokens if t.quote < 0 and t.text[0].isalnum()]
    inside = [quotes[t.quote] for t in tokens if t.quote >= 0]
    if rest or not inside or sum(q.words(text) for q in inside) < least:
        return None
    if len(inside) == 1 and _is_heading(text[inside[0].inner_start : inside[0].inner_end]):
        return None
    return inside


def _is_heading(inner: str) -> bool:
    """Whether a quotation is a section's head: short, its longer words in capitals."""
    long = [w for w in inner.split() if len(w) > 3]
    return len(inner.split()) <= 10 and len(long) > 1 and all(w[0].isupper() for w in long)


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
    for i in range(len(found) - 1, -1, -1):
        before = found[i]
        if before.nested or before.kind not in ("direct", "mixed"):
            continue
        same_run = before.paragraph == number and before.source == speaker.source
        goes_on = bare[0].goes_on and before.kind == "direct"
        if (same_run or goes_on) and len(before.spans) < _MOST_SPANS:
            found[i] = replace(before, spans=before.spans + spans)
            return
        break
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
    head = None if clause.source is None else _char_span(tokens, clause.source)
    source = None
    if clause.source is not None:
        source = _char_span(tokens, extent(tokens, clause.source, clause.cue.first, clause.cue.last))
    cue = (tokens[clause.cue.first].start, tokens[_cue_end(tokens, clause)].end)
    return Attribution(
        source=source, cue=cue, spans=tuple(_trim(text, s) for s in spans),
        kind=_kind(clause, quoted, plain), cue_class=clause.cue.cue.cls, paragraph=number, sentence=sentence,
        headline=headline, nested=clause.nested, medium=clause.medium, head=head, voice=clause.cue.voice,
    )  # fmt: skip


def _cue_end(tokens: list[Token], clause: Clause) -> int:
    """The cue's last token: the preposition that governs the content belongs to it ("spoke against")."""
    last = clause.cue.last
    governed = clause.found is not None and clause.found.frame == "np" and clause.found.start == last + 2
    return last + 1 if governed and tokens[last + 1].lower in words("preposition") else last


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
        if attribution.voice == "phrase" and said in words("points-back"):
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
