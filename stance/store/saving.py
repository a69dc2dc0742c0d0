"""Scored articles into the store: each one whole, in a transaction, over what is known of it already.

An article is the one of before by its id, else by its address, else by its path and title (and, where a file holds
many articles, by most of its words). Two articles of one run are never one. Its statements keep their rows, and so
their reviews: `stance.store.matching` says which is which. Scoring the same articles again with the same model changes
nothing.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from stance.model import StanceModel, model_fingerprint, model_text
from stance.readers.formats import WHOLE, kind_of
from stance.records import Article, Mention, Scored, scored_json, spans_of
from stance.store.connect import Store
from stance.store.loading import scored_of_row
from stance.store.matching import Known, Quote, Spans, find, match, quotes_of, relocate
from stance.store.reviews import now
from stance.store.tables import Row, articles, judgements, models, row_of, rows_of, statements, verdicts
from stance.strategies import Teaching, lot, teaching
from stance.topic import ON_TOPIC

_BATCH = 64  # articles a transaction
_NEAR = 20
_DIGITS = 9  # the last bits of a product of matrices differ from one run to the next
_SAME_TEXT = 0.5
_SAME_NAME = (
    *("id", "actor_id", "actor", "country", "source", "cue", "spans", "text", "kind", "candidates"),
    *("medium", "nested", "spokesperson", "joint", "items", "recipient"),
)
_FIELDS = ("title", "published", "url", "source", "path")


def save(
    store: Store,
    read: Iterable[Article],
    score: Callable[[Iterable[Article]], Iterable[Scored]],
    model: StanceModel,
    on_article: Callable[[Sequence[Scored]], None] | None = None,
) -> Counter[str]:
    """Scores articles as they are read and saves them; counts what became of their statements, and the articles.

    `score` gives the scored statements of articles in the articles' order. `on_article` is told of each article's.
    """
    model_id = model_fingerprint(model.folder)
    with store.write() as connection:
        if connection.execute(select(models.c.id).where(models.c.id == model_id)).first() is None:
            connection.execute(insert(models).values(id=model_id, info=_brief(model), added_at=now()))
    counts: Counter[str] = Counter()
    touched: set[int] = set()
    batch: list[tuple[Article, list[Scored]]] = []
    for article, rows in by_article(read, score):
        if on_article is not None:
            on_article(rows)
        batch.append((article, rows))
        if len(batch) == _BATCH:
            counts += _save_batch(store, batch, model, model_id, touched)
            batch = []
    return counts + _save_batch(store, batch, model, model_id, touched)


def by_article(
    read: Iterable[Article], score: Callable[[Iterable[Article]], Iterable[Scored]]
) -> Iterator[tuple[Article, list[Scored]]]:
    """Each article once, with its statements, also where it has none. `score` may read ahead."""
    waiting: deque[Article] = deque()
    seen: set[str] = set()

    def tapped() -> Iterator[Article]:
        for article in read:
            if article.id not in seen:
                seen.add(article.id)
                waiting.append(article)
                yield article

    for article_id, rows in groupby(score(tapped()), key=lambda one: one.article.id):
        while waiting[0].id != article_id:
            yield waiting.popleft(), []
        yield waiting.popleft(), list(rows)
    while waiting:
        yield waiting.popleft(), []


def _brief(model: StanceModel) -> dict[str, Any]:
    return {name: model.info.get(name) for name in ("issue", "classes", "corpus_sha256", "sentences", "versions")}


def _save_batch(
    store: Store, batch: Sequence[tuple[Article, list[Scored]]], model: StanceModel, model_id: str, touched: set[int]
) -> Counter[str]:
    counts: Counter[str] = Counter(articles=len(batch))
    with store.write() as connection:
        for article, rows in batch:
            counts += _save_article(connection, article, rows, model, model_id, touched)
    return counts


def _save_article(
    connection: Connection,
    article: Article,
    rows: Sequence[Scored],
    model: StanceModel,
    model_id: str,
    touched: set[int],
) -> Counter[str]:
    key, before = _article_row(connection, article, touched)
    touched.add(key)
    old = rows_of(connection, select(statements).where(statements.c.article_key == key).order_by(statements.c.key))
    places = [_place(row, before, article.text) for row in old]
    known = [None if place is None else Known(place, row["actor_id"]) for place, row in zip(places, old, strict=True)]
    new = [Known(one.statement.spans, one.statement.actor.id if one.statement.actor else None) for one in rows]
    same = match(known, new)
    counts: Counter[str] = Counter()
    saved: list[tuple[int, Scored]] = []
    values = [
        _statement_row(one, worth) | {"state": "current", "model_id": model_id, "quotes": None}
        for one, worth in zip(rows, teaching(rows, model), strict=True)
    ]
    fresh = [i for i in range(len(rows)) if i not in same]
    for i, j in same.items():
        moved = spans_of(old[j]["spans"]) != rows[i].statement.spans
        counts["moved" if moved else "as before"] += 1
        _update(connection, old[j], values[i])
        saved.append((old[j]["key"], rows[i]))
    for i in fresh:
        added = values[i] | {"article_key": key, "lot": lot(rows[i].statement.id)}
        found = connection.execute(insert(statements).values(added))
        assert found.inserted_primary_key is not None
        saved.append((int(found.inserted_primary_key[0]), rows[i]))
        counts["new"] += 1
    for j in sorted(set(range(len(old))) - set(same.values())):
        state, judged = _unmatched(connection, old[j], places[j], before, article, model, model_id)
        counts[state] += 1
        if judged is not None:
            saved.append((old[j]["key"], judged))
    if before != article.text:
        _move_verdicts(connection, [row["key"] for row in old], before, article.text)
    _judge(connection, saved, model_id)
    return counts


def _article_row(connection: Connection, article: Article, touched: Collection[int]) -> tuple[int, str]:
    """The article's row, written, and the text that stood in it before."""
    values = {"id": article.id, "text": article.text, **{name: getattr(article, name) for name in _FIELDS}}
    row = _known_article(connection, article, touched)
    if row is None:
        found = connection.execute(insert(articles).values(values))
        assert found.inserted_primary_key is not None
        return int(found.inserted_primary_key[0]), article.text
    _update(connection, row, values, articles)
    return int(row["key"]), str(row["text"])


