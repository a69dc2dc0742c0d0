"""The library's front door: `stance.score` and `stance.report`, whose results show themselves in a notebook, turn into
pandas, polars and Arrow tables, and write the same files as the command line.

    import stance
    found = stance.report("articles/")
    found                                  # the leaders, ordered by score
    found.positions.to_polars()
    found.write("report", also=["xlsx"])
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from stance.counting import HALF_LIFE
from stance.readers import Skipped, articles_of_rows, read_articles
from stance.records import STANCES, Article, Move, Position, Scored, scored_json

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow as pa

    from stance.model import StanceModel
    from stance.report.build import Narrow
    from stance.slices import Slice

Articles = str | Path | Iterable[str | Path | Article | Mapping[str, Any]]
T = TypeVar("T")


@dataclass(frozen=True, repr=False)
class Records(Sequence[T], Generic[T]):
    """Records in order, as a sequence and as a table."""

    records: tuple[T, ...]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self.records)}>"

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self.records[index]

    def __len__(self) -> int:
        return len(self.records)

    @abstractmethod
    def to_arrow(self) -> pa.Table:
        """One row a record, with typed columns and lists as lists."""

    def to_pandas(self) -> pandas.DataFrame:
        """`to_arrow` as a pandas data frame; pandas has to be installed."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """`to_arrow` as a polars data frame; polars has to be installed."""
        import polars

        frame = polars.from_arrow(self.to_arrow())
        assert isinstance(frame, polars.DataFrame)
        return frame


@dataclass(frozen=True, repr=False)
class Statements(Records[Scored]):
    """Scored statements, the number of articles they come from, and what had to be passed over."""

    articles: int = 0
    skipped: tuple[Skipped, ...] = ()
    classes: tuple[str, ...] = STANCES

    def to_arrow(self) -> pa.Table:
        """The table of the parquet files, one row a statement."""
        from stance.report.files import statement_table

        return statement_table([scored_json(one) for one in self.records], self.classes)

    def write(self, path: str | Path) -> None:
        """Writes a .jsonl, .csv or .parquet file. Raises InputError for any other name."""
        from stance.report.files import StatementWriter

        with StatementWriter(Path(path), classes=self.classes) as writer:
            for one in self.records:
                writer.write(one)

    def _repr_html_(self) -> str:
        from stance.report.notebook import statements_html

        return statements_html(self.records, self.articles)


@dataclass(frozen=True, repr=False)
class Positions(Records[Position]):
    """Positions of leaders, overall (item None) and by item, from support to oppose."""

    def to_arrow(self) -> pa.Table:
        """The table of positions.parquet, one row a position."""
        from stance.report.tables import position_table

        return position_table(self.records)

    def of(self, actor: str) -> Positions:
        """Those of one leader, by name or id."""
        return Positions(tuple(p for p in self.records if actor in (p.actor, p.actor_id)))

    def _repr_html_(self) -> str:
        from stance.report.notebook import positions_html

        return positions_html(self.records)


@dataclass(frozen=True)
class Report:
    """A report: its statements, positions and moves. `half_life` is that of the positions, in days."""

    statements: Statements
    narrow: Narrow
    half_life: float
    model: StanceModel = field(repr=False)

    @cached_property
    def positions(self) -> Positions:
        """Where each leader stands, overall and by item."""
        from stance.positions import positions

        found = positions(self.statements, half_life=self.half_life, errors=self.model.errors)
        return Positions(tuple(found))

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Who moved, the surest first."""
        from stance.changes import moves

        return tuple(moves(self.statements, self.model.errors))

    def slices(self, *by: str) -> list[Slice]:
        """The positions by recipient, item, month, quarter, year, country, party or alliance.

        Raises InputError for any other name.
        """
        from stance.slices import parse_by, slices

        return slices(self.statements, parse_by(",".join(by)), self.half_life, self.model.errors)

    def write(self, folder: str | Path, *, by: Sequence[str] = (), also: Sequence[str] = ()) -> list[str]:
        """Writes the files of `stance report`; returns what there is to say of the exports.

        Raises InputError for names that `--by` and `--also` do not know.
        """
        from stance.report.also import parse_also
        from stance.report.build import write_report
        from stance.report.view import Content

        exports = parse_also(",".join(also)) if also else ()
        sliced = self.slices(*by) if by else None
        content = Content(self.statements, self.positions, self.moves, sliced, self.model)
        return write_report(Path(folder), content, self.narrow, self.statements.articles, exports)

    def _repr_html_(self) -> str:
        return self.positions._repr_html_()


def score(
    articles: Articles,
    *,
    model: str | Path | None = None,
    registry: str | Path | None = None,
    date: str | None = None,
    jobs: int = 1,
    everything: bool = False,
) -> Statements:
    """Every statement about military aid in the articles, judged; off-topic ones too with `everything`.

    `articles` is a path or paths of files and folders, `Article` records, or mappings such as
    `{"text": …, "published": "2024-02-27"}`, also the rows of a data frame (`frame.to_dict("records")`). `date`
    (YYYY-MM-DD) is for articles without one. What cannot be read is listed in `skipped`. Raises InputError for a path
    that does not exist and for a bad model, registry or date.
    """
    from stance.console import Counted
    from stance.model import load_model
    from stance.pipeline import score_in_processes

    skipped: list[Skipped] = []
    counted = Counted(_read(articles, date, skipped.append))
    found = tuple(score_in_processes(counted, _path(model), _path(registry), everything, jobs))
    return Statements(found, counted.count, tuple(skipped), load_model(_path(model)).classes)


def report(
    articles: Articles | Statements,
    *,
    actor: str | None = None,
    item: str | None = None,
    recipient: str | None = None,
    since: str | None = None,
    until: str | None = None,
    half_life: float = HALF_LIFE,
    model: str | Path | None = None,
    registry: str | Path | None = None,
    date: str | None = None,
    jobs: int = 1,
) -> Report:
    """Where each leader stands: from articles as for `score`, or from statements already scored.

    `actor`, `item`, `recipient` (alpha-3), `since` and `until` (YYYY-MM-DD, both included) narrow it; `half_life` is
    in days, 0 for no weight by age. Raises InputError as `score` does, and for limits that can match nothing.
    """
    from stance.console import check_classes
    from stance.model import load_model
    from stance.report.build import Narrow

    narrow = Narrow(actor, item, recipient, since, until)
    narrow.check()
    check_classes(_path(model))
    scored = articles
    if not isinstance(scored, Statements):
        scored = score(scored, model=model, registry=registry, date=date, jobs=jobs)
    kept = tuple(one for one in scored if narrow.keeps(one))
    return Report(Statements(kept, scored.articles, scored.skipped), narrow, half_life, load_model(_path(model)))


def _read(articles: Articles, date: str | None, on_skip: Callable[[Skipped], None]) -> Iterator[Article]:
    for number, one in enumerate([articles] if isinstance(articles, str | Path) else articles, 1):
        if isinstance(one, Article):
            yield one
        elif isinstance(one, Mapping):
            yield from articles_of_rows([one], date=date, on_skip=on_skip, first=number)
        else:
            yield from read_articles([one], date=date, on_skip=on_skip)


def _path(path: str | Path | None) -> Path | None:
    return None if path is None else Path(path)
