"""The contract that any engine can map: a table of articles in, a table of statements out, and nothing else touched.

Arrow in, Arrow out. The first pass (stance.screen) runs over the column as it is; only articles that may matter ever
become Python objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from stance.pipeline import Pipeline, knows_by_terms, score_screened, shared_pipeline
from stance.readers import Skipped
from stance.readers.articles import article_of_row
from stance.readers.decoding import MAX_TEXT, TOO_LARGE
from stance.readers.rows import FIELDS, Row
from stance.records import Article, InputError, Scored, scored_json
from stance.report.files import statement_schema, statement_table
from stance.screen import may_matter

VERSION = "1"  # of both schemas; a column added at the end keeps it, any other change counts it up
ROWS = 2048  # articles worked on in one go
_NO_TEXT = "it has no text; leave it out or put an article into it"
_SHOWN = 10_000  # characters of each field of a refused row that are kept beside the reason

_KNOWN = {alias for names in FIELDS.values() for alias in names} | {"path", "article_id"}


@dataclass(frozen=True)
class Outcome:
    """What became of a table of articles: its statements, the rows that could not be used, and how many it had."""

    statements: pa.Table
    refused: pa.Table
    articles: int


def article_schema() -> pa.Schema:
    """The columns that a table of articles may have, of which only `text` is needed.

    Others are passed over, as are columns whose names a file may use instead of these (`body`, `headline`, `date`).
    `article_id` is the id that statements refer to; without it one is made of id, url or path and the text.
    """
    names = ("text", "title", "published", "url", "source", "id", "path", "article_id")
    return pa.schema([(name, pa.string()) for name in names], metadata=_told("articles"))


def scored_schema(classes: tuple[str, ...]) -> pa.Schema:
    """The columns of a table of statements, as in every parquet file of `stance score`."""
    return statement_schema(classes).with_metadata(_told("statements"))


def refused_schema() -> pa.Schema:
    """The columns of a table of refused rows: where each stood, why it was refused, and its fields as JSON."""
    return pa.schema([("where", pa.string()), ("reason", pa.string()), ("row", pa.string())], metadata=_told("refused"))


def score_batch(
    table: pa.Table | pa.RecordBatch,
    *,
    model: str | Path | None = None,
    registry: str | Path | None = None,
    date: str | None = None,
    everything: bool = False,
) -> pa.Table:
    """The statements about military aid in a table of articles (`article_schema`), judged: a table (`scored_schema`).

    Pure: the same rows give the same rows, however they are cut into tables. Model and registry are loaded once in a
    process. Rows that cannot be used are passed over; `score_table` tells them too. Raises InputError for a bad model
    or registry and for a table without a column of text.
    """
    return score_table(table, shared_pipeline(model, registry), date=date, everything=everything).statements


def score_table(
    table: pa.Table | pa.RecordBatch,
    pipeline: Pipeline,
    *,
    date: str | None = None,
    everything: bool = False,
    name: str = "the table",
    first: int = 1,
) -> Outcome:
    """As `score_batch`, with the rows that could not be used; `name` and the number of the `first` row name them."""
    found: list[Scored] = []
    refused: list[dict[str, str | None]] = []
    batches = table.to_batches(max_chunksize=ROWS) if isinstance(table, pa.Table) else [table]
    for batch in batches:
        articles: list[Article] = []
        for row in _rows(batch, name, first, everything or not knows_by_terms(pipeline)):
            made = _article(row, date) if isinstance(row, Row) else row
            if isinstance(made, Article):
                articles.append(made)
            else:
                refused.append(refusal(made, row.fields if isinstance(row, Row) else {}))
        for one in _scored(articles, pipeline, everything):
            if isinstance(one, Skipped):
                refused.append(refusal(one, {}))
            else:
                found.append(one)
        first += batch.num_rows
    classes = pipeline.model.classes
    statements = statement_table(map(scored_json, found), classes).replace_schema_metadata(_told("statements"))
    return Outcome(statements, pa.Table.from_pylist(refused, schema=refused_schema()), table.num_rows)


def refusal(skipped: Skipped, fields: dict[str, Any]) -> dict[str, str | None]:
    """The row of `refused_schema` for what was passed over."""
    shown = {key: str(value)[:_SHOWN] for key, value in fields.items() if value is not None}
    text = json.dumps(shown, ensure_ascii=True) if shown else None
    return {"where": skipped.where, "reason": skipped.reason, "row": text}


def _told(what: str) -> dict[str, str]:
    return {"stance.schema": what, "stance.schema_version": VERSION}


def _rows(batch: pa.RecordBatch, name: str, first: int, every: bool) -> Iterator[Row | Skipped]:
    """The rows of a batch that may matter, or all, and those that have no text."""
    columns: dict[str, Any] = {}
    for i, field in enumerate(batch.schema):
        column = _bytes(batch.column(i)) if field.name.lower() in _KNOWN else None
        if column is not None:
            columns[field.name.lower()] = column
    texts = [columns[alias] for alias in FIELDS["text"] if alias in columns]
    if not texts:
        raise InputError(f"{name}: it has no text column, only {', '.join(batch.schema.names)}; name that column text.")
    blank = pa.nulls(batch.num_rows, pa.bool_()).fill_null(True)
    wanted = pa.nulls(batch.num_rows, pa.bool_()).fill_null(every)
    for column in texts:
        text = column.view(pa.string())  # as it is: what is no UTF-8 is mended where it is read
        blank = pc.and_(blank, pc.invert(pc.match_substring_regex(text, r"[^\s\p{Z}]").fill_null(False)))
        if not every:
            wanted = pc.or_(wanted, pa.array(may_matter(text)))
    huge = pc.greater(pc.max_element_wise(*(pc.binary_length(column) for column in texts)), MAX_TEXT).fill_null(False)
    for at in pc.indices_nonzero(pc.or_(blank, huge)).to_pylist():
        reason = TOO_LARGE.format(MAX_TEXT // 2**20) if huge[at].as_py() else _NO_TEXT
        yield Skipped(f"{name}, row {first + at}", reason)
    picked = pc.indices_nonzero(pc.and_not(wanted, pc.or_(blank, huge)))
    kept = {key: column.take(picked) for key, column in columns.items()}
    for i, at in enumerate(picked.to_pylist()):
        where = f"{name}, row {first + at}"
        yield Row(where, {key: _decoded(column[i].as_py()) for key, column in kept.items()})


def _bytes(column: pa.Array) -> pa.Array | None:
    """A column of text as the bytes it holds; None for a column of another kind."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_temporal(column.type) or pa.types.is_integer(column.type):
        column = column.cast(pa.string())
    if pa.types.is_string_view(column.type) or pa.types.is_binary_view(column.type):
        column = column.cast(pa.binary() if pa.types.is_binary_view(column.type) else pa.string())
    if pa.types.is_large_string(column.type) or pa.types.is_large_binary(column.type):
        column = column.cast(pa.large_binary()).cast(pa.binary())
    if pa.types.is_string(column.type):
        column = column.view(pa.binary())
    if pa.types.is_null(column.type):
        column = column.cast(pa.binary())
    return column if pa.types.is_binary(column.type) else None


def _decoded(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


def _article(row: Row, date: str | None) -> Article | Skipped:
    """The article of a row; one that has its id was made and looked at before."""
    known = row.fields.get("article_id")
    made = article_of_row(row, row.fields.get("path") or "", date, known is not None)
    if isinstance(made, Skipped):
        return made
    return replace(made, id=known or made.id, path=made.path or None)


def _scored(articles: list[Article], pipeline: Pipeline, everything: bool) -> Iterator[Scored | Skipped]:
    """The scored statements; an article that we fail on is told, and costs no other one."""
    try:
        yield from list(score_screened(articles, pipeline, everything))
    except Exception as error:
        if len(articles) == 1:
            where = articles[0].url or articles[0].path or articles[0].id
            yield Skipped(where, f"stance failed on it ({type(error).__name__}: {error}); please report it")
            return
        for half in (articles[: len(articles) // 2], articles[len(articles) // 2 :]):
            yield from _scored(half, pipeline, everything)
