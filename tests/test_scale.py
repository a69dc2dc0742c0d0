"""Large runs: the contract from Arrow to Arrow, and runs into a folder that nothing makes lose a row."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import json_lines, stance

from stance.pipeline import load_pipeline, score
from stance.readers import read_articles
from stance.records import Article, InputError, scored_json
from stance.scale import article_schema, refused_schema, score_batch, scored_schema
from stance.scale.batch import score_table, shared_pipeline
from stance.scale.local import Settings, score_into_folder
from stance.scale.source import pieces
from stance.screen import screened
from training.benchmarks.mixture import mixture

ARTICLES = list(read_articles(["seeds/articles"]))
SAID = "Slovak Prime Minister Robert Fico said on Tuesday that Slovakia would never send soldiers to Ukraine."


def table_of(articles):
    rows = [{"text": a.text, "title": a.title, "published": a.published, "id": f"a{i}"} for i, a in enumerate(articles)]
    return pa.Table.from_pylist(
        rows, schema=pa.schema([(n, pa.string()) for n in ("id", "title", "text", "published")])
    )


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A parquet file of 300 articles, ten of them unusable."""
    rows = list(mixture(300, seed=3))
    for i in range(0, 300, 30):
        rows[i]["text"] = " \n"
    path = tmp_path_factory.mktemp("corpus") / "big.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=70)
    return path


