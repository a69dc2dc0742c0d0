"""Statements and positions as files: jsonl, csv and parquet, each written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from stance.records import STANCES, InputError, Move, Position, Scored, move_json, position_json, scored_json
from stance.report.atomic import atomic_file, write_text

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("jsonl", "csv", "parquet")
_BATCH = 4096
_BLANK = r"\s\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
# some programs strip blanks before they look for a formula, and some take the wide and small forms for the plain ones
_FORMULA = re.compile(f"[\t\r\n]|[{_BLANK}]*[=+@＝＋－＠﹢﹣﹦﹫-]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

Row = Mapping[str, Any]


def columns(classes: Sequence[str] = STANCES) -> tuple[str, ...]:
    """The columns of a statement in csv and parquet; `classes` are the labels the model judges by."""
    return (
        *("id", "article_id", "path", "title", "published", "actor_id", "actor", "country"),
        *(f"{mention}_{part}" for mention in ("source", "cue") for part in ("text", "start", "end")),
        *("spans", "text", "kind", "candidates", "spokesperson", "joint", "nested", "medium"),
        *("items", "recipient", "relevance", "stance"),
        *(f"probabilities_{label}" for label in classes),
        *("confidence", "needs_review", "because", "url", "outlet", "reviewed_by"),
    )


class _Sink(Protocol):
    """Takes rows (scored_json objects) one by one, and is told of the end, good or bad."""

    def write(self, row: Row) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> None: ...


def format_of(path: Path) -> str:
    """The format that a file's name asks for; InputError for a name that asks for none of ours."""
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in FORMATS:
        raise InputError(f"{path} must end in .jsonl, .csv or .parquet, so that its format is known.")
    return suffix


class StatementWriter:
    """Writes scored statements one by one, as a context manager.

    A path is written atomically: it appears, or is replaced, when the block ends without an error. A binary
    stream (`sys.stdout.buffer`) is written to as it goes and left open. `format` is the name's by default.
    """

    def __init__(self, target: Path | BinaryIO, format: str | None = None, classes: Sequence[str] = STANCES) -> None:
        if format is None:
            format = format_of(target) if isinstance(target, Path) else "jsonl"
        if format not in FORMATS:
            raise InputError(f"{format!r} is no format for statements: choose one of {', '.join(FORMATS)}.")
        self._target, self._format, self._classes = target, format, classes
        self._stack = ExitStack()
        self._sink: _Sink | None = None

    def __enter__(self) -> StatementWriter:
        target = self._target
        with ExitStack() as stack:
            file = stack.enter_context(atomic_file(target)) if isinstance(target, Path) else target
            self._sink = _SINKS[self._format](file, self._classes)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sink, self._sink = self._sink, None
        try:
            if sink is not None and error is None:
                sink.finish()
            elif sink is not None:
                sink.abandon()
        except BaseException as failure:
            self._stack.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self._stack.__exit__(kind, error, trace)

    def write(self, scored: Scored) -> None:
        """Writes one statement."""
        self.write_row(scored_json(scored))

    def write_row(self, row: Row) -> None:
        """Writes one statement that already is an object of the CLI contract."""
        if self._sink is None:
            raise RuntimeError("StatementWriter is used outside of its with block")
        self._sink.write(row)


def write_statements(path: Path, scored: Iterable[Scored]) -> None:
    """Writes scored statements to a .jsonl, .csv or .parquet file."""
    with StatementWriter(path) as writer:
        for one in scored:
            writer.write(one)


def write_positions_json(path: Path, positions: Sequence[Position], *, generated: str) -> None:
    """Writes positions as one JSON object: "generated" and "positions"."""
    content = {"generated": generated, "positions": [position_json(p) for p in positions]}
    write_text(path, json_text(content, indent=1) + "\n")