def _known_article(connection: Connection, article: Article, touched: Collection[int]) -> Row | None:
    found = row_of(connection, select(articles).where(articles.c.id == article.id))
    if found is not None:
        return found
    if article.url is not None:
        where = articles.c.url == article.url
    elif article.path is not None:
        where = (
            articles.c.url.is_(None)
            & (articles.c.path == article.path)
            & articles.c.title.is_not_distinct_from(article.title)
        )
    else:
        return None
    near = rows_of(connection, select(articles).where(where).order_by(articles.c.key).limit(_NEAR))
    waiting = [row for row in near if row["key"] not in touched]  # a run's own articles are all there, side by side
    if article.url is not None or (article.path is not None and _holds_one(article.path)):
        return waiting[0] if waiting else None
    alike = [row for row in waiting if _likeness(row["text"], article.text) >= _SAME_TEXT]
    return max(alike, key=lambda row: _likeness(row["text"], article.text), default=None)


def _holds_one(path: str) -> bool:
    """Whether a file is one article; a table's rows go by their title and their words."""
    return kind_of(Path(path)) in WHOLE


def _likeness(one: str, other: str) -> float:
    """The words that two texts share, of all words of either (Jaccard)."""
    mine, theirs = set(one.split()), set(other.split())
    return len(mine & theirs) / max(1, len(mine | theirs))


def _place(row: Row, before: str, text: str) -> Spans | None:
    """Where the content of a statement or verdict stands in an article's text of now."""
    if row["quotes"]:
        return find([Quote(*quote) for quote in row["quotes"]], text)
    return relocate(spans_of(row["spans"]), before, text)


