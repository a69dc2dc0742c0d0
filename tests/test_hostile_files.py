"""Models, registries and databases made by a stranger: no code of theirs runs, and each is one sentence and exit 2."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from store_sample import filled

from stance.actors.registry import load_registry
from stance.actors.resolver import Resolver
from stance.examples import nearest
from stance.model import load_model, released_dir
from stance.records import InputError
from stance.store import connect, open_store
from stance.store.loading import reviewed_scored, stored_articles

# Runs the command line and ends it with 99 at the first thing that data must not lead to.
WATCHED = """
import os, sys

def watch(event, args):
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    outside = writes and not os.path.abspath(os.fsdecode(args[0])).startswith((os.environ["INSIDE"], "/dev/"))
    started = event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect", "socket.bind")
    if outside or started or event in ("sqlite3.enable_load_extension", "sqlite3.load_extension"):
        os.write(2, f"{event} {args}".encode())
        os._exit(99)

sys.addaudithook(watch)
"""


def watched(inside: Path, code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WATCHED + code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "INSIDE": str(inside), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=inside,
    )


def refused(inside: Path, *arguments: object) -> str:
    """The one sentence with which the command line refuses."""
    done = watched(inside, "from stance.cli import main\nmain()", *arguments)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("stance: ")
    assert done.stderr.count("\n") == 1
    assert done.stderr.isprintable() or done.stderr[:-1].isprintable()
    return done.stderr


class Payload:
    """What runs a command where it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.canary}",)


def test_the_watch_sees_what_it_is_there_for(tmp_path):
    payload = tmp_path / "payload.pickle"
    payload.write_bytes(pickle.dumps(Payload(tmp_path / "canary")))
    done = watched(tmp_path, "import pickle\npickle.load(open(sys.argv[1], 'rb'))", payload)
    assert done.returncode == 99
    assert "os.system" in done.stderr
    assert watched(tmp_path, "open('/tmp/../tmp/elsewhere', 'w')").returncode == 99
    assert watched(tmp_path, "import socket\nsocket.create_connection(('127.0.0.1', 9))").returncode == 99
    assert not (tmp_path / "canary").exists()