@pytest.fixture(scope="module")
def undisturbed(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    sums = run_here(corpus, out)
    assert sums["refused"] == 10
    assert sums["articles"] == 300
    return content(out)


def run_here(corpus, out, **options):
    return score_into_folder([str(corpus)], out, Settings(piece=20), **options)


def content(out):
    """Every row of every part and every refused row, part by part."""
    return {str(p.relative_to(out)): pq.read_table(p).to_pylist() for p in sorted(out.rglob("*.parquet"))}


def run_in_process(corpus, out, jobs=1, resume=False):
    """The same run in a process of its own, which can be killed."""
    code = (
        "import sys; from pathlib import Path; from stance.scale.local import Settings, score_into_folder\n"
        "if __name__ == '__main__':\n"
        f"    score_into_folder([{str(corpus)!r}], Path({str(out)!r}), Settings(piece=20),"
        f" jobs={jobs}, resume={resume})\n"
    )
    script = Path(out).parent / f"run-{random.random()}.py"
    script.write_text(code)
    return subprocess.Popen([sys.executable, script], stderr=subprocess.PIPE, start_new_session=True, text=True)


# the contract


def test_the_rows_are_those_of_score():
    expected = [scored_json(one) for one in score(ARTICLES, load_pipeline())]
    found = score_batch(table_of(ARTICLES))
    assert found.num_rows == len(expected) > 100
    assert found["text"].to_pylist() == [row["text"] for row in expected]
    assert found["stance"].to_pylist() == [row["stance"] for row in expected]
    assert found["spans"].to_pylist() == [row["spans"] for row in expected]
    assert found["probabilities_oppose"].to_pylist() == [row["probabilities"]["oppose"] for row in expected]


@settings(deadline=None, max_examples=8)
@given(st.lists(st.integers(0, len(ARTICLES)), max_size=4))
def test_it_does_not_matter_how_a_table_is_cut(cuts):
    table = table_of(ARTICLES)
    edges = sorted({0, len(ARTICLES), *cuts})
    pieces_ = [score_batch(table.slice(a, b - a)) for a, b in pairwise(edges)]
    assert pa.concat_tables(pieces_).equals(score_batch(table))


def test_schemas_tell_their_version():
    found = score_batch(table_of(ARTICLES[:1]))
    assert found.schema.metadata == {b"stance.schema": b"statements", b"stance.schema_version": b"1"}
    assert found.schema.equals(scored_schema(load_pipeline().model.classes), check_metadata=True)
    assert article_schema().metadata[b"stance.schema"] == b"articles"
    assert score_batch(table_of([])).schema.equals(found.schema, check_metadata=True)


@pytest.mark.parametrize(
    "kind",
    [pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.dictionary(pa.int32(), pa.string())],
)
def test_every_kind_of_text_column(kind):
    column = pa.array([SAID, None, "Rain."]).cast(kind) if kind != pa.string_view() else pa.array([SAID, None], kind)
    assert score_batch(pa.table({"Body": column})).num_rows == 1


def test_dates_of_any_kind_and_batches_are_taken():
    import datetime

    day = pa.array([datetime.date(2024, 2, 27)])
    batch = pa.RecordBatch.from_arrays([pa.array([SAID]), day], ["text", "date"])
    assert score_batch(batch)["published"].to_pylist() == ["2024-02-27"]
    assert score_batch(pa.table({"text": [SAID]}), date="2024-03-01")["published"].to_pylist() == ["2024-03-01"]


def test_rows_of_no_use_are_told():
    german = "Der Bundeskanzler sagte am Dienstag, Deutschland werde keine Leopard-Panzer an die Ukraine liefern. " * 5
    texts = [SAID.encode(), b"", None, german.encode(), b"\xff\x00 " + SAID.encode(), b" \xc2\xa0", b"x" * (17 * 2**20)]
    outcome = score_table(pa.table({"text": pa.array(texts, pa.binary())}), shared_pipeline(None, None), name="t")
    assert outcome.articles == 7
    assert outcome.statements.num_rows == 2
    assert outcome.refused.schema.equals(refused_schema(), check_metadata=True)
    reasons = {row["where"]: row["reason"] for row in outcome.refused.to_pylist()}
    assert set(reasons) == {f"t, row {n}" for n in (2, 3, 4, 6, 7)}
    assert "no text" in reasons["t, row 2"]
    assert "German" in reasons["t, row 4"]
    assert "16 MB" in reasons["t, row 7"]
    with pytest.raises(InputError, match="no text column, only words"):
        score_batch(pa.table({"words": ["a"]}))


def test_an_article_that_we_fail_on_costs_no_other(monkeypatch):
    import stance.pipeline as pipeline

    honest = pipeline.label
    monkeypatch.setattr(pipeline, "label", lambda a, *rest: 1 / 0 if "poison" in a.text else honest(a, *rest))
    rows = [{"text": SAID, "url": f"u{i}"} for i in range(9)]
    rows[4]["text"] = "poison tanks"
    outcome = score_table(pa.Table.from_pylist(rows), shared_pipeline(None, None))
    assert outcome.statements.num_rows == 8
    told = outcome.refused.to_pylist()
    assert [row["where"] for row in told] == ["u4"]
    assert "ZeroDivisionError" in told[0]["reason"]


# the first pass


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            ["tanks", "tank", "Aid\npackage", "military\u00a0aid", "TRAINING", "think", "europe’s  security", "gave",
             "mig", "might", "migs", "a-kit", "kitchen", "155mm", "é", "ſhells", "war", ".", "said he", "\ud800"]
        ),
        max_size=6,
    ).map(" ".join)
)  # fmt: skip
def test_what_is_passed_over_could_not_matter(words):
    """Everything said outright, with the term split or not: a text that is passed over has no term for `topic`."""
    from stance.topic import has_term, signals

    kept = list(screened([Article("a", None, words)]))
    if has_term(signals(" ".join(words.split()))):
        assert kept


def test_the_first_pass_changes_no_row(monkeypatch):
    import stance.pipeline as pipeline

    articles = [Article(r["id"], r["title"], r["text"], r["published"]) for r in mixture(250, seed=5)]
    screened_rows = [scored_json(one) for one in score(articles, load_pipeline())]
    assert len(list(screened(articles))) < 150
    monkeypatch.setattr(pipeline, "screened", lambda articles: articles)
    monkeypatch.setattr(pipeline, "_wanted", lambda *_: None)
    monkeypatch.setattr(pipeline, "has_term", lambda _: True)
    assert [scored_json(one) for one in score(articles, load_pipeline())] == screened_rows


# one machine


