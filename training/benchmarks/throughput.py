"""Articles per second of the whole path against plain scikit-learn, in one run.

The peer only classifies: TF-IDF of word 1-2-grams and logistic regression, fitted on the same labeled sentences, over
every sentence of the same articles. Ours also attributes, resolves, tells the topic and explains. Reading, loading
and fitting are not timed; rounds alternate, and the median counts.

    python -m training.benchmarks.throughput PATH... [--repeat 5]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import sentencex
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from stance.pipeline import load_pipeline, score
from stance.readers import read_articles
from stance.records import Article
from training.corpus import load_labeled, stance_rows

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "labeled"


def plain_classifier() -> Pipeline:
    """The peer, fitted on the train split of the seeds."""
    rows = stance_rows(load_labeled([SEEDS]), "train")
    peer = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=2000))
    return peer.fit([r.text for r in rows], [r.stance for r in rows])


def classify_sentences(articles: Sequence[Article], peer: Pipeline) -> int:
    """Classifies every sentence of the articles in one call; returns how many there are."""
    sentences = [s for article in articles for s in sentencex.segment("en", article.text) if s.strip()]
    peer.predict_proba(sentences)
    return len(sentences)


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes, in seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    """Runs the benchmark and prints both rates and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    articles = list(read_articles(given.paths))
    pipeline, peer = load_pipeline(), plain_classifier()
    ours, theirs = [], []
    for _ in range(given.repeat + 1):
        ours.append(seconds(lambda: list(score(articles, pipeline))))
        theirs.append(seconds(lambda: classify_sentences(articles, peer)))
    own, other = statistics.median(ours[1:]), statistics.median(theirs[1:])  # the first round warms up
    print(f"{len(articles)} articles, {sum(len(a.text) for a in articles):,} characters, median of {given.repeat}")
    print(f"stance, whole path        {len(articles) / own:8.1f} articles/s")
    print(f"scikit-learn, classify    {len(articles) / other:8.1f} articles/s")
    print(f"ratio stance/scikit-learn {other / own:8.2f}")


if __name__ == "__main__":
    main()