# --- models


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the released model."""
    return Path(shutil.copytree(released_dir(), tmp_path / "model"))


def arrays_of(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / "stance.npz", allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def with_arrays(folder: Path, **changed: object) -> None:
    np.savez(folder / "stance.npz", **{**arrays_of(folder), **changed})


def pickled(folder: Path) -> None:
    np.savez(folder / "stance.npz", classes=np.array([Payload(folder.parent / "canary")], dtype=object))


def bare_pickle(folder: Path) -> None:
    (folder / "stance.npz").write_bytes(pickle.dumps(Payload(folder.parent / "canary")))


def pickle_beside(folder: Path) -> None:
    """All arrays as they should be, and one more that is a pickle."""
    with_arrays(folder, more=np.array([Payload(folder.parent / "canary")], dtype=object))


def bomb(folder: Path) -> None:
    """A million bytes that unpack to a thousand million."""
    with (
        zipfile.ZipFile(folder / "stance.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("classes.npy", "w", force_zip64=True) as member,
    ):
        member.write(header(((2**30 + 2**24) // 8,), "<f8"))
        for _ in range(2**30 // 2**24 + 1):
            member.write(b"\0" * 2**24)


def header(shape: tuple[int, ...], dtype: str) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": dtype, "fortran_order": False, "shape": shape})
    return out.getvalue()


def member(name: str, content: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with zipfile.ZipFile(folder / "stance.npz", "w") as archive:
            archive.writestr(name, content)

    return change


def array(**changed: object) -> Callable[[Path], None]:
    return lambda folder: with_arrays(folder, **changed)


def cut(folder: Path) -> None:
    content = (folder / "stance.npz").read_bytes()
    (folder / "stance.npz").write_bytes(content[: len(content) // 2])


def pipe(folder: Path) -> None:
    (folder / "stance.npz").unlink()
    os.mkfifo(folder / "stance.npz")


def blocks(**changed: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        found = json.loads(str(arrays_of(folder)["blocks"]))
        found[0].update(changed)
        with_arrays(folder, blocks=np.array(json.dumps(found)))

    return change


PROGRAM = b"__import__('os').system('true')"
MODELS = {
    "a pickle in an array": pickled,
    "a pickle beside the arrays": pickle_beside,
    "a bare pickle": bare_pickle,
    "a bomb": bomb,
    "a claimed shape": member("classes.npy", header((10**15,), "<f8") + b"1234"),
    "a claimed item": member("classes.npy", header((2,), "<U999999999") + b"1234"),
    "a header that is a program": member("classes.npy", b"\x93NUMPY\x01\x00\x46\x00" + PROGRAM.ljust(70)),
    "a path out of the folder": member("../../classes.npy", header((1,), "<f8") + b"12345678"),
    "cut": cut,
    "a pipe": pipe,
    "no temperature": array(temperature=np.array(0.0)),
    "a temperature that is no number": array(temperature=np.array(np.nan)),
    "coefficients of one class": array(coefficients=np.zeros((1, 5), np.float32)),
    "intercepts too many": array(intercepts=np.zeros(9, np.float32)),
    "intercepts that are no numbers": array(intercepts=np.full(3, np.inf, np.float32)),
    "classes that are numbers": array(classes=np.array([1.0, 2.0, 3.0])),
    "one class thrice": array(classes=np.array(["support"] * 3)),
    "blocks that are no JSON": array(blocks=np.array("[")),
    "blocks too deep": array(blocks=np.array("[" * 100_000)),
    "a block of a stranger": blocks(block="os"),
    "a weight that is none": blocks(weight="heavy"),
}  # fmt: skip


@pytest.mark.parametrize("change", MODELS.values(), ids=MODELS)
def test_a_model_of_a_stranger_is_refused(folder, change):
    change(folder)
    with pytest.raises(InputError, match="model file") as caught:
        load_model(folder)
    assert "\n" not in str(caught.value)
    assert not (folder.parent / "canary").exists()


DESCRIPTIONS = {
    "too deep": "[" * 100_000,
    "a list": "[]",
    "no JSON": "{",
    "nothing": "",
    "numbers for objects": '{"review_below": 0.5, "sentences": 3}',
    "a text for a number": '{"review_below": "\\u001b[2Jhigh", "sentences": {}}',
    "endless digits": '{"review_below": ' + "9" * 10_000 + ', "sentences": {}}',
    "errors of another kind": '{"review_below": 0.5, "sentences": {}, "held_out_errors": {"classes": 1}}',
    "errors too deep": '{"review_below": 0.5, "sentences": {}, "held_out_errors": ' + "[" * 100_000,
    "very long": '{"review_below": 0.5, "sentences": {}, "issue": "' + "x" * 2**24 + '"}',
}


@pytest.mark.parametrize("content", DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_a_description_of_a_stranger_is_refused(folder, content):
    (folder / "model.json").write_text(content)
    with pytest.raises(InputError, match="not a model description") as caught:
        load_model(folder)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "content",
    ["[" * 100_000, '{"text": 1}', "[]", '"x"', '{"text": "\\ud800", "stance": "support"}\n', "\0\n\xff", "null\n"],
)
def test_examples_of_a_stranger_are_done_without(folder, content):
    (folder / "examples.jsonl").write_bytes(content.encode("latin-1"))
    found = nearest(folder, ["We will send tanks."])
    assert len(found) == 1


def test_a_stranger_s_labels_are_text_in_a_report(folder, tmp_path):
    mark = "<script>alert(1)</script>"
    with_arrays(folder, classes=np.array([mark, "support", "undecided"]))
    article = tmp_path / "2024-03-01-a.txt"
    article.write_text("Emmanuel Macron said France will not send tanks to Ukraine. “We oppose it,” Macron said.\n")
    out = tmp_path / "report"
    done = watched(tmp_path, "from stance.cli import main\nmain()", "report", article, "--model", folder, "--out", out)
    assert done.returncode in (0, 2), done.stderr
    assert "Traceback" not in done.stderr
    assert not any(mark in page.read_text("utf-8") for page in out.rglob("*.html"))


def test_no_code_of_a_model_runs(folder):
    pickle_beside(folder)
    assert "not a model file" in refused(folder.parent, "explain", "We will send tanks.", "--model", folder)
    assert not (folder.parent / "canary").exists()


# --- registries


REGISTRIES = {
    "too deep": "[" * 100_000,
    "a deep name": '{"name": ' + "[" * 100_000,
    "a list": "[]",
    "a number": "7",
    "a name that is a list": '{"name": ["Ann Olen"]}',
    "a name of blanks": '{"name": "  "}',
    "a name of marks": '{"name": "Ann Olen", "aliases": ["."]}',
    "an escape for a terminal": '{"name": "Ann \\u001b[2J Olen"}',
    "half a character": '{"name": "Ann \\ud800 Olen"}',
    "NUL": '{"name": "Ann Olen", "aliases": ["O\\u0000"]}',
    "aliases that are an object": '{"name": "Ann Olen", "aliases": {"a": 1}}',
    "aliases of numbers": '{"name": "Ann Olen", "aliases": [7]}',
    "an endless name": '{"name": "' + "Olen " * 1000 + '"}',
    "offices that are a text": '{"name": "Ann Olen", "offices": "all"}',
    "offices of texts": '{"name": "Ann Olen", "offices": ["mayor"]}',
    "an id that is an object": '{"name": "Ann Olen", "id": {"a": 1}}',
    "a code that is a number": '{"kind": "country", "code": 7, "name": "Olenia"}',
    "a country without a name": '{"kind": "country", "code": "OLE"}',
    "YAML that makes an object": "!!python/object/apply:os.system ['true']",
    "bytes": "\x80\x04\x95",
}


@pytest.mark.parametrize("content", REGISTRIES.values(), ids=REGISTRIES)
def test_a_registry_of_a_stranger_is_refused(tmp_path, content):
    path = tmp_path / "mine.jsonl"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError) as caught:
        load_registry(path)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


def test_a_registry_that_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="cannot be read"):
        load_registry(tmp_path / "pipe")
    with pytest.raises(InputError, match="cannot be read"):
        load_registry(tmp_path)
    with (tmp_path / "large").open("wb") as large:
        large.truncate(2**27)
    with pytest.raises(InputError, match="more than 64 MB"):
        load_registry(tmp_path / "large")


def test_no_code_of_a_registry_runs(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text(REGISTRIES["YAML that makes an object"])
    assert "no actor" in refused(tmp_path, "actors", "--registry", path)


def test_a_formula_for_a_name_is_text_in_a_table(tmp_path):
    name = '=HYPERLINK("http://a.b","Olen")'
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps({"name": name, "id": "olen", "country": "FRA", "aliases": ["Ann Olen"]}))
    article = tmp_path / "2024-03-01-a.txt"
    article.write_text("Ann Olen said France will send tanks to Ukraine.\n")
    out = tmp_path / "out.csv"
    done = watched(
        tmp_path, "from stance.cli import main\nmain()", "score", article, "--registry", path, "-o", out
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "HYPERLINK" in out.read_text()
    assert f",{name[:5]}" not in out.read_text()
    assert f'"{name[:5]}' not in out.read_text()


def test_a_registry_of_many_names_is_read(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(json.dumps({"name": f"Ann Olen{n}"}) for n in range(5000)))
    assert "ann-olen7" in Resolver(load_registry(path)).registry.actors


# --- databases


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "stance.db"
    filled(open_store(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    return path


def read_all(path: Path) -> None:
    store = open_store(path)
    try:
        for _ in stored_articles(store):
            pass
        with store.read() as connection:
            for _ in reviewed_scored(connection, load_registry()):
                pass
    finally:
        store.close()


GENERATED = "TEXT GENERATED ALWAYS AS (upper('evil')) VIRTUAL"
SCHEMAS = {
    "a trigger": "CREATE TRIGGER more AFTER INSERT ON articles BEGIN DELETE FROM suspects; END",
    "our trigger with another body": (
        "DROP TRIGGER reviews_no_update; "
        "CREATE TRIGGER reviews_no_update BEFORE UPDATE ON reviews BEGIN DELETE FROM suspects; END"
    ),
    "a view": "CREATE VIEW more AS SELECT load_extension('evil')",
    "a view for a table": "DROP TABLE suspects; CREATE VIEW suspects AS SELECT load_extension('evil') AS id",
    "a view for the version": "DROP TABLE alembic_version; CREATE VIEW alembic_version AS SELECT '0002' AS version_num",
    "a generated column": f"ALTER TABLE articles ADD COLUMN more {GENERATED}",
    "a generated column for one of ours": f"DROP TABLE suspects; CREATE TABLE suspects (id INTEGER, at {GENERATED})",
    "a virtual table": "CREATE VIRTUAL TABLE more USING fts5(words)",
    "a virtual table for one of ours": "DROP TABLE suspects; CREATE VIRTUAL TABLE suspects USING fts5(id, at)",
    "a table": "CREATE TABLE more (a)",
    "a column": "ALTER TABLE articles ADD COLUMN more TEXT",
    "an index": "CREATE INDEX more ON articles (abs(key))",
    "tables missing": "DROP TABLE verdicts",
    "an older version's tables with a trigger": (
        "DROP TABLE suspects; UPDATE alembic_version SET version_num = '0001'; "
        "CREATE TRIGGER more AFTER UPDATE ON alembic_version BEGIN DELETE FROM articles; END"
    ),
    "no version of ours": "UPDATE alembic_version SET version_num = '0000'",
    "a version that is a path": "UPDATE alembic_version SET version_num = '../../evil'",
    "a version that is bytes": "UPDATE alembic_version SET version_num = x'8004950a'",
    "a newer version": "UPDATE alembic_version SET version_num = '9999'",
    "two versions": "INSERT INTO alembic_version VALUES ('0001')",
    "a generated column that loads code": (
        "PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql = 'CREATE TABLE suspects (id INTEGER, at TEXT "
        "GENERATED ALWAYS AS (load_extension(''evil'')) VIRTUAL)' WHERE name = 'suspects'"
    ),
    "a schema that cannot be read": (
        "PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql = 'CREATE TABLE evil(' WHERE name = 'suspects'"
    ),
}


@pytest.mark.parametrize("change", SCHEMAS.values(), ids=SCHEMAS)
def test_a_database_with_a_stranger_s_schema_is_refused_as_it_is(database, change):
    with sqlite3.connect(database) as connection:
        connection.executescript(change)
    connection.close()
    before = database.read_bytes()
    with pytest.raises(InputError) as caught:
        open_store(database)
    assert str(caught.value).isprintable()
    assert database.read_bytes() == before


VALUES = {
    "spans that are no JSON": "UPDATE statements SET spans = 'os.system'",
    "spans too deep": f"UPDATE statements SET spans = '{'[' * 100_000}'",
    "spans that are an object": """UPDATE statements SET spans = '{"a": 1}'""",
    "spans that are a number": "UPDATE statements SET spans = '7'",
    "a text of bytes": "UPDATE statements SET text = x'8004950a'",
    "an article of bytes": "UPDATE articles SET text = x'8004950a'",
    "a title of bytes": "UPDATE articles SET title = x'ff'",
    "a text that is no UTF-8": "UPDATE articles SET text = CAST(x'ff' AS TEXT)",
    "a source that is a list": "UPDATE statements SET source = '[1]'",
    "a source without a place": """UPDATE statements SET source = '{"text": "x"}'""",
    "items that are a number": "UPDATE statements SET items = '7'",
    "a relevance that is a text": "UPDATE statements SET relevance = 'high'",
    "probabilities that are a list": "UPDATE judgements SET probabilities = '[1]'",
    "probabilities that are texts": """UPDATE judgements SET probabilities = '{"support": "all"}'""",
    "reasons that are numbers": "UPDATE judgements SET because = '[1, 2]'",
    "a confidence of bytes": "UPDATE judgements SET confidence = x'00'",
    "an actor of bytes": "UPDATE statements SET actor_id = x'00'",
}


@pytest.mark.parametrize("change", VALUES.values(), ids=VALUES)
def test_a_database_with_a_stranger_s_values_is_refused(database, change):
    with sqlite3.connect(database) as connection:
        connection.executescript(change)
    with pytest.raises(InputError) as caught:
        read_all(database)
    assert str(caught.value).isprintable()


def test_a_database_with_broken_pages_is_refused_or_read(database):
    draw, whole = random.Random(0), database.read_bytes()
    told = set()
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(draw.randrange(1, 40)):
            content[draw.randrange(100, len(content))] = draw.randrange(256)
        database.write_bytes(content)
        try:
            read_all(database)
        except InputError as error:
            told.add(str(error))
    assert told
    assert not any("\n" in sentence for sentence in told)


def test_a_huge_value_is_refused(database, monkeypatch):
    monkeypatch.setattr(connect, "_LONGEST", 1_000_000)
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE articles SET text = zeroblob(3000000)")
    with pytest.raises(InputError, match="too big"):
        read_all(database)


def test_a_stranger_s_schema_runs_nothing(database):
    with sqlite3.connect(database) as connection:
        connection.executescript(SCHEMAS["a view for a table"])
    assert "something else" in refused(database.parent, "report", "--db", database, "--out", database.parent / "out")


def test_extensions_cannot_be_loaded(database):
    store = open_store(database)
    with store.read() as connection:
        raw = connection.connection.driver_connection
        with pytest.raises(sqlite3.OperationalError, match="not authorized"):
            raw.execute("SELECT load_extension('evil')")
        assert raw.execute("PRAGMA trusted_schema").fetchone() == (0,)
        assert raw.execute("PRAGMA cell_size_check").fetchone() == (1,)
    store.close()
