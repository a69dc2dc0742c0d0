"""Articles per second of the whole scoring path beside plain scikit-learn, in one process and one run.

`python -m training.benchmarks.throughput PATH... [--repeat N]`. Ours labels, attributes, tells the topic, judges and
explains; the plain one only splits the articles into sentences and gives every sentence class probabilities.
Reading the articles, loading and fitting are not timed. The two take turns, so that a slow moment meets both.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import sentencex
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from stance.pipeline import load_pipeline, score
from stance.readers import read_articles
from stance.records import Article, InputError
from training.corpus import load_labeled, stance_rows

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "labeled"


def plain_model(labeled: Path) -> Pipeline:
    """Plain scikit-learn with its own defaults, fitted on the stance sentences of the train split."""
    rows = stance_rows(load_labeled([labeled]), "train")
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=1000))
    return model.fit([row.text for row in rows], [row.stance for row in rows])


def plain_score(articles: Sequence[Article], model: Pipeline) -> int:
    """Class probabilities of every sentence of the articles, in one call; returns how many sentences."""
    sentences = [s for a in articles for s in sentencex.segment("en", a.text) if s.strip()]
    return len(model.predict_proba(sentences))


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def compare(articles: Sequence[Article], labeled: Path, repeat: int) -> tuple[float, float]:
    """The median rates in articles per second: (ours, plain). Each runs once before it is timed."""
    pipeline, model = load_pipeline(), plain_model(labeled)

    def ours() -> int:
        return sum(1 for _ in score(articles, pipeline))

    def plain() -> int:
        return plain_score(articles, model)

    ours()
    plain()
    turns = [(seconds(ours), seconds(plain)) for _ in range(repeat)]
    mine, theirs = (statistics.median(column) for column in zip(*turns, strict=True))
    return len(articles) / mine, len(articles) / theirs


def main() -> None:
    """Parses the arguments and prints both rates and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m training.benchmarks.throughput")
    parser.add_argument("paths", nargs="+", help="article files or folders")
    parser.add_argument("--repeat", type=int, default=5, help="timed runs of each; the median counts")
    parser.add_argument("--labeled", type=Path, default=SEEDS, help="what the plain model is fitted on")
    given = parser.parse_args()
    if given.repeat < 1:
        parser.error("--repeat must be 1 or more")
    try:
        articles = list(read_articles(given.paths, on_skip=lambda one: print(one, file=sys.stderr)))
        if not articles:
            raise InputError("no article could be read; check the paths.")
        ours, plain = compare(articles, given.labeled, given.repeat)
    except InputError as error:
        parser.exit(2, f"throughput: {error}\n")
    print(f"{len(articles)} articles, median of {given.repeat} runs, one process")
    print(f"stance              {ours:9.1f} articles/s")
    print(f"plain scikit-learn  {plain:9.1f} articles/s")
    print(f"stance / plain      {ours / plain:9.3f}")


if __name__ == "__main__":
    main()
