"""The real command, run as users run it: files, rows, exit codes, and one sentence for bad input."""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).parent / "stance"
RUN = [str(COMMAND)] if COMMAND.exists() else [sys.executable, "-m", "stance.cli"]
ARTICLE = (
    "Fico halts deliveries\n\nSlovak Prime Minister Robert Fico said on Tuesday that Slovakia would never send "
    "soldiers to Ukraine.\n\nFrench President Emmanuel Macron said France would deliver more missiles to Ukraine.\n"
)
FIELDS = {
    *("id", "article_id", "path", "title", "published", "actor_id", "actor", "country", "source", "cue", "spans"),
    *("text", "kind", "items", "recipient", "relevance", "stance", "probabilities", "confidence", "needs_review"),
    "because",
}


def stance(*args, stdin=""):
    return subprocess.run(
        [*RUN, *map(str, args)], input=stdin, capture_output=True, encoding="utf-8", timeout=60,
        env=os.environ | {"PYTHONUTF8": "1"}, check=False,
    )  # fmt: skip


def json_lines(text):
    return [json.loads(line) for line in text.split("\n") if line]


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "2024-02-27-fico.txt"
    path.write_text(ARTICLE, "utf-8")
    return path


def test_report(article, tmp_path):
    done = stance("report", article, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    written = {"report.html", "statements.jsonl", "positions.csv", "positions.json", "moves.json"}
    assert {p.name for p in (tmp_path / "out").iterdir()} == written
    rows = list(csv.DictReader(io.StringIO(done.stdout), delimiter="\t"))
    assert {"Robert Fico", "Emmanuel Macron"} <= {r["leader"] for r in rows}


def test_score_jsonl_and_jobs(article):
    one, two = stance("score", article), stance("score", article, "--jobs", 2)
    assert one.returncode == two.returncode == 0, one.stderr + two.stderr
    assert one.stdout == two.stdout
    rows = json_lines(one.stdout)
    assert len(rows) >= 2
    for row in rows:
        assert set(row) >= FIELDS
        assert row["published"] == "2024-02-27"
    assert next(r for r in rows if r["actor"] == "Robert Fico")["stance"] == "oppose"


def test_score_csv_and_parquet(article, tmp_path):
    import pyarrow.parquet as pq

    for name in ("o.csv", "o.parquet"):
        assert stance("score", article, "-o", tmp_path / name).returncode == 0
    rows = list(csv.DictReader((tmp_path / "o.csv").open(encoding="utf-8", newline="")))
    table = pq.read_table(tmp_path / "o.parquet")
    assert [r["id"] for r in rows] == table.column("id").to_pylist()
    assert {"source_text", "cue_start", "probabilities_oppose"} <= set(rows[0]) & set(table.column_names)


@pytest.mark.parametrize("form", ["jsonl", "csv", "label-studio", "doccano", "prodigy"])
def test_label(article, form):
    done = stance("label", article, "--format", form)
    assert done.returncode == 0, done.stderr
    assert "never send" in done.stdout
    if form == "label-studio":
        assert json.loads(done.stdout)
    elif form != "csv":
        assert json_lines(done.stdout)


def test_classify_keeps_order():
    sentences = ["We will not send weapons.", "We will send tanks.", "We will not send weapons.", "No decision yet."]
    done = stance("classify", stdin="\n".join(sentences) + "\n")
    assert done.returncode == 0, done.stderr
    assert [r["text"] for r in json_lines(done.stdout)] == sentences


def test_explain_sums():
    text = "We will not send “weapons” 🚀 to Ukraine"
    found = json.loads(stance("explain", text, "--format", "json").stdout)
    assert sum(w["weight"] for w in found["words"]) + found["rest"] == pytest.approx(found["log_odds"])
    assert all(text[w["start"] : w["end"]] == w["text"] for w in found["words"])
    assert found["stance"] == "oppose"
    assert len(found["nearest"]) == 3
    shown = stance("explain", text).stdout
    assert text in shown
    numbers = [float(line.split()[0]) for line in shown.splitlines() if line.startswith(("  +", "  -"))]
    assert sum(numbers) == pytest.approx(found["log_odds"], abs=0.001 * len(numbers))


def test_explain_refuses_what_it_cannot_show():
    for args in (("explain", " "), ("explain", "We send tanks", "--format", "xml")):
        done = stance(*args)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1


def test_actors_on():
    in_office, before = (stance("actors", "Fico", "--on", d).stdout for d in ("2024-02-27", "2022-02-27"))
    assert "prime minister" in in_office
    assert "prime minister" not in before


def test_the_page_on_the_registry(tmp_path):
    """Its example is run: the file it writes, what it says `stance actors` prints, and the statements it promises."""
    page = (Path(__file__).parent.parent / "docs" / "registry.md").read_text("utf-8")
    blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```", page, re.M | re.S))
    (tmp_path / "norland.jsonl").write_text(blocks["jsonl"], "utf-8")
    (tmp_path / "2024-02-27-norland.txt").write_text(blocks["text"], "utf-8")
    looked_up, expected, labeled = re.fullmatch(
        r"\$ stance (.*?)\n(.*)\$ stance (.*?)\n", blocks["console"], re.S
    ).groups()
    files = {path.name: str(path) for path in tmp_path.iterdir()}
    words = [[files.get(word, word) for word in shlex.split(line)] for line in (looked_up, labeled)]
    found, marked = (stance(*line) for line in words)
    assert found.stdout == re.sub(r" {2,}", "\t", expected)
    assert [row["actor"] for row in json_lines(marked.stdout)] == ["Astrid Halvik"] * 3 + ["Norland"]
    assert stance(*words[1][:2]).stdout.count("Halvik") < marked.stdout.count("Halvik")


BAD = [
    ("score empty.txt"), ("score binary.txt"), ("score missing.txt"), ("score broken.jsonl"), ("score notext.csv"),
    ("score good.txt --model folder"), ("score good.txt --date nonsense"), ("report empty.txt --out out"),
    ("classify broken.jsonl"), ("classify notext.csv"), ("train notext.csv -o m"), ("actors --on nonsense"),
]  # fmt: skip


@pytest.mark.parametrize("command", BAD)
def test_bad_input(tmp_path, command):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 16)
    (tmp_path / "broken.jsonl").write_text('{"text": "x\n', "utf-8")
    (tmp_path / "notext.csv").write_text("a,b\n1,2\n", "utf-8")
    (tmp_path / "good.txt").write_text(ARTICLE, "utf-8")
    (tmp_path / "folder").mkdir()
    names = {p.name for p in tmp_path.iterdir()} | {"missing.txt", "out", "m"}
    done = stance(*[str(tmp_path / w) if w in names else w for w in command.split()])
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("stance:")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_one_bad_file_in_a_batch(article, tmp_path):
    (tmp_path / "zero.txt").write_bytes(b"")
    done = stance("score", tmp_path)
    assert done.returncode == 0
    assert "zero.txt" in done.stderr
    assert len(json_lines(done.stdout)) >= 2


def foreign(language):
    lines = (Path(__file__).parent / "data" / "languages.jsonl").read_text("utf-8").split("\n")
    return next(row["text"] for row in map(json.loads, filter(None, lines)) if row["language"] == language)


def test_a_single_foreign_file_is_an_error(tmp_path):
    (tmp_path / "a.txt").write_text(foreign("Polish"), "utf-8")
    for command in (["score"], ["label"], ["report", "--out", tmp_path / "out"]):
        done = stance(*command, tmp_path / "a.txt")
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.endswith("a.txt: it is in Polish, which stance does not read yet; give English text.\n")
        assert done.stderr.count("\n") == 1


def test_foreign_files_among_others_are_named_and_counted(tmp_path):
    (tmp_path / "2024-02-27-a.txt").write_text(ARTICLE, "utf-8")
    for name in ("German", "Chinese"):
        (tmp_path / f"{name}.txt").write_text(foreign(name), "utf-8")
    done = stance("score", tmp_path)
    assert done.returncode == 0
    assert {row["path"] for row in json_lines(done.stdout)} == {str(tmp_path / "2024-02-27-a.txt")}
    assert "Chinese.txt: it is in Chinese, which stance does not read yet; give English text." in done.stderr
    assert "German.txt: it is in German" in done.stderr
    assert done.stderr.endswith("1 articles read, 2 items skipped\n")


def test_help_imports_nothing_slow():
    code = (
        "import sys; sys.argv = ['stance', '--help']\n"
        "from stance.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "slow = {'sklearn', 'numpy', 'pyarrow', 'trafilatura', 'scipy', 'py3langid', 'babel'}\n"
        "print('LOADED', sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.rstrip().endswith("LOADED []")


@pytest.mark.parametrize("words", [["score"], ["score", "x", "--jobs", "0"], ["nonsense"], ["score", "--nonsense"]])
def test_wrong_usage_gets_one_sentence(words):
    done = subprocess.run([sys.executable, "-m", "stance.cli", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("stance: ")


def test_other_labels_and_another_issue(tmp_path):
    """Labels, their number and the issue come from the data: sanctions, tighten or ease."""
    tighten = [
        "Sanctions must be tightened",
        "We want a stricter embargo on oil",
        "Close the loopholes in the sanctions",
    ]
    ease = ["Sanctions should be eased", "Lift the embargo on oil", "The sanctions hurt us and must go"]
    rows = [
        {"text": f"{text}, deputy {'abcdefgh'[i]} said.", "stance": stance, "target": "sanctions"}
        for i in range(8)
        for stance, texts in (("tighten", tighten), ("ease", ease))
        for text in texts
    ]
    other = [row | {"target": "migration"} for row in rows]
    off = [
        {"text": f"Rain fell on the {p}.", "stance": None, "target": "sanctions"} for p in ("sea", "hill", "town")
    ] * 4
    file, out = tmp_path / "labeled.jsonl", tmp_path / "model"
    file.write_text("\n".join(map(json.dumps, [*rows, *other, *off])), "utf-8")
    mixed = stance("train", file, "-o", out)
    assert (mixed.returncode, "--target" in mixed.stderr) == (2, True)
    done = stance("train", file, "-o", out, "--target", "sanctions", "--search", "--minutes", "0")
    assert done.returncode == 0, done.stderr
    assert "1 settings tried" in done.stderr
    assert json.loads((out / "model.json").read_text("utf-8"))["issue"] == "sanctions"
    judged = json_lines(
        stance("classify", "--model", out, stdin="The sanctions hurt us and should be eased, she said.\n").stdout
    )
    assert judged[0]["stance"] == "ease"
    assert set(judged[0]["probabilities"]) == {"ease", "tighten"}
    evaluated = stance("evaluate", file, "--model", out, "--target", "sanctions")
    assert evaluated.returncode == 0, evaluated.stderr
    assert "tighten" in evaluated.stdout
    article = tmp_path / "2024-02-27-a.txt"
    article.write_text("Robert Fico said the sanctions hurt us and must go.\n", "utf-8")
    header, row = stance("score", article, "--model", out, "--all", "--format", "csv").stdout.splitlines()
    assert {"probabilities_ease", "probabilities_tighten"} <= set(header.split(","))
    assert ",ease," in row
    refused = stance("report", article, "--out", tmp_path / "report", "--model", out)
    assert refused.returncode == 2
    assert "ease, tighten" in refused.stderr
    strange = stance("evaluate", Path(__file__).parents[1] / "seeds" / "labeled", "--model", out)
    assert (strange.returncode, len(strange.stderr.strip().splitlines()[-1:])) == (2, 1)


def test_score_into_a_database_and_report_from_it(article, tmp_path):
    db = tmp_path / "stance.db"
    first = stance("score", article, "--db", db)
    assert (first.returncode, first.stdout) == (0, "")
    assert re.search(r"1 articles; statements: \d+ new", first.stderr)
    again = stance("score", "--db", db, "-o", tmp_path / "again.jsonl")
    assert re.search(r"1 articles; statements: \d+ as before", again.stderr)
    told = stance("report", "--db", db, "--out", tmp_path / "a")
    direct = stance("report", article, "--out", tmp_path / "b")
    assert told.returncode == 0
    assert told.stdout == direct.stdout != ""
    for name in ("statements.jsonl", "positions.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "b" / "statements.jsonl").read_bytes()


@pytest.mark.parametrize("command", [["score"], ["report", "--out", "OUT"]])
def test_a_database_that_is_none_is_one_sentence(article, tmp_path, command):
    words = [str(tmp_path / "out") if word == "OUT" else word for word in command]
    for found in (stance(*words, "--db", article), stance(*words, "--db", tmp_path / "no.db"), stance(*words)):
        assert (found.returncode, found.stdout) == (2, "")
        assert found.stderr.startswith("stance: ")
        assert found.stderr.count("\n") == 1


def test_a_password_is_not_repeated(article, postgres_url):
    url = postgres_url.replace("stance@", "stance:hush@")
    done = stance("score", article, "--db", url)
    assert done.returncode == 0, done.stderr
    assert "postgresql://" in done.stderr
    assert "hush" not in done.stderr


def test_a_format_without_a_file_is_refused(article, tmp_path):
    done = stance("score", article, "--db", tmp_path / "s.db", "--format", "csv")
    assert (done.returncode, "-o" in done.stderr) == (2, True)
    assert not (tmp_path / "s.db").exists()
