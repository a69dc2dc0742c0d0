"""The whole path for articles: label, tell the topic, judge. In: `Article`s; out: `Scored` statements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from stance.actors.registry import Registry, load_registry
from stance.actors.resolver import Resolver
from stance.features import normalize
from stance.labeling import Holds, Worth, label
from stance.model import AID, StanceModel, load_model, model_text
from stance.records import Article, Judgement, Scored, Statement, Topic
from stance.screen import screened
from stance.topic import ON_TOPIC, has_term, leads, may_speak, own_signals, topics

_BATCH = 64  # articles judged in one go: the vectorizers cost less per statement in batches


@dataclass(frozen=True)
class Pipeline:
    """What scoring needs, loaded once."""

    registry: Registry
    resolver: Resolver
    model: StanceModel


def load_pipeline(model: str | Path | None = None, registry: str | Path | None = None) -> Pipeline:
    """Loads the model folder and the registry (the released ones by default). Raises InputError for bad ones."""
    actors = load_registry(registry)
    return Pipeline(actors, Resolver(actors), load_model(model))


def score(articles: Iterable[Article], pipeline: Pipeline, keep_off_topic: bool = False) -> Iterator[Scored]:
    """Every statement about military aid in the articles, judged, in order; off-topic ones too where asked for.

    Articles without any term of military aid are passed over unread: nothing in them can be on the topic.
    """
    by_terms = not keep_off_topic and knows_by_terms(pipeline)
    yield from score_screened(screened(articles) if by_terms else articles, pipeline, keep_off_topic)


def score_screened(articles: Iterable[Article], pipeline: Pipeline, keep_off_topic: bool = False) -> Iterator[Scored]:
    """As `score`, of articles that the first pass has been over."""
    for batch in _batches(articles):
        yield from _score_batch(batch, pipeline, keep_off_topic)


def knows_by_terms(pipeline: Pipeline) -> bool:
    """Whether the terms of military aid tell beforehand what can be on the topic: the model is about it."""
    return pipeline.model.issue == AID


def _score_batch(batch: Sequence[Article], pipeline: Pipeline, keep_off_topic: bool) -> Iterator[Scored]:
    by_terms = not keep_off_topic and knows_by_terms(pipeline)
    kept = [
        (article, statement, topic)
        for article, rows in zip(batch, _labeled(batch, pipeline, by_terms), strict=True)
        for statement, topic in _worth_judging(rows)
        if keep_off_topic or topic.relevance >= ON_TOPIC
    ]
    about = [row for row in kept if row[2].relevance >= ON_TOPIC]
    judged = iter(pipeline.model.judge([model_text(statement) for _, statement, _ in about]))
    for article, statement, topic in kept:
        if topic.relevance >= ON_TOPIC:
            yield Scored(article, statement, topic, next(judged))
        else:
            yield Scored(article, statement, Topic(topic.relevance, (), None), Judgement(None))


def _labeled(
    batch: Sequence[Article], pipeline: Pipeline, only_on_topic: bool = False
) -> list[list[tuple[Statement, Topic]]]:
    """The statements of each article with their topics; one call of the relevance model for the batch.

    Where only those on the topic are asked for, the others may be left out or have a relevance that is too high.
    """
    labeled = [label(article, pipeline.resolver, _wanted(article, pipeline, only_on_topic)) for article in batch]
    asked = [s for rows in labeled for s in rows if not only_on_topic or has_term(own_signals(s))]
    relevance = dict(zip(map(id, asked), pipeline.model.relevance_of([model_text(s) for s in asked]), strict=True))
    out = []
    for article, statements in zip(batch, labeled, strict=True):
        known = [relevance.get(id(s)) for s in statements]
        probabilities = [None if p is None else float(p) for p in known]
        if pipeline.model.issue == AID:
            found = topics(article, statements, probabilities, pipeline.registry)
        else:  # the lexicons of items and aid say nothing of another issue
            found = [Topic(p or 0.0) for p in probabilities]
        out.append(list(zip(statements, found, strict=True)))
    return out


def _wanted(article: Article, pipeline: Pipeline, only_on_topic: bool) -> tuple[Holds, Worth] | None:
    """What tells of an article's paragraphs and statements whether any is on the topic; None where all are wanted."""
    if not only_on_topic:
        return None

    def worth(statements: Sequence[Statement]) -> bool:
        asked = [s for s in statements if has_term(own_signals(s))]
        relevance = pipeline.model.relevance_of([model_text(s) for s in asked])
        by_itself = any(leads(article.text, s, float(p)) for s, p in zip(asked, relevance, strict=True))
        return by_itself or any(leads(article.text, s, None) for s in statements)

    return may_speak, worth


def _worth_judging(rows: Sequence[tuple[Statement, Topic]]) -> list[tuple[Statement, Topic]]:
    """Leaves out what repeats another statement of the article: an act or thought retold inside other words, a
    headline whose statement the body makes again, an act that is not about aid."""
    out = []
    body = [s for s, _ in rows if not s.headline]
    for statement, topic in rows:
        if statement.kind == "act" and (statement.nested or topic.relevance < ON_TOPIC):
            continue
        if statement.nested and (statement.actor is None or statement.kind == "ascribed"):
            continue
        if statement.headline and any(_restates(other, statement) for other in body):
            continue
        out.append((statement, topic))
    return out


def _restates(body: Statement, headline: Statement) -> bool:
    """Whether a body statement of the same source holds half of a headline statement's words."""
    same = body.actor == headline.actor if headline.actor else True
    words = set(re.findall(r"\w{4,}", normalize(headline.text)))
    stems = {w[:5] for w in re.findall(r"\w{4,}", normalize(body.text))}
    return same and bool(words) and sum(w[:5] in stems for w in words) >= 0.5 * len(words)


def labeled_articles(
    articles: Iterable[Article], model: str | Path | None, registry: str | Path | None, everything: bool
) -> Iterator[tuple[Article, list[Statement]]]:
    """Each article with its statements, unjudged: those of registry actors about aid, or every one."""
    pipeline = load_pipeline(model, registry)
    for article in articles:
        if everything:
            yield article, [s for s in label(article, pipeline.resolver) if s.kind != "act"]
        else:
            rows = _worth_judging(_labeled([article], pipeline)[0])
            yield article, [s for s, t in rows if s.actor is not None and t.relevance >= ON_TOPIC]


def score_in_processes(
    articles: Iterable[Article],
    model: str | Path | None,
    registry: str | Path | None,
    keep_off_topic: bool = False,
    jobs: int = 1,
) -> Iterator[Scored]:
    """`score` over worker processes, in the articles' order; each worker loads model and registry once."""
    if jobs == 1:
        yield from score(articles, load_pipeline(model, registry), keep_off_topic)
        return
    from joblib import Parallel, delayed

    load_pipeline(model, registry)  # bad ones are told here, in one sentence, not by each worker
    tasks = (delayed(_score_list)(batch, model, registry, keep_off_topic) for batch in _batches(articles))
    for rows in Parallel(n_jobs=jobs, return_as="generator")(tasks):
        yield from rows


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    pending = iter(articles)
    while batch := list(islice(pending, _BATCH)):
        yield batch


@cache
def shared_pipeline(model: str | Path | None, registry: str | Path | None) -> Pipeline:
    """As `load_pipeline`, loaded once in a process."""
    return load_pipeline(model, registry)


def _score_list(
    batch: list[Article], model: str | Path | None, registry: str | Path | None, keep_off_topic: bool
) -> list[Scored]:
    return list(score(batch, shared_pipeline(model, registry), keep_off_topic))
