"""A large run on a real Dask scheduler with worker processes, over TCP."""

import os
import re
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_cli import stance
from test_scale import content, waited

from stance.records import InputError
from stance.scale.cluster import score_on_cluster, units
from stance.scale.local import Settings, score_into_folder
from training.benchmarks.mixture import mixture

SETTINGS = Settings(piece=20)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Two files of 300 articles in all, some of them unusable."""
    folder = tmp_path_factory.mktemp("corpus")
    rows = list(mixture(300, seed=3))
    for i in range(0, 300, 50):
        rows[i]["text"] = None
    pq.write_table(pa.Table.from_pylist(rows[:160]), folder / "a.parquet", row_group_size=20)
    pq.write_table(pa.Table.from_pylist(rows[160:]), folder / "b.parquet", row_group_size=20)
    return folder


@pytest.fixture(scope="module")
def local(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("local") / "out"
    score_into_folder([str(corpus)], out, SETTINGS)
    return content(out)


@pytest.fixture
def cluster(tmp_path):
    """The address of a scheduler, and three workers as processes that can be killed."""
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    scheduler = subprocess.Popen([*dask, "--host", "127.0.0.1"], stderr=subprocess.PIPE, text=True)
    address = next(m[0] for line in scheduler.stderr if (m := re.search(r"tcp://127\.0\.0\.1:\d+", line)))
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    workers = [
        subprocess.Popen([*worker, "--no-dashboard", "--local-directory", tmp_path], stderr=subprocess.DEVNULL)
        for _ in range(3)
    ]
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
    scheduler.communicate()
    for process in workers:
        process.wait()


def scored(folder):
    return {name: rows for name, rows in content(folder).items() if not name.startswith("_temporary")}


def test_a_cluster_gives_the_rows_of_one_machine(tmp_path, corpus, local, cluster):
    address, workers = cluster
    sums = score_on_cluster([f"file://{corpus}"], f"file://{tmp_path}/out", SETTINGS, address)
    assert sums["articles"] == 300
    assert sums["refused"] == 6
    assert scored(tmp_path / "out").keys() == local.keys()
    assert rows_of(scored(tmp_path / "out")) == rows_of(local)
    assert not (tmp_path / "out" / "_temporary").exists()
    from distributed import Client

    with Client(address) as client:  # the model came once to each worker, however many units that had
        shipped = client.run(lambda: __import__("stance.scale.cluster", fromlist=["x"]).shipped.cache_info().misses)
        loaded = client.run(lambda: __import__("stance.pipeline", fromlist=["x"]).shared_pipeline.cache_info())
    assert list(shipped.values()) == [1] * len(workers)
    assert max(one.misses for one in loaded.values()) == 1
    assert sum(one.misses + one.hits for one in loaded.values()) == 15
    with pytest.raises(InputError, match="--resume"):
        score_on_cluster([f"file://{corpus}"], f"file://{tmp_path}/out", SETTINGS, address)
    assert score_on_cluster([f"file://{corpus}"], f"file://{tmp_path}/out", SETTINGS, address, resume=True) == sums


def test_a_worker_killed_in_the_middle_costs_no_row(tmp_path, corpus, local, cluster):
    address, workers = cluster
    code = (
        "import sys; from stance.scale.cluster import score_on_cluster; from stance.scale.local import Settings\n"
        f"print(score_on_cluster([{str(corpus)!r}], {str(tmp_path / 'out')!r}, Settings(piece=20), {address!r}))"
    )
    running = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    waited(lambda: len(list((tmp_path / "out" / "_done").glob("*.json"))) >= 2)
    for one in workers[:2]:
        os.kill(one.pid, signal.SIGKILL)
        time.sleep(0.2)
    told, _ = running.communicate(timeout=60)
    assert "'articles': 300" in told
    assert rows_of(scored(tmp_path / "out")) == rows_of(local)


def test_the_command(tmp_path, corpus, cluster):
    address, _ = cluster
    out = tmp_path / "out"
    done = stance("score", corpus, "-o", out, "--engine", "dask", "--scheduler", address)
    assert done.returncode == 0, done.stderr
    assert "300 articles" in done.stderr
    assert stance("score", corpus, "-o", tmp_path / "l.parquet").returncode == 0
    key = ["article_id", "id"]
    parts = pq.read_table(out).select([*key, "stance", "text"]).sort_by([(k, "ascending") for k in key])
    whole = pq.read_table(tmp_path / "l.parquet").select([*key, "stance", "text"])
    assert parts.to_pylist() == whole.sort_by([(k, "ascending") for k in key]).to_pylist()


def test_wrong_use_is_told(tmp_path, corpus):
    assert "both --engine dask" in refused("score", corpus, "--engine", "dask", "-o", tmp_path / "o")
    assert "both --engine dask" in refused("score", corpus, "--engine", "x", "--scheduler", "y", "-o", tmp_path / "o")
    assert "name the folder" in refused("score", corpus, "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9")
    with pytest.raises(InputError, match="no parquet file is there"):
        list(units([f"file://{tmp_path}/none.parquet"], 20))
    with pytest.raises(InputError, match="no file system"):
        list(units(["nonsense://x"], 20))
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match="damaged"):
        list(units([str(tmp_path)], 20))


def refused(*args):
    done = stance(*args)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    return done.stderr


def rows_of(parts):
    """The rows of all parts in order, without the paths, which tell how the folder was named."""
    return [
        {k: v for k, v in row.items() if k not in ("path", "where")} for name in sorted(parts) for row in parts[name]
    ]
