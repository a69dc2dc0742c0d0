"""The command line as a user meets it: real processes on real files."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

SEEDS = Path(__file__).parents[1] / "seeds"
ARTICLES = SEEDS / "articles"
ONE = ARTICLES / "2024-02-27-fr-paris-troops.txt"
FIELDS = {
    "id", "article_id", "path", "title", "published", "actor_id", "actor", "country", "source", "cue", "spans", "text",
    "kind", "items", "recipient", "relevance", "stance", "probabilities", "confidence", "needs_review", "because",
}  # fmt: skip


def run(*arguments: object, stdin: str | None = None, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stance.cli", *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_report_writes_its_files_and_prints_the_table(tmp_path: Path) -> None:
    done = run("report", ONE, "--out", tmp_path / "r")
    assert {p.name for p in (tmp_path / "r").iterdir()} == {
        "report.html", "statements.jsonl", "positions.csv", "positions.json",
    }  # fmt: skip
    assert "Emmanuel Macron" in done.stdout
    positions = json.loads((tmp_path / "r" / "positions.json").read_text("utf-8"))["positions"]
    ids = {json.loads(line)["id"] for line in (tmp_path / "r" / "statements.jsonl").read_text("utf-8").splitlines()}
    for one in positions:
        low, high = one["position"]["interval"]
        assert -1 <= low <= one["position"]["score"] <= high <= 1
        assert set(one["position"]["evidence"]) <= ids


def test_report_is_narrowed(tmp_path: Path) -> None:
    run("report", ARTICLES, "--out", tmp_path, "--actor", "scholz", "--since", "2023-01-01", "--until", "2023-12-31")
    rows = [json.loads(line) for line in (tmp_path / "statements.jsonl").read_text("utf-8").splitlines()]
    assert rows
    assert {r["actor"] for r in rows} == {"Olaf Scholz"}
    assert {r["published"][:4] for r in rows} == {"2023"}


def test_score_has_the_contracts_fields_and_true_offsets() -> None:
    text = ONE.read_bytes().decode("utf-8")
    rows = [json.loads(line) for line in run("score", ONE, "--all").stdout.splitlines()]
    assert any(r["stance"] is None for r in rows)
    for row in rows:
        assert row.keys() >= FIELDS
        assert row["published"] == "2024-02-27"
        said = " ".join(text[s:e] for s, e in row["spans"])
        assert " ".join(said.split()) == row["text"]
        for mention in (row["source"], row["cue"]):
            assert mention is None or text[mention["start"] : mention["end"]] == mention["text"]
        if row["stance"] is not None:
            assert sum(row["probabilities"].values()) == pytest.approx(1, abs=0.001)
            assert row["confidence"] == max(row["probabilities"].values())


def test_score_in_three_formats_and_in_processes(tmp_path: Path) -> None:
    run("score", ARTICLES, "-o", tmp_path / "a.jsonl")
    run("score", ARTICLES, "-o", tmp_path / "b.jsonl", "--jobs", 2)
    run("score", ARTICLES, "-o", tmp_path / "a.csv")
    run("score", ARTICLES, "-o", tmp_path / "a.parquet")
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    assert (tmp_path / "b.jsonl").read_text("utf-8").splitlines() == lines
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as handle:
        assert len(list(csv.DictReader(handle))) == len(lines)
    table = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert [row["id"] for row in table] == [json.loads(line)["id"] for line in lines]


@pytest.mark.parametrize("form", ["jsonl", "csv", "doccano", "prodigy", "label-studio"])
def test_labels_carry_true_offsets(form: str) -> None:
    text = ONE.read_bytes().decode("utf-8")
    out = run("label", ONE, "--format", form, "--all").stdout
    if form == "csv":
        assert len(list(csv.DictReader(out.splitlines()))) > 5
    elif form == "jsonl":
        assert all("stance" not in json.loads(line) for line in out.splitlines())
    elif form == "doccano":
        task = json.loads(out)
        assert task["text"] == text
        assert all(0 <= start < end <= len(text) for start, end, _ in task["label"])
    elif form == "prodigy":
        assert {s["label"] for s in json.loads(out)["spans"]} == {"source", "cue", "content"}
    else:
        (task,) = json.loads(out)
        marks = [r for r in task["predictions"][0]["result"] if r["type"] == "labels"]
        assert all(text[m["value"]["start"] : m["value"]["end"]] == m["value"]["text"] for m in marks)


def test_classify_keeps_order_and_count(tmp_path: Path) -> None:
    sentences = [
        "We will not send tanks.",
        "We are sending more ammunition this week.",
        "No decision has been taken on jets.",
    ]
    (tmp_path / "in.txt").write_text("\n".join(sentences), "utf-8")
    rows = [json.loads(line) for line in run("classify", tmp_path / "in.txt").stdout.splitlines()]
    assert [r["text"] for r in rows] == sentences
    assert [r["stance"] for r in rows] == ["oppose", "support", "undecided"]
    piped = run("classify", "--format", "csv", stdin="\n".join(sentences)).stdout
    assert [r["stance"] for r in csv.DictReader(piped.splitlines())] == ["oppose", "support", "undecided"]


def test_explanations_add_up() -> None:
    found = json.loads(run("explain", "They refused to deliver the missiles.", "--format", "json").stdout)
    assert sum(weight for _, weight in found["terms"]) == pytest.approx(found["log_odds"])
    assert "log-odds" in run("explain", "They refused to deliver the missiles.").stdout


def test_actors_on_a_day() -> None:
    assert "Olaf Scholz\tDEU" in run("actors", "chancellor germany", "--on", "2023-06-01").stdout


def test_train_and_evaluate_go_together(tmp_path: Path) -> None:
    lines = []
    for file in sorted((SEEDS / "labeled").glob("*.jsonl")):
        lines += file.read_text("utf-8").splitlines()[:60]
    (tmp_path / "few.jsonl").write_text("\n".join(lines), "utf-8")
    run("train", tmp_path / "few.jsonl", "-o", tmp_path / "m")
    assert {p.name for p in (tmp_path / "m").iterdir()} == {
        "model.json", "metrics.json", "README.md", "stance.npz", "relevance.npz",
    }  # fmt: skip
    run("evaluate", tmp_path / "few.jsonl", "--model", tmp_path / "m", "--json", tmp_path / "figures.json")
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert figures["test"]["n"] == sum('"split": "test"' in x and '"stance": null' not in x for x in lines)
    run("train", tmp_path / "few.jsonl", "-o", tmp_path / "again")
    one, two = (run("classify", "--model", tmp_path / m, stdin="We may send jets.\n").stdout for m in ("m", "again"))
    assert one == two


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "broken.jsonl").write_text("{nothing\n", "utf-8")
    (tmp_path / "columns.csv").write_text("a,b\n1,2\n", "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "unlabeled.jsonl").write_text('{"text": "no stance here"}\n', "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["score", "empty.txt"],
        ["score", "binary.txt"],
        ["score", "missing.txt"],
        ["score", "broken.jsonl"],
        ["score", "columns.csv"],
        ["label", "columns.csv"],
        ["report", "empty.txt", "--out", "r"],
        ["classify", "columns.csv"],
        ["train", "unlabeled.jsonl", "-o", "m"],
        ["evaluate", "unlabeled.jsonl"],
        ["score", str(ONE), "--model", "folder"],
        ["score", str(ONE), "--date", "27.2.2024"],
        ["report", str(ONE), "--out", "r", "--item", "swords"],
        ["actors", "--on", "someday"],
        ["explain", ""],
    ],
    ids=" ".join,
)
def test_bad_input_gets_one_sentence(bad: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bad)
    done = run(*arguments, code=2)
    notes = done.stderr.strip().splitlines()
    assert len(notes) == 1
    assert notes[0].startswith("stance: ")
    assert done.stdout == ""


def test_a_batch_names_what_it_skips_and_goes_on(bad: Path) -> None:
    done = run("score", bad / "empty.txt", ONE, bad / "binary.txt")
    assert done.stdout
    assert "empty.txt" in done.stderr
    assert "binary.txt" in done.stderr
    assert "1 articles read, 2 items skipped" in done.stderr


def test_help_loads_nothing_slow() -> None:
    code = (
        "import sys\nfrom stance.cli import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('sklearn', 'numpy', 'scipy', 'pyarrow', 'trafilatura', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip().endswith("[]")
