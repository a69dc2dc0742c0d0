"""What no other file tests: topic, coverage of the intervals, the metrics by hand, and commands joined together."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from stance.actors.registry import load_registry
from stance.actors.resolver import Resolver
from stance.labeling import label
from stance.model import model_text
from stance.pipeline import load_pipeline, score
from stance.records import Article
from stance.topic import signals
from training.corpus import load_labeled, near_duplicates
from training.metrics import both_right, expected_calibration_error, partners

SEEDS = Path(__file__).parents[1] / "seeds"
ARTICLES = SEEDS / "articles"


def run(*arguments: object, stdin: str | None = None, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stance.cli", *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_report_is_narrowed(tmp_path: Path) -> None:
    run("report", ARTICLES, "--out", tmp_path, "--actor", "scholz", "--since", "2023-01-01", "--until", "2023-12-31")
    rows = [json.loads(line) for line in (tmp_path / "statements.jsonl").read_text("utf-8").splitlines()]
    assert rows
    assert {r["actor"] for r in rows} == {"Olaf Scholz"}
    assert {r["published"][:4] for r in rows} == {"2023"}


REFUSED = (
    "We will never send tanks to Ukraine",
    "I reject any delivery of battle tanks to Kyiv",
    "Sending our tanks to Ukraine is out of the question and would only widen the war",
    "My government will block every shipment of tanks to the Ukrainian army",
    "Not one armoured column of ours goes to Ukraine, I am against it",
    "I am opposed to tanks for Kyiv and will veto the bill that pays for them",
)
PROMISED = (
    "We will send thirty tanks to Ukraine at once",
    "I have approved the delivery of more battle tanks to Kyiv",
    "Ukraine needs our tanks now and it will get them from us",
    "I urge our allies to give the Ukrainian army every tank they can spare",
    "We are proud to stand by Ukraine and to speed up the tanks that we promised",
    "I have signed the bill that pays for a second battalion of tanks for Kyiv",
)


def test_a_report_tells_who_moved(tmp_path: Path) -> None:
    """Made-up words: tanks refused for six weeks, then promised for six."""
    (tmp_path / "news").mkdir()
    for week, words in enumerate((*REFUSED, *PROMISED)):
        day = f"2023-{1 + week // 4:02}-{1 + 7 * (week % 4):02}"
        text = f"The cabinet met on Monday in the capital.\n\n“{words},” said the US president, Joe Biden."
        article = {"text": text, "published": day, "title": f"Talks {week}"}
        (tmp_path / "news" / f"{week:02}.json").write_text(json.dumps(article), "utf-8")
    run("report", tmp_path / "news", "--out", tmp_path / "out")
    (move,) = json.loads((tmp_path / "out" / "moves.json").read_text("utf-8"))["moves"]
    rows = (tmp_path / "out" / "statements.jsonl").read_text("utf-8").splitlines()
    published = {one["id"]: one["published"] for one in map(json.loads, rows)}
    assert (move["actor"], move["day"][:7]) == ("Joe Biden", "2023-02")
    assert move["before"]["score"] < 0 < move["after"]["score"]
    assert {published[i] < move["day"] for i in move["before"]["evidence"]} == {True}
    assert {published[i] >= move["day"] for i in move["after"]["evidence"]} == {True}


def test_train_and_evaluate_go_together(tmp_path: Path) -> None:
    lines = []
    for file in sorted((SEEDS / "labeled").glob("*.jsonl")):
        lines += file.read_text("utf-8").splitlines()[:30]
    (tmp_path / "few.jsonl").write_text("\n".join(lines), "utf-8")
    run("train", "--quick", tmp_path / "few.jsonl", "-o", tmp_path / "m")
    assert {p.name for p in (tmp_path / "m").iterdir()} == {
        "model.json", "metrics.json", "README.md", "stance.npz", "relevance.npz", "examples.jsonl",
    }  # fmt: skip
    run("evaluate", tmp_path / "few.jsonl", "--model", tmp_path / "m", "--json", tmp_path / "figures.json")
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert figures["test"]["n"] == sum('"split": "test"' in x and '"stance": null' not in x for x in lines)
    run("train", "--quick", tmp_path / "few.jsonl", "-o", tmp_path / "again")
    one, two = (run("classify", "--model", tmp_path / m, stdin="We may send jets.\n").stdout for m in ("m", "again"))
    assert one == two


def test_no_near_duplicates() -> None:
    rows = load_labeled([SEEDS / "labeled"])
    assert [(rows[i].text, rows[j].text) for i, j in near_duplicates(rows)] == []


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("sending Leopard tanks", {"tanks"}),
        ("anti-tank missiles", {"missiles"}),
        ("F-16 fighter jets and pilots' training", {"aircraft", "training"}),
        ("Patriot batteries", {"air-defence"}),
        ("artillery shells", {"artillery", "ammunition"}),
        ("a nice day", set()),
    ],
)
def test_items(text: str, items: set[str]) -> None:
    assert set(signals(text).items) == items


def test_recipient_and_topic_in_an_article() -> None:
    text = (
        "US President Joe Biden said that Washington would send anti-ship missiles to Taiwan.\n\n"
        "Biden said that the weather in Delaware had been kind to the farmers this year."
    )
    rows = list(score([Article("a", None, text, "2023-05-01")], load_pipeline(), keep_off_topic=True))
    about, other = (r for r in rows if not r.statement.nested)
    assert (about.topic.recipient, about.topic.items, about.judgement.stance) == ("TWN", ("missiles",), "support")
    assert other.judgement.stance is None


def test_metrics_by_hand() -> None:
    right, confidence = np.array([True, False, True, True]), np.array([0.95, 0.55, 0.95, 0.95])
    assert expected_calibration_error(right, confidence) == pytest.approx(0.75 * 0.05 + 0.25 * 0.55)
    assert both_right(right, partners(["p", "q", "p", "q"])) == (0.5, 2)
    assert both_right(right, partners(["p", "q", "r", None])) == (0.0, 0)  # no pair is whole


def test_the_preposition_of_a_cue_tells_the_side() -> None:
    text = "The Hungarian prime minister spoke against the plan to support Ukraine with money for arms."
    (statement,) = label(Article("a", None, text, "2023-10-27"), Resolver(load_registry()))
    assert statement.cue is not None
    assert statement.cue.text == "spoke against"
    assert model_text(statement).startswith("spoke against the plan")