def _unmatched(
    connection: Connection,
    row: Row,
    place: Spans | None,
    before: str,
    article: Article,
    model: StanceModel,
    model_id: str,
) -> tuple[str, Scored | None]:
    """What becomes of a statement that the labeler no longer finds: its new state and, if kept, its judgement."""
    if place is None or not (row["judged_by"] or row["settled"]):
        state = "gone" if row["judged_by"] or row["settled"] else "dropped"
        quotes = row["quotes"] or [list(quote) for quote in quotes_of(spans_of(row["spans"]), before)]
        _update(connection, row, {"state": state, "quotes": quotes})
        return state, None
    was = scored_of_row(row, article)
    source, cue = (_mention(m, before, article.text) for m in (was.statement.source, was.statement.cue))
    statement = replace(was.statement, spans=place, source=source, cue=cue)
    judged = model.judge([model_text(statement)])[0] if was.topic.relevance >= ON_TOPIC else was.judgement
    kept = Scored(article, statement, was.topic, judged)
    _update(
        connection,
        row,
        {"state": "kept", "model_id": model_id, "quotes": None, **_statement_row(kept, *teaching([kept], model))},
    )
    return "kept", kept


def _mention(mention: Mention | None, before: str, text: str) -> Mention | None:
    """A kept statement's speaker or cue where it stands now."""
    place = relocate(((mention.start, mention.end),), before, text) if mention is not None else None
    return Mention(mention.text, *place[0]) if mention is not None and place else None


def _statement_row(one: Scored, worth: Teaching) -> dict[str, Any]:
    row, statement = scored_json(one), one.statement
    return {
        **{name: row[name] for name in _SAME_NAME},
        "actor_kind": statement.actor.kind if statement.actor else None,
        "cue_class": statement.cue_class,
        "headline": statement.headline,
        "relevance": round(one.topic.relevance, _DIGITS),
        **worth._asdict(),
    }


def _judge(connection: Connection, saved: Sequence[tuple[int, Scored]], model_id: str) -> None:
    for key, one in saved:
        judgement = one.judgement
        values = {
            "stance": judgement.stance,
            "probabilities": {label: round(p, _DIGITS) for label, p in judgement.probabilities.items()},
            "confidence": round(judgement.confidence, _DIGITS),
            "needs_review": judgement.needs_review,
            "because": [[term, round(weight, _DIGITS)] for term, weight in judgement.because],
        }
        where = (judgements.c.statement_key == key) & (judgements.c.model_id == model_id)
        found = row_of(connection, select(judgements).where(where))
        if found is None:
            connection.execute(insert(judgements).values(statement_key=key, model_id=model_id, at=now(), **values))
        elif any(found[name] != value for name, value in values.items()):
            connection.execute(update(judgements).where(where).values(at=now(), **values))


def _move_verdicts(connection: Connection, keys: Sequence[int], before: str, after: str) -> None:
    """People's own spans, moved to where their text stands now."""
    for row in rows_of(connection, select(verdicts).where(verdicts.c.statement_key.in_(keys))):
        if not row["spans"]:
            continue
        place = _place(row, before, after)
        if place is not None:
            values: dict[str, Any] = {"spans": [list(span) for span in place], "quotes": None}
        else:
            values = {"quotes": row["quotes"] or [list(quote) for quote in quotes_of(spans_of(row["spans"]), before)]}
        where = (verdicts.c.review_id == row["review_id"]) & (verdicts.c.statement_key == row["statement_key"])
        connection.execute(update(verdicts).where(where).values(values))


def _update(connection: Connection, row: Row, values: dict[str, Any], table: Table = statements) -> None:
    """Writes what differs."""
    changed = {name: value for name, value in values.items() if row[name] != value}
    if changed:
        connection.execute(update(table).where(table.c.key == row["key"]).values(changed))