def write_moves_json(path: Path, moves: Sequence[Move], *, generated: str) -> None:
    """Writes moves as one JSON object: "generated" and "moves"."""
    write_text(path, json_text({"generated": generated, "moves": [move_json(m) for m in moves]}, indent=1) + "\n")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Writes rows as csv: lists as JSON, nothing for None, no cell that a spreadsheet would take for a formula."""
    with atomic_file(path) as file:
        sheet = _Sheet(file, columns)
        for row in rows:
            sheet.write(row)
        sheet.finish()


def flat(row: Row, classes: Sequence[str] = STANCES) -> dict[str, Any]:
    """A row of the CLI contract with nested names joined by "_"; lists stay lists, and null stays None."""
    out = {name: row.get(name) for name in columns(classes)}
    for outer, parts in (("source", ("text", "start", "end")), ("cue", ("text", "start", "end"))):
        mention = row.get(outer) or {}
        out |= {f"{outer}_{part}": mention.get(part) for part in parts}
    probabilities = row.get("probabilities") or {}
    return out | {f"probabilities_{label}": probabilities.get(label) for label in classes}


def statement_schema(classes: Sequence[str] = STANCES) -> pa.Schema:
    """The Arrow schema of a statement: that of every parquet file written here."""
    import pyarrow as pa

    kinds: dict[str, pa.DataType] = {name: pa.string() for name in columns(classes)}
    kinds |= {f"{mention}_{edge}": pa.int64() for mention in ("source", "cue") for edge in ("start", "end")}
    kinds |= {f"probabilities_{label}": pa.float64() for label in classes}
    kinds |= {"relevance": pa.float64(), "confidence": pa.float64(), "needs_review": pa.bool_()}
    kinds |= {
        "spokesperson": pa.bool_(),
        "joint": pa.bool_(),
        "nested": pa.bool_(),
        "candidates": pa.list_(pa.string()),
    }
    kinds |= {"spans": pa.list_(pa.list_(pa.int64())), "items": pa.list_(pa.string())}
    kinds["reviewed_by"] = pa.list_(pa.string())
    kinds["because"] = pa.list_(pa.struct([("term", pa.string()), ("contribution", pa.float64())]))
    return pa.schema(list(kinds.items()))


def statement_table(rows: Iterable[Row], classes: Sequence[str] = STANCES) -> pa.Table:
    """Rows of the CLI contract as an Arrow table of `statement_schema`."""
    import pyarrow as pa

    return pa.Table.from_pylist([_arrow_row(row, classes) for row in rows], schema=statement_schema(classes))


def _arrow_row(row: Row, classes: Sequence[str]) -> dict[str, Any]:
    cells = {name: well_formed(value) for name, value in flat(row, classes).items()}
    return cells | {"because": [{"term": term, "contribution": weight} for term, weight in cells["because"] or ()]}


def harmless(cell: str) -> str:
    """Text for a csv cell; with an apostrophe before what a spreadsheet would take for a formula."""
    return "'" + cell if _FORMULA.match(cell) else cell


def csv_line(cells: Sequence[Any]) -> str:
    """A line of csv: lists as JSON, and nothing that a spreadsheet would take for a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return json_text(value)
    return harmless(value) if isinstance(value, str) else value


def json_text(value: object, indent: int | None = None) -> str:
    """JSON in readable UTF-8; in escapes where it holds halves of surrogate pairs, which UTF-8 cannot."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return json.dumps(value, indent=indent) if _SURROGATE.search(text) else text


def well_formed(value: Any) -> Any:
    """The value with U+FFFD for halves of surrogate pairs, so that it has a UTF-8 form of the same length."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    return [well_formed(part) for part in value] if isinstance(value, list | tuple) else value


class _Lines:
    """jsonl."""

    def __init__(self, file: BinaryIO, _classes: Sequence[str]) -> None:
        self._file = file

    def write(self, row: Row) -> None:
        self._file.write(json_text(row).encode("utf-8") + b"\n")

    def finish(self) -> None:
        self._file.flush()

    def abandon(self) -> None:
        """Nothing is held back."""


class _Sheet:
    """csv of given columns: lists as JSON, true and false in small letters, nothing for None."""

    def __init__(self, file: BinaryIO, columns: Sequence[str]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        self._rows = csv.writer(self._text, lineterminator="\n")
        self._columns = columns
        self._rows.writerow(columns)

    def write(self, row: Row) -> None:
        self._rows.writerow([self._cell(row[name]) for name in self._columns])

    def finish(self) -> None:
        self._text.flush()
        self._text.detach()  # the file is closed by whoever opened it

    def abandon(self) -> None:
        self.finish()  # else the wrapper would close the file when it is collected

    @staticmethod
    def _cell(value: Any) -> Any:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list | tuple):
            return json_text(value)
        return harmless(well_formed(value)) if isinstance(value, str) else value


class _StatementSheet(_Sheet):
    """csv of statements."""

    def __init__(self, file: BinaryIO, classes: Sequence[str]) -> None:
        super().__init__(file, columns(classes))
        self._classes = classes

    def write(self, row: Row) -> None:
        super().write(flat(row, self._classes))


class _Parquet:
    """parquet, in batches."""

    def __init__(self, file: BinaryIO, classes: Sequence[str]) -> None:
        from pyarrow import parquet

        self._classes, self._schema = classes, statement_schema(classes)
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def write(self, row: Row) -> None:
        self._rows.append(_arrow_row(row, self._classes))
        if len(self._rows) >= _BATCH:
            self._flush()

    def finish(self) -> None:
        self._flush()
        self._writer.close()

    def abandon(self) -> None:
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows.clear()


_SINKS: dict[str, Callable[[BinaryIO, Sequence[str]], _Sink]] = {
    "jsonl": _Lines,
    "csv": _StatementSheet,
    "parquet": _Parquet,
}