def test_a_folder_has_the_rows_of_a_file(tmp_path, corpus):
    assert stance("score", corpus, "-o", tmp_path / "one.parquet").returncode == 0
    done = stance("score", corpus, "-o", tmp_path / "parts", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert "300 articles" in done.stderr
    assert "10 rows refused" in done.stderr
    whole, parts = pq.read_table(tmp_path / "one.parquet"), pq.read_table(tmp_path / "parts")
    assert parts.num_rows == whole.num_rows > 50
    assert parts.equals(whole.replace_schema_metadata(parts.schema.metadata))
    lines = json_lines((tmp_path / "parts" / "_manifest.jsonl").read_text())
    assert lines[-1] == {"done": True, "parts": 1, "articles": 300, "statements": whole.num_rows, "refused": 10}
    again = stance("score", corpus, "-o", tmp_path / "parts")
    assert again.returncode == 2
    assert "--resume" in again.stderr
    assert stance("score", corpus, "-o", tmp_path / "parts", "--resume").returncode == 0
    other = stance("score", corpus, "-o", tmp_path / "parts", "--resume", "--date", "2024-01-01")
    assert other.returncode == 2
    assert "made with other date" in other.stderr
    assert stance("score", corpus, "--resume").returncode == 2


def test_several_processes_give_the_same_parts(tmp_path, corpus, undisturbed):
    assert run_here(corpus, tmp_path / "out", jobs=2)["parts"] == 15
    assert content(tmp_path / "out") == undisturbed


def test_files_of_every_kind_in_one_run(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": SAID}) + "\nbroken\n" + json.dumps({"text": SAID, "id": "2"}))
    (tmp_path / "b.txt").write_text(SAID)
    pq.write_table(pa.table({"text": [SAID] * 3}), tmp_path / "c.parquet")
    (tmp_path / "d.parquet").write_bytes((tmp_path / "c.parquet").read_bytes()[:-40])
    (tmp_path / "e.txt").write_text(SAID)
    with pytest.raises(InputError, match="lies among the articles"):
        score_into_folder([str(tmp_path)], tmp_path / "out", Settings())
    out = tmp_path.parent / f"{tmp_path.name}-out"
    sums = score_into_folder([str(tmp_path)], out, Settings(piece=2))
    assert sums == {"parts": 5, "articles": 7, "statements": 7, "refused": 2}
    reasons = [row["reason"] for rows in content(out).values() for row in rows if "reason" in row]
    assert "not valid JSON" in reasons[0]
    assert "damaged" in reasons[1]


def test_pieces_are_the_same_at_every_run(corpus):
    whole = list(pieces([str(corpus)], size=20))
    for done in (0, 1, 7, 15, 16):
        for again, piece in zip(pieces([str(corpus)], done, 20), whole[done:], strict=True):
            assert (again.number, again.first, again.table) == (piece.number, piece.first, piece.table)


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_at_any_moment_it_goes_on_without_loss(tmp_path, corpus, undisturbed, jobs):
    """SIGKILL at random moments, again and again: whenever a run comes to its end it left an undisturbed run's rows."""
    chance, out, kills = random.Random(jobs), tmp_path / "out", 0
    while kills < 4:
        running = run_in_process(corpus, out, jobs, resume=True)
        try:
            running.wait(timeout=chance.uniform(0.5, 1.8))
        except subprocess.TimeoutExpired:
            running.kill()
            kills += 1
        running.communicate()
        if running.returncode == 0:
            assert content(out) == undisturbed
            shutil.rmtree(out)
    run_here(corpus, out, resume=True)
    assert content(out) == undisturbed
    assert list(out.rglob(".stance-*")) == []


def test_workers_end_with_a_killed_parent(tmp_path, corpus):
    running = run_in_process(corpus, tmp_path / "out", jobs=2)
    waited(lambda: parts_in(tmp_path / "out"))
    running.kill()
    running.communicate()
    waited(lambda: not members(running.pid))


def test_ctrl_c_stops_cleanly(tmp_path, corpus, undisturbed):
    command = [sys.executable, "-m", "stance.cli", "score", str(corpus), "-o", str(tmp_path / "out"), "--jobs", "2"]
    code = (
        f"import sys, stance.scale.local as l; l.Settings.__init__.__defaults__ = (None, None, None, False, 20)\n"
        f"sys.argv = {['stance', *command[3:]]!r}\nfrom stance.cli import main\nif __name__ == '__main__': main()"
    )
    script = tmp_path / "run.py"
    script.write_text(code)
    running = subprocess.Popen([sys.executable, script], stderr=subprocess.PIPE, text=True, start_new_session=True)
    waited(lambda: parts_in(tmp_path / "out"))
    os.killpg(running.pid, signal.SIGINT)
    _, told = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "--resume goes on behind them" in told
    assert "Traceback" not in told
    assert 0 < parts_in(tmp_path / "out") < 15
    run_here(corpus, tmp_path / "out", resume=True)
    assert content(tmp_path / "out") == undisturbed


def test_a_killed_worker_is_told_and_loses_nothing(tmp_path, corpus, undisturbed):
    running = run_in_process(corpus, tmp_path / "out", jobs=2)
    waited(lambda: parts_in(tmp_path / "out") >= 2)
    for pid in members(running.pid):
        if pid != running.pid:
            os.kill(pid, signal.SIGKILL)
    _, told = running.communicate(timeout=30)
    assert running.returncode != 0
    assert "A worker process was killed" in told
    run_here(corpus, tmp_path / "out", resume=True)
    assert content(tmp_path / "out") == undisturbed


def test_a_full_disk_is_told_and_loses_nothing(tmp_path, corpus, undisturbed):
    with mounted(tmp_path / "small", "size=64k") as disk:
        with pytest.raises(InputError, match=r"disk is full.*--resume"):
            run_here(corpus, disk / "out")
        written = parts_in(disk / "out")
        assert 0 < written < 15
        assert list(disk.rglob(".stance-*")) == []
        subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
        run_here(corpus, disk / "out", resume=True)
        assert content(disk / "out") == undisturbed


def test_a_folder_that_may_not_be_written_to(tmp_path, corpus):
    with mounted(tmp_path / "fixed", "size=400k,ro") as disk:
        done = stance("score", corpus, "-o", disk / "out")
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "cannot be made" in done.stderr
        done = stance("score", corpus, "-o", disk)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "Read-only" in done.stderr


def test_a_manifest_that_was_cut_off_or_is_none(tmp_path, corpus, undisturbed):
    out = tmp_path / "out"
    run_here(corpus, out)
    manifest = out / "_manifest.jsonl"
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.write_bytes(b"".join(lines[:5]) + lines[5][:10])
    assert run_here(corpus, out, resume=True)["parts"] == 15
    assert content(out) == undisturbed
    (out / "part-000003.parquet").unlink()  # what somebody removed is made again
    assert run_here(corpus, out, resume=True)["parts"] == 15
    assert content(out) == undisturbed
    assert json_lines(manifest.read_text())[-1]["done"]
    manifest.write_bytes(b"not json\n")
    with pytest.raises(InputError, match="no manifest"):
        run_here(corpus, out, resume=True)


def parts_in(out):
    return len(list(out.glob("part-*.parquet")))


def members(group):
    """The living processes of a group."""
    out = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            out.append(int(stat.parent.name))
    return out


def waited(condition, seconds=30):
    """Waits until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
    return True


@contextmanager
def mounted(place, options):
    """A small file system of its own."""
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"no file system can be mounted here: {made.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_terminal_is_told_rate_and_time_left(tmp_path, corpus):
    """In a real terminal: a bar with the articles done, how many a second, and how long it will take."""
    import pty

    command = [sys.executable, "-m", "stance.cli", "score", str(corpus), "-o", str(tmp_path / "out")]
    ours, theirs = pty.openpty()
    running = subprocess.Popen(command, stderr=theirs, env=os.environ | {"TERM": "xterm", "COLUMNS": "120"})
    os.close(theirs)
    told = b""
    while True:
        try:
            read = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not read:
            break
        told += read
    os.close(ours)
    assert running.wait(timeout=30) == 0
    assert b"300 articles" in told
    assert re.search(rb"300 articles[^\n]*?\d+/s, 0:00:00 left", told)
