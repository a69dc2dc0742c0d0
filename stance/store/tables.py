"""The tables of the store. What they look like on disk is made by the migrations; a test holds the two together.

An article and a statement are rows with a number of their own, `key`, which a new text, a new labeler or a new model
leaves alone; `id` is that of the record they now hold. Reviews and verdicts name the key.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Text,
    false,
)

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)

Row = dict[str, Any]

articles = Table(
    "articles",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("title", Text),
    Column("text", Text, nullable=False),
    Column("published", String(10)),
    Column("url", Text, index=True),
    Column("source", Text),
    Column("path", Text),
    Index("ix_articles_path_title", "path", "title"),
)

models = Table(
    "models",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("info", JSON, nullable=False),
    Column("added_at", String(32), nullable=False),
)

# state: "current" (in the article and found by the labeler), "kept" (reviewed and in the article, but no longer found
# by the labeler), "gone" (reviewed, no longer in the article), "dropped" (never reviewed, no longer found)
statements = Table(
    "statements",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", String(64), nullable=False, index=True),
    Column("article_key", Integer, ForeignKey("articles.key"), nullable=False, index=True),
    Column("state", String(8), nullable=False),
    Column("actor_id", Text),
    Column("actor", Text),
    Column("actor_kind", String(16)),
    Column("country", String(3)),
    Column("source", JSON),
    Column("cue", JSON),
    Column("spans", JSON, nullable=False),
    Column("quotes", JSON),  # of a statement that is not in the article as it is now, by which it can be found again
    Column("text", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("cue_class", String(16), nullable=False),
    Column("candidates", JSON, nullable=False),
    Column("medium", Text),
    Column("headline", Boolean, nullable=False),
    Column("nested", Boolean, nullable=False),
    Column("spokesperson", Boolean, nullable=False),
    Column("joint", Boolean, nullable=False),
    Column("relevance", Float, nullable=False),
    Column("items", JSON, nullable=False),
    Column("recipient", String(3)),
    Column("model_id", String(16), ForeignKey("models.id"), nullable=False),  # of its newest judgement
    # how much its label would teach, by strategy of stance.review.strategies; and its lot in [0, 1) for double work
    Column("uncertainty", Float, nullable=False),
    Column("disagreement", Float, nullable=False),
    Column("novelty", Float, nullable=False),
    Column("mixed", Float, nullable=False),
    Column("lot", Float, nullable=False),
    # of its verdicts: how many people have judged it, and whether they conflict or an adjudicator has settled it
    Column("judged_by", Integer, nullable=False, server_default="0"),
    Column("conflict", Boolean, nullable=False, server_default=false()),
    Column("settled", Boolean, nullable=False, server_default=false()),
    Column("gold", Boolean, nullable=False, server_default=false()),
    *(
        Index(f"ix_statements_queue_{name}", "state", name)
        for name in ("uncertainty", "disagreement", "novelty", "mixed", "lot")
    ),
    Index("ix_statements_leaders", "actor_id", "state", "judged_by"),
    Index("ix_statements_progress", "state", "judged_by", "conflict", "settled", "gold", "lot"),
)

judgements = Table(
    "judgements",
    metadata,
    Column("statement_key", Integer, ForeignKey("statements.key"), primary_key=True),
    Column("model_id", String(16), ForeignKey("models.id"), primary_key=True),
    Column("stance", Text),
    Column("probabilities", JSON, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("needs_review", Boolean, nullable=False),
    Column("because", JSON, nullable=False),
    Column("at", String(32), nullable=False),
)

annotators = Table(
    "annotators",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("token_hash", String(64), unique=True),
    Column("added_at", String(32), nullable=False),
)

# The history: rows are only ever added, which triggers see to. `text`, `article_id` and `from_…` say what was seen.
reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("statement_key", Integer, ForeignKey("statements.key"), nullable=False, index=True),
    Column("at", String(32), nullable=False),
    Column("annotator", String(80), ForeignKey("annotators.name"), nullable=False, index=True),
    Column("action", String(8), nullable=False),
    Column("label", String(16)),
    Column("actor_id", Text),
    Column("actor", Text),
    Column("spans", JSON),
    Column("note", Text),
    Column("gold", Boolean, nullable=False, server_default=false()),
    Column("from_label", String(16)),
    Column("from_actor_id", Text),
    Column("from_spans", JSON),
    Column("model_id", String(16)),
    Column("article_id", String(64), nullable=False),
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,
)

# What the history comes to: each person's newest word on each statement.
verdicts = Table(
    "verdicts",
    metadata,
    Column("statement_key", Integer, ForeignKey("statements.key"), primary_key=True),
    Column("annotator", String(80), ForeignKey("annotators.name"), primary_key=True),
    Column("action", String(8), primary_key=True),
    Column("review_id", Integer, ForeignKey("reviews.id"), nullable=False),
    Column("at", String(32), nullable=False),
    Column("label", String(16)),
    Column("actor_id", Text),
    Column("actor", Text),
    Column("spans", JSON),
    Column("quotes", JSON),
    Column("note", Text),
    Column("gold", Boolean, nullable=False, server_default=false()),
    Index("ix_verdicts_annotator", "annotator", "action", "statement_key"),
)

# Labels that cross-validation finds doubtful, of the newest audit. `statement_key` is None for a labeled file's.
suspects = Table(
    "suspects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("statement_key", Integer, ForeignKey("statements.key")),
    Column("place", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("label", String(16), nullable=False),
    Column("suggested", String(16), nullable=False),
    Column("quality", Float, nullable=False),
)


def rows_of(connection: Connection, query: Select[Any]) -> list[Row]:
    """All rows of a query, by column name."""
    return [dict(row._mapping) for row in connection.execute(query)]


def row_of(connection: Connection, query: Select[Any]) -> Row | None:
    """The first row of a query, None without any."""
    row = connection.execute(query).first()
    return None if row is None else dict(row._mapping)
