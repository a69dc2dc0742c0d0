"""A readable listing of what the labeler gets wrong against gold: counts by cue, and sampled examples of each kind."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from stance.labeling.cues import find_cues
from stance.labeling.layout import blocks
from stance.labeling.lexicon import cue_forms, cue_phrases, words
from stance.labeling.phrases import chunked
from stance.labeling.quotes import find_quotes
from stance.labeling.sentences import sentence_spans, tokenize
from stance.records import Span
from training.benchmarks.attribution_gold import Document, Marked, character_f1, characters, written
from training.benchmarks.attribution_match import Compared, Pair, ratio

_AROUND = 160  # characters of context on either side
_TOP = 40  # rows of each count

Example = tuple[Compared, int | None, int | None]  # an article, a place in its gold, a place in its predictions


def listing(compared: Sequence[Compared], sample: int, seed: int) -> str:
    """The whole listing as text; the same seed draws the same examples."""
    chance = random.Random(seed)
    parts = [
        "In the excerpts gold is ⟦content⟧ ⟨source⟩ ‹cue›, the prediction {content} [source] <cue>.",
        _missed_by_cue(compared),
        _false_by_cue(compared),
    ]
    for name, examples in _kinds(compared):
        drawn = sorted(chance.sample(range(len(examples)), min(sample, len(examples))))
        parts.append(f"=== {name}: {len(drawn)} of {len(examples)} ===")
        parts.extend(f"{number}. {_shown(*examples[i])}" for number, i in enumerate(drawn, 1))
    return "\n\n".join(parts) + "\n"


def _kinds(compared: Sequence[Compared]) -> Iterator[tuple[str, list[Example]]]:
    yield "missed", [(c, i, None) for c in compared for i in c.missed()]
    yield "false", [(c, None, j) for c in compared for j in c.false()]
    wrong: tuple[tuple[str, Callable[[Pair], bool]], ...] = (
        ("wrong source", lambda pair: not pair.source_right),
        ("wrong cue", lambda pair: not pair.cue_right),
        ("wrong extent", lambda pair: not pair.exact),
    )
    for name, is_wrong in wrong:
        yield name, [(c, pair.gold, pair.predicted) for c in compared for pair in c.pairs if is_wrong(pair)]


def lemma_of(cue: str) -> str:
    """The lemma of the first cue verb in a cue as written; the cue itself, in lower case, where none is known."""
    written_ = cue.lower().split()
    for i, word in enumerate(written_):
        if word in words("auxiliary"):
            continue
        for form in cue_forms().get(word.strip(",:;"), ()):
            if tuple(w.strip(",:;") for w in written_[i : i + len(form.words)]) == form.words:
                return form.verb.lemma
    return " ".join(written_) or "(no cue)"


def _known(lemma: str) -> bool:
    if tuple(lemma.split()) in {phrase.words for phrases in cue_phrases().values() for phrase in phrases}:
        return True
    return any(form.verb.lemma == lemma for form in cue_forms().get(lemma.split()[0], ()))


def _missed_by_cue(compared: Sequence[Compared]) -> str:
    gold: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for c in compared:
        lemmas = [lemma_of(written(c.document.text, marked.cue)) for marked in c.document.gold]
        gold.update(lemmas)
        missed.update(lemmas[i] for i in c.missed())
    rows = [
        f"{cue[:40]:40} {n:6d} {gold[cue]:6d} {ratio(n, gold[cue]):6.2f}  {'' if _known(cue) else 'not in the lexicon'}"
        for cue, n in missed.most_common(_TOP)
    ]
    return "\n".join([f"=== missed by gold cue ===\n{'cue':40} missed   gold  share", *map(str.rstrip, rows)])


def _false_by_cue(compared: Sequence[Compared]) -> str:
    predicted: Counter[tuple[str, str]] = Counter()
    false: Counter[tuple[str, str]] = Counter()
    for c in compared:
        keys = [(lemma_of(written(c.document.text, m.cue)), m.cue_class) for m in c.predicted]
        predicted.update(keys)
        false.update(keys[j] for j in c.false())
    rows = [
        f"{cue[:40]:40} {cls:12} {n:6d} {predicted[cue, cls]:9d} {ratio(n, predicted[cue, cls]):6.2f}"
        for (cue, cls), n in false.most_common(_TOP)
    ]
    return "\n".join([f"=== false by cue ===\n{'cue':40} {'class':12}  false predicted  share", *rows])


def _shown(c: Compared, i: int | None, j: int | None) -> str:
    document = c.document
    gold = None if i is None else document.gold[i]
    mine = None if j is None else c.predicted[j]
    lines = [document.id]
    for name, marked in (("gold", gold), ("predicted", mine)):
        if marked is not None:
            lines += [
                f"   {name:9} {marked.kind} {marked.cue_class}".rstrip(),
                *(
                    f"     {part:8} {written(document.text, spans) or '—'}"
                    for part, spans in (("source", marked.source), ("cue", marked.cue), ("content", marked.content))
                ),
            ]
    if gold is not None and mine is None:
        lines.append("   " + _what_was_there(c, gold))
    if mine is not None and gold is None:
        lines.append("   " + _nearest(mine, document.gold, "gold attribution"))
    lines.append("   " + excerpt(document.text, gold, mine))
    return "\n".join(lines)


def _what_was_there(c: Compared, gold: Marked) -> str:
    """Tells how far the labeler came with a missed attribution."""
    mine = [m for m in c.predicted if characters(m.cue) & characters(gold.cue)]
    if mine:
        best = max(mine, key=lambda m: character_f1(m.content, gold.content))
        f1 = character_f1(best.content, gold.content)
        said = written(c.document.text, best.content)[:200]
        return f"cue found, content other (F1 {f1:.2f}): {said}"
    seen = any(characters([cue]) & characters(gold.cue) for cue in cues_seen(c.document))
    nearest = _nearest(gold, c.predicted, "prediction")
    return f"{'cue seen, but nothing attributed by it' if seen else 'cue not seen'}; {nearest}"


def _nearest(marked: Marked, others: Sequence[Marked], name: str) -> str:
    best = max((character_f1(marked.content, other.content) for other in others), default=0.0)
    return f"nearest {name} by content: F1 {best:.2f}"


def cues_seen(document: Document) -> list[Span]:
    """The spans of every cue that the labeler sees, whether or not it attributes anything by it."""
    text, out = document.text, []
    paragraphs = blocks(text)
    for block, quotes in zip(paragraphs, find_quotes(text, paragraphs), strict=True):
        if block.furniture:
            continue
        for start, end in sentence_spans(text, block.start, block.end, quotes):
            tokens = chunked(tokenize(text, start, end, quotes))
            out += [(tokens[cue.first].start, tokens[cue.last].end) for cue in find_cues(tokens)]
    return out


def excerpt(text: str, gold: Marked | None, mine: Marked | None) -> str:
    """The text around an attribution on one line, with gold and prediction marked."""
    marks: list[tuple[int, int, int, str]] = []  # offset, closing before opening, order of nesting, mark
    spans: list[Span] = []
    sets = ((gold, ("⟦⟧", "⟨⟩", "‹›")), (mine, ("{}", "[]", "<>")))
    for level, (marked, pairs) in enumerate(sets):
        if marked is None:
            continue
        for pieces, pair in zip((marked.content, marked.source, marked.cue), pairs, strict=True):
            spans.extend(pieces)
            for start, end in pieces:
                marks += [(start, 1, level, pair[0]), (end, 0, -level, pair[1])]
    low = max(0, min(start for start, _ in spans) - _AROUND)
    high = min(len(text), max(end for _, end in spans) + _AROUND)
    out, at = ["…" if low else ""], low
    for offset, _, _, mark in sorted(marks):
        out += [text[at:offset], mark]
        at = offset
    out += [text[at:high], "…" if high < len(text) else ""]
    return " ".join("".join(out).split())
