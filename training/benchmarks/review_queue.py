"""How soon the review app answers on a large database: opening the queue, judging, the pages of all leaders and of one.

    python -m training.benchmarks.review_queue [--statements 200000] [--reviews 2000]

Made-up articles of ten statements each, their words drawn from the labeled sentences; then so many reviews by one
person, the most teaching first. Printed: milliseconds of an answer over HTTP on loopback (median of 20), and in
headless Chromium from the start of navigation to the queue's statement painted and loaded (median of 7; needs Debian's
chromium).
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import threading
import time
from pathlib import Path

import httpx
import uvicorn
from playwright.sync_api import sync_playwright
from sqlalchemy import insert

from stance.review.app import create_app
from stance.review.context import Settings
from stance.review.queue import Sharing, next_statement
from stance.store import Store, open_store
from stance.store import tables as t
from stance.store.reviews import Decision, add_review, ensure_annotator
from training.benchmarks.report_pages import SEEDS, TIMES
from training.corpus import load_labeled, stance_rows

PER_ARTICLE = 10
LEADERS = 500
MODEL = "0" * 16
PORT = 8797
COMMON: t.Row = {
    **{"state": "current", "actor_kind": "person", "country": "SVK", "kind": "indirect", "cue_class": "say"},
    **{"candidates": [], "headline": False, "nested": False, "spokesperson": False, "joint": False},
    **{"relevance": 0.9, "items": ["tanks"], "recipient": "UKR", "model_id": MODEL},
}


def fill(store: Store, count: int, seed: int = 0) -> None:
    """A store of `count` statements."""
    chance = random.Random(seed)
    sentences = [row.text for row in stance_rows(load_labeled([SEEDS]), "train")]
    articles: list[t.Row] = []
    statements: list[t.Row] = []
    judgements: list[t.Row] = []
    for number in range(count // PER_ARTICLE):
        text, spans = "", []
        for sentence in chance.sample(sentences, PER_ARTICLE):
            text += "The minister said: "
            spans.append((len(text), len(text) + len(sentence)))
            text += sentence + "\n\n"
        articles.append({"key": number + 1, "id": f"a{number}", "text": text, "published": "2024-02-27", "path": "x"})
        for start, end in spans:
            key = len(statements) + 1
            u, d, n = (chance.random() for _ in range(3))
            leader = chance.randrange(LEADERS)
            statements.append(
                COMMON
                | {"key": key, "id": f"s{key}", "article_key": number + 1, "lot": chance.random()}
                | {
                    "actor_id": f"Q{leader}",
                    "actor": f"Leader {leader}",
                    "spans": [[start, end]],
                    "text": text[start:end],
                }
                | {"uncertainty": u, "disagreement": d, "novelty": n, "mixed": (u + d + n) / 3}
            )
            judged: t.Row = {"stance": "oppose", "probabilities": {"support": 0.1, "oppose": 0.8, "undecided": 0.1}}
            judged |= {"confidence": 0.8, "needs_review": False, "because": [["no", 1.0]], "at": "2026-01-01"}
            judgements.append({"statement_key": key, "model_id": MODEL} | judged)
    with store.write() as connection:
        connection.execute(insert(t.models), [{"id": MODEL, "info": {}, "added_at": "2026-01-01"}])
        for table, rows in ((t.articles, articles), (t.statements, statements), (t.judgements, judgements)):
            connection.execute(insert(table), rows)


def review(store: Store, count: int) -> float:
    """Makes so many reviews; returns the milliseconds of each."""
    begun = time.perf_counter()
    for _ in range(count):
        with store.write() as connection:
            name = ensure_annotator(connection, "Ann")
            key = next_statement(connection, name, sharing=Sharing(gold_every=0))
            assert key is not None
            add_review(connection, key, name, "judge", Decision("oppose", "Q1", "Leader 1", ((0, 10),)))
    return 1000 * (time.perf_counter() - begun) / max(1, count)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statements", type=int, default=200_000)
    parser.add_argument("--reviews", type=int, default=2000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "big.db")
        fill(store, given.statements)
        print(f"{given.statements} statements, {given.reviews} reviews of {review(store, given.reviews):.1f} ms each")
        app = create_app(store, Settings(annotator="Ann"))
        server = uvicorn.Server(uvicorn.Config(app, port=PORT, log_level="warning"))
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.05)
        url = f"http://127.0.0.1:{PORT}"
        with httpx.Client(base_url=url, headers={"Origin": url}, follow_redirects=True, timeout=60) as client:
            client.get("/queue")  # loads the model
            for path in ("/queue", "/queue?strategy=random", "/leaders", "/leaders/Q1", "/agreement"):
                print(f"  {path}: {_median([_get(client, path) for _ in range(20)]):.0f} ms")
        paint, load = _in_browser(url)
        print(f"  /queue in Chromium: painted {paint:.0f} ms, loaded {load:.0f} ms")
        server.should_exit = True
        store.close()


def _get(client: httpx.Client, path: str) -> float:
    begun = time.perf_counter()
    client.get(path).raise_for_status()
    return 1000 * (time.perf_counter() - begun)


def _in_browser(url: str) -> tuple[float, float]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        page = browser.new_page()
        times = []
        for _ in range(7):
            page.goto(f"{url}/queue")
            page.wait_for_timeout(50)
            times.append(page.evaluate(TIMES))
        browser.close()
    return _median([paint for paint, _ in times]), _median([load for _, load in times])


def _median(values: list[float]) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    main()
