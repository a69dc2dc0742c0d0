"""Opening a store: an SQLite file, or a PostgreSQL database for a team, brought to the newest schema.

SQLite runs in WAL mode with full synchronisation: a review that was acknowledged is on the disk. A file from a stranger
is data and nothing else: extensions cannot be loaded (Python's default), functions of its schema that could do harm
are not called (`trusted_schema`), and a file is refused that holds a view, a trigger or a column which stance did not
make, before anything is written to it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, NoSuchModuleError, ProgrammingError

from stance.records import InputError
from stance.store.tables import metadata

VERSIONS = ("0001", "0002")  # the migrations; a test holds them to the folder
HEAD = VERSIONS[-1]
TRIGGERS = frozenset(  # of SQLite; what they do, migration 0001 says
    f"CREATE TRIGGER reviews_no_{change.lower()} BEFORE {change} ON reviews "
    "BEGIN SELECT RAISE(ABORT, 'reviews are only added, never changed'); END"
    for change in ("UPDATE", "DELETE")
)
_INDICES = frozenset(index.name for table in metadata.tables.values() for index in table.indexes)
_FIRST_BYTES = b"SQLite format 3\x00"
_PRAGMAS = (
    *("synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"),
    *("trusted_schema=OFF", "cell_size_check=ON"),  # before the first look into a file, which may be a stranger's
)
_LONGEST = 2**27  # bytes of one value: an article has a few MB at most
_LOCK = 20260114  # of PostgreSQL's advisory locks: one process writes at a time


@dataclass(frozen=True)
class Store:
    """An open database. `name` is what the user calls it, without any password."""

    engine: Engine
    name: str

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the data throughout."""
        with self.engine.connect() as connection, _told(self.name):
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: it is on the disk when the block ends well, and leaves nothing where it does not."""
        with (
            _told(self.name),
            self.engine.connect().execution_options(immediate=True) as connection,
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":  # one writer at a time, as in SQLite
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            yield connection

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()


def open_store(where: str | Path, create: bool = True) -> Store:
    """Opens a database by file name or by a URL postgresql://…, and brings its schema up to date.

    Raises InputError for what is no database of stance, or one of a newer stance, and, unless `create`, for a file
    that is not there.
    """
    name = str(where)
    store = _postgres(name) if name.startswith(("postgresql:", "postgres:", "postgresql+psycopg:")) else None
    if store is None:
        if "://" in name:
            raise InputError(f"{_shown(name)!r} is no database that is known: give a file, or postgresql://….")
        store = _sqlite(Path(name), create)
    try:
        _migrate(store)
    except BaseException:
        store.close()
        raise
    return store


def _sqlite(path: Path, create: bool) -> Store:
    try:
        if path.is_dir() or (path.exists() and path.stat().st_size and not _is_sqlite(path)):
            raise InputError(f"{path} is no database of stance; give the file that `stance score --db` made.")
        if not path.exists():
            if not create:
                raise InputError(f"{path}: no such database; make it with `stance score ARTICLES --db {path}`.")
            path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: the database cannot be opened ({error.strerror}); choose another file.") from None
    engine = create_engine(
        f"sqlite:///{path.absolute()}", connect_args={"check_same_thread": False}, json_deserializer=_from_json
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Store(engine, str(path))


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_FIRST_BYTES)) == _FIRST_BYTES


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    connection.isolation_level = None  # transactions begin where we say, not where the driver thinks
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _from_json(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, TypeError, RecursionError):
        raise InputError(
            "the database holds a broken value, which stance did not write; score anew into another."
        ) from (None)


def _begin_sqlite(connection: Connection) -> None:
    # a writer takes the lock at once: one that began by reading could only fail if another wrote meanwhile
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _postgres(url: str) -> Store:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise InputError(
            "a PostgreSQL database needs the driver psycopg; install it with `pip install 'stance[postgres]'`."
        ) from None
    try:
        engine = create_engine("postgresql+psycopg:" + url.partition(":")[2], pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise InputError(f"{_shown(url)!r} is no address of a database; give postgresql://user@host/name.") from None
    return Store(engine, _shown(url))


def _shown(url: str) -> str:
    """A URL without the user and password in it."""
    scheme, sep, rest = url.partition("://")
    return scheme + sep + rest.rpartition("@")[2]


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What the database refuses, told in one sentence."""
    try:
        yield
    except UnicodeDecodeError:  # of SQLite's own message, which repeats what stands in a broken file
        raise InputError(f"{name}: the database is damaged; take it from a backup.") from None
    except DBAPIError as error:
        too_large = isinstance(error.orig, sqlite3.DataError)
        if isinstance(error, DataError | IntegrityError | ProgrammingError) and not too_large:
            raise  # a defect of ours
        reason = " ".join(str(error.orig).split())[:200]
        raise InputError(f"{name}: the database answers {reason!r}; check that it is there and can be written.") from (
            error
        )


def _migrate(store: Store) -> None:
    with _told(store.name), store.engine.connect() as connection:
        if _version(connection, store.name) == HEAD:
            return
    if store.engine.dialect.name == "sqlite":
        _use_wal(store)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with store.write() as connection:
        found = _version(connection, store.name)  # another process may have been here meanwhile
        if found != HEAD:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _version(connection, store.name)


def _use_wal(store: Store) -> None:
    """Once for a file, which remembers it, and outside of any transaction."""
    with _told(store.name):
        connection = store.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()


def _version(connection: Connection, name: str) -> str | None:
    """The newest migration that made a database, None for an empty one. Raises InputError where it is not ours."""
    foreign = InputError(f"{name} is a database of something else; give stance one of its own.")
    tables = set(inspect(connection).get_table_names())
    if connection.dialect.name == "sqlite" and not _is_made_by_us(connection):
        raise foreign
    if "alembic_version" not in tables:
        if tables:
            raise foreign
        return None
    versions = [str(found) for found in connection.execute(text("SELECT version_num FROM alembic_version")).scalars()]
    if not versions:
        return None
    found = versions[0]
    if found > HEAD:
        raise InputError(f"{name} was made by a newer stance (its schema is {found[:20]!r}); update stance.")
    if len(versions) > 1 or found not in VERSIONS or (found == HEAD and not tables >= set(metadata.tables)):
        raise foreign
    return found


def _is_made_by_us(connection: Connection) -> bool:
    """Whether an SQLite file holds tables, columns, indices and triggers of ours and nothing else."""
    for kind, name, sql in connection.execute(text("SELECT type, name, sql FROM sqlite_master")):
        known = name.startswith("sqlite_")  # which no user can make
        if kind == "trigger":
            known = sql in TRIGGERS
        elif kind == "table" and name in metadata.tables:
            columns = connection.execute(text(f"PRAGMA table_xinfo({name})")).mappings()
            own = metadata.tables[name].columns
            known = sql.startswith("CREATE TABLE") and all(c["name"] in own and not c["hidden"] for c in columns)
        elif kind == "table":
            known = known or name == "alembic_version"
        elif kind == "index":
            known = known or name in _INDICES
        if not known or kind == "view":
            return False
    return True
