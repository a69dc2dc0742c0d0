"""Labeling: marks each actor's statements in an article, who said what, to the character.

In: an `Article` and a `Resolver` over the registry. Out: `Statement` records. What is said is found by
`attribution` (quotations, cues, sources, contents), who said it by `stance.actors.resolver`. Words that several said
together become one statement for each of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from stance.actors.discourse import MOST_BEFORE, Discourse
from stance.actors.groups import is_cut_off, widened
from stance.actors.resolver import Resolution, Resolver
from stance.labeling.attribution import Attribution, Layout, attributions, layout, paragraph_by_paragraph
from stance.labeling.lexicon import words
from stance.records import Actor, Article, Mention, Span, Statement, content_id

__all__ = ["Attribution", "attributions", "label"]

_LONGEST_SOURCE = 1000  # characters; what is longer names nobody
_Spoken = deque[tuple[int, Resolution]]


Holds = Callable[[str], bool]
Worth = Callable[[Sequence[Statement]], bool]


def label(article: Article, resolver: Resolver, wanted: tuple[Holds, Worth] | None = None) -> list[Statement]:
    """Every attributed statement of an article, whoever its source and whatever its topic, in the text's order.

    With `wanted`, none where none is: the first of the pair tells of a paragraph whether it may hold one that is, the
    second of statements, whose sources are not resolved yet, whether any is. Most articles are then done with after
    a paragraph or two.
    """
    text = article.text
    read = layout(text, article.title)
    if wanted is not None and not _any_wanted(article, read, *wanted):
        return []
    found = attributions(text, article.title, read)
    if not found:
        return []
    discourse = resolver.open(text, article.published)
    spoken: _Spoken = deque(maxlen=MOST_BEFORE)
    by_source: dict[Span, tuple[Span, Resolution]] = {}
    out: list[Statement] = []
    for attribution in found:
        resolution = Resolution()
        if attribution.source is not None:
            if attribution.source not in by_source:
                by_source[attribution.source] = _resolve(attribution, resolver, discourse, spoken)
            source, resolution = by_source[attribution.source]
            if not attribution.nested and not attribution.headline:
                spoken.append((source[0], resolution))
            if source != attribution.source:
                attribution = replace(attribution, source=source)
        out.extend(_statements(article, attribution, resolution))
    return out


def _any_wanted(article: Article, read: Layout, holds: Holds, worth: Worth) -> bool:
    """Whether any paragraph that may hold a wanted statement holds one, or cannot be told by itself."""
    for found in paragraph_by_paragraph(read, holds):
        if found is None or worth([one for a in found for one in _statements(article, a, Resolution())]):
            return True
    return False


def _resolve(
    attribution: Attribution, resolver: Resolver, discourse: Discourse, spoken: _Spoken
) -> tuple[Span, Resolution]:
    """Who the source is, and its span: wider than the attribution's where others stand beside it ("X and Y said")."""
    assert attribution.source is not None
    source = attribution.head or attribution.source
    if source[1] - source[0] > _LONGEST_SOURCE:
        return attribution.source, Resolution()
    wide = widened(discourse, source, attribution.sentence, attribution.cue, resolver.reader.matcher)
    if wide != source:
        together = resolver.resolve(discourse, wide, attribution.sentence, spoken)
        determiner = (
            discourse.text[wide[0] : source[0]].strip().lower() in words("shared-determiner") and wide[1] == source[1]
        )
        if determiner or (together.shared and together.actors):
            return wide, together
    if is_cut_off(discourse, source, attribution.sentence, attribution.cue, resolver.reader.matcher):
        return attribution.source, Resolution()
    return attribution.source, resolver.resolve(discourse, source, attribution.sentence, spoken)


def _statements(article: Article, attribution: Attribution, resolution: Resolution) -> Iterator[Statement]:
    """One statement for each actor; one without an actor where there is none, or where one of several is open."""
    text = article.text
    said = " ".join(text[start:end] for start, end in attribution.spans)
    actors: list[Actor | None] = [*resolution.actors]
    if not actors or resolution.candidates:
        actors.append(None)
    for number, actor in enumerate(actors):
        parts: list[object] = [article.id, attribution.spans, attribution.source, attribution.cue]
        if number:
            parts.append(actor.id if actor else resolution.candidates)
        yield Statement(
            id=content_id(*parts),
            article_id=article.id,
            actor=actor,
            source=_mention(text, attribution.source),
            cue=_mention(text, attribution.cue),
            spans=attribution.spans,
            text=" ".join(said.split()),
            kind=attribution.kind,
            cue_class=attribution.cue_class,
            candidates=() if actor else resolution.candidates,
            medium=attribution.medium,
            headline=attribution.headline,
            nested=attribution.nested,
            spokesperson=resolution.spokesperson,
            joint=resolution.shared,
        )


def _mention(text: str, span: Span | None) -> Mention | None:
    return None if span is None else Mention(text[span[0] : span[1]], *span)
