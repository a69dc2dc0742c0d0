"""How heavy the pages of a report are, and how soon they open: reports of made-up leaders in headless Chromium.

`python -m training.benchmarks.report_pages [--leaders 10,100,500] [--each 100]` (needs Debian's chromium). Every
leader makes `each` statements over three years, in words drawn from the labeled sentences and set into an article of
invented text; the released model judges them, so that the pages hold reasons as real ones do. Printed per size: weight
of the overview, the heaviest leader's page and all files; seconds to write; from the start of navigation to the first
paint and to the end of loading (median of the runs); and how long one change of a filter takes.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from stance.model import StanceModel, load_model, model_text
from stance.positions import positions
from stance.records import ITEMS, STANCES, Actor, Article, Judgement, Mention, Scored, Statement, Topic, content_id
from stance.report.html import write_html
from stance.report.view import Content
from training.corpus import load_labeled, stance_rows

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "labeled"
COUNTRIES = ("USA", "GBR", "DEU", "FRA", "POL", "ITA", "ESP", "NOR", "JPN", "KOR", "AUS", "TUR", "HUN", "BRA", "ZAF")
BEFORE = "The session had been moved twice, and by noon the benches on both sides of the hall were full again. " * 3
AFTER = (
    " Nobody in the hall expected the matter to end there, and the chair set another sitting for the week after." * 4
)
FILTER = """() => {
  const start = performance.now();
  const stance = document.querySelector("[name=stance]");
  stance.value = "oppose";
  stance.dispatchEvent(new Event("input", {bubbles: true}));
  document.body.getBoundingClientRect();
  return performance.now() - start;
}"""
TIMES = """() => {
  const load = performance.getEntriesByType("navigation")[0].loadEventEnd;
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [paint ? paint.startTime : load, load];
}"""


@dataclass(frozen=True)
class Figures:
    """One size of report. Weights in bytes, times in seconds."""

    leaders: int
    statements: int
    overview: int
    heaviest: int
    everything: int
    writing: float
    paint: float
    load: float
    leader_load: float
    filtering: float


def made_up(leaders: int, each: int, model: StanceModel) -> list[Scored]:
    """The scored statements of so many invented leaders."""
    drawn = random.Random(7)
    rows: dict[str, list[str]] = {stance: [] for stance in STANCES}
    for row in stance_rows(load_labeled([SEEDS]), "train"):
        rows[str(row.stance)].append(row.text)
    out = []
    for n in range(leaders):
        actor = Actor(f"example-{n:03}", f"Leader {n:03} Example", "person", COUNTRIES[n % len(COUNTRIES)])
        leaning = [drawn.expovariate(1) for _ in STANCES]
        said = [drawn.choice(rows[stance]) for stance in drawn.choices(STANCES, leaning, k=each)]
        out += [_statement(actor, words, f"{n}-{k}", drawn) for k, words in enumerate(said)]
    judgements = model.judge([model_text(one.statement) for one in out])
    return [replace(one, judgement=judgement) for one, judgement in zip(out, judgements, strict=True)]


def _statement(actor: Actor, words: str, key: str, drawn: random.Random) -> Scored:
    said = f"“{words}” {actor.name} said."
    start = len(BEFORE) + 1
    at = len(BEFORE) + len(words) + 3
    day = date(2023, 1, 1) + timedelta(drawn.randrange(1095))
    text = BEFORE + said + AFTER
    url, outlet = f"https://news.example/{key}", f"Gazette {drawn.randrange(40)}"
    article = Article(content_id(key), f"Sitting {key}: what was said", text, str(day), url, outlet, f"{key}.txt")
    source = Mention(actor.name, at, at + len(actor.name))
    cue = Mention("said", at + len(actor.name) + 1, at + len(actor.name) + 5)
    spans = ((start, start + len(words)),)
    statement = Statement(content_id(key, "s"), article.id, actor, source, cue, spans, words, "direct")
    topic = Topic(0.98, tuple(drawn.sample(ITEMS[:-1], drawn.choice((1, 1, 2)))), drawn.choice(("UKR", "ISR", "TWN")))
    return Scored(article, statement, topic, Judgement(None))


def measured(leaders: int, each: int, browser: Browser, repeat: int) -> Figures:
    """The figures of one size of report."""
    model = load_model(None)
    scored = made_up(leaders, each, model)
    found = positions(scored, errors=model.errors)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        begun = time.perf_counter()
        content = Content(scored, found, model=model)
        write_html(path, content, title="Made-up leaders", generated="by the benchmark")
        writing = time.perf_counter() - begun
        own = sorted((Path(folder) / "leaders").glob("*.html"), key=lambda p: p.stat().st_size)
        opened = [_open(browser, path) for _ in range(repeat)]
        paint, load, filtering = (statistics.median(column) for column in zip(*opened, strict=True))
        heaviest = own[-1] if own else path
        return Figures(
            leaders=leaders,
            statements=len(scored),
            overview=path.stat().st_size,
            heaviest=heaviest.stat().st_size,
            everything=sum(p.stat().st_size for p in (path, *own)),
            writing=writing,
            paint=paint,
            load=load,
            leader_load=statistics.median(_open(browser, heaviest)[1] for _ in range(repeat)),
            filtering=filtering,
        )


def _open(browser: Browser, path: Path) -> tuple[float, float, float]:
    """Seconds to the first paint, to the end of loading, and for a filter, in a browser context of its own."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(path.as_uri(), wait_until="load")
    page.wait_for_timeout(200)
    paint, load = page.evaluate(TIMES)
    filtering = page.evaluate(FILTER)
    page.close()
    return paint / 1000, load / 1000, filtering / 1000


def table(rows: Sequence[Figures]) -> str:
    """The figures as a markdown table, weights in megabytes."""
    head = (
        "| leaders | statements | overview MB | a leader's page MB | all pages MB | write s | first paint s "
        "| loaded s | leader's page loaded s | filter s |"
    )
    lines = [head, "|" + "---:|" * 10]
    for r in rows:
        weights = " | ".join(f"{size / 1e6:.2f}" for size in (r.overview, r.heaviest, r.everything))
        times = " | ".join(f"{t:.2f}" for t in (r.paint, r.load, r.leader_load, r.filtering))
        lines.append(f"| {r.leaders} | {r.statements:,} | {weights} | {r.writing:.0f} | {times} |")
    return "\n".join(lines)


def main() -> None:
    """Measures the sizes asked for and prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--leaders", default="10,100,500", help="numbers of leaders, separated by commas")
    parser.add_argument("--each", type=int, default=100, help="statements a leader")
    parser.add_argument("--repeat", type=int, default=5, help="times each page is opened")
    parser.add_argument("--browser", default="/usr/bin/chromium", help="the Chromium to use")
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.browser, args=["--no-sandbox", "--disable-gpu"])
        sizes = [int(n) for n in given.leaders.split(",")]
        print(table([measured(n, given.each, browser, given.repeat) for n in sizes]))
        browser.close()


if __name__ == "__main__":
    main()
