"""Labeling: marks each actor's statements in an article, who said what, to the character.

In: an `Article` and a `Resolver` over the registry. Out: `Statement` records. What is said is found by
`attribution` (quotations, cues, sources, contents), who said it by `stance.actors.resolver`.
"""

from __future__ import annotations

from stance.actors.resolver import Resolution, Resolver
from stance.labeling.attribution import Attribution, attributions
from stance.records import Article, Mention, Span, Statement, content_id

__all__ = ["Attribution", "attributions", "label"]


def label(article: Article, resolver: Resolver) -> list[Statement]:
    """Every attributed statement of an article, whoever its source and whatever its topic, in the text's order."""
    text = article.text
    found = attributions(text, article.title)
    if not found:
        return []
    discourse = resolver.open(text, article.published)
    spoken: list[tuple[int, Resolution]] = []
    by_source: dict[Span, Resolution] = {}
    out = []
    for attribution in found:
        resolution = Resolution(None)
        if attribution.source is not None:
            if attribution.source not in by_source:
                head = attribution.head or attribution.source
                by_source[attribution.source] = resolver.resolve(discourse, head, attribution.sentence, spoken)
            resolution = by_source[attribution.source]
            if not attribution.nested and not attribution.headline:
                spoken.append((attribution.source[0], resolution))
        out.append(_statement(article, attribution, resolution))
    return out


def _statement(article: Article, attribution: Attribution, resolution: Resolution) -> Statement:
    text = article.text
    said = " ".join(text[start:end] for start, end in attribution.spans)
    return Statement(
        id=content_id(article.id, attribution.spans, attribution.source, attribution.cue),
        article_id=article.id,
        actor=resolution.actor,
        source=_mention(text, attribution.source),
        cue=_mention(text, attribution.cue),
        spans=attribution.spans,
        text=" ".join(said.split()),
        kind=attribution.kind,
        cue_class=attribution.cue_class,
        candidates=resolution.candidates,
        medium=attribution.medium,
        headline=attribution.headline,
        nested=attribution.nested,
    )


def _mention(text: str, span: Span | None) -> Mention | None:
    return None if span is None else Mention(text[span[0] : span[1]], *span)
