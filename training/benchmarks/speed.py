"""The speed goals in one run on one core, each a ratio against a peer on the same articles.

`python -m training.benchmarks.speed PATH… [--mixture N] [--sentences N] [--repeat N]`. PATHs are articles about
military aid; the mixture is generated (training.benchmarks.mixture). The peers: plain scikit-learn, which only gives
every sentence class probabilities (training.benchmarks.throughput); a spaCy pipeline of the shape of en_core_web_sm
(tok2vec, tagger, parser, ner; random weights cost what trained ones do), which quote extractors need before they
start, measured where spaCy is installed; and scikit-learn's predict_proba with the released model's own terms and
coefficients. All take turns, and of each its median counts. Below them stand the floors: reading the bytes, the first
pass, and one pass of the vectorizer over the statements alone.
"""

from __future__ import annotations

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # one core, before any library starts threads

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline

from stance.classify import classify_lines
from stance.features import vectorizer
from stance.model import model_text
from stance.pipeline import load_pipeline, score
from stance.readers import read_articles
from stance.records import Article, InputError
from stance.scale.batch import score_table
from stance.screen import may_matter
from stance.textmodel import TextModel
from training.benchmarks.mixture import write
from training.benchmarks.throughput import SEEDS, plain_model, plain_score
from training.corpus import load_labeled

_SPACY_ARTICLES = 40  # enough for a rate, at some ten articles a second


def medians(repeat: int, works: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """The median seconds of each work; they take turns, so that a slow moment meets all, after a run that is not
    counted."""
    for work in works.values():
        work()
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeat):
        for name, work in works.items():
            begun = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - begun)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def spacy_pipeline() -> Any:
    """A spaCy pipeline with the layers of en_core_web_sm and random weights; None where spaCy is not installed."""
    try:
        import spacy
        from spacy.training import Example
    except ImportError:
        return None
    embed = {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2", "width": 96, "include_static_vectors": False,
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE"],
            "rows": [5000, 1000, 2500, 2500, 50, 50],
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2", "width": 96, "depth": 4, "window_size": 1,
            "maxout_pieces": 3,
        },
    }  # fmt: skip
    shared = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96}
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": embed})
    nlp.add_pipe("tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": shared}})
    transitions = {"@architectures": "spacy.TransitionBasedParser.v2", "extra_state_tokens": False, "hidden_width": 64,
                   "maxout_pieces": 2, "use_upper": True}  # fmt: skip
    nlp.add_pipe("parser", config={"model": transitions | {"state_type": "parser", "tok2vec": shared}})
    nlp.add_pipe("ner", config={"model": transitions | {"state_type": "ner", "tok2vec": embed}})
    words = [f"w{i}" for i in range(50)]
    heads = [max(0, i - 1) for i in range(50)]
    told = {"tags": [f"T{i}" for i in range(50)], "heads": heads, "deps": ["ROOT", *(f"d{i}" for i in range(1, 50))]}
    told["entities"] = [f"U-E{i}" if i < 18 else "O" for i in range(50)]
    nlp.initialize(lambda: [Example.from_dict(nlp.make_doc(" ".join(words)), told)])
    return nlp


def as_scikit_learn(model: TextModel) -> Pipeline:
    """The same model as a pipeline of scikit-learn's."""
    parts, weights = [], {}
    for block in model.blocks:
        vocabulary = {term: column - block.first for term, column in block.vocabulary.items()}
        fitted = vectorizer(block.name, vocabulary=vocabulary, sublinear_tf=block.sublinear)
        fitted.idf_ = block.idf
        parts.append((block.name, fitted))
        weights[block.name] = block.weight
    regression = LogisticRegression()
    regression.classes_ = np.array(model.classes)
    regression.coef_, regression.intercept_ = model.coefficients, model.intercepts
    regression.n_features_in_ = model.coefficients.shape[1]
    return Pipeline([("features", FeatureUnion(parts, transformer_weights=weights)), ("regression", regression)])


def on_articles(name: str, articles: Sequence[Article], table: pa.Table, repeat: int) -> None:
    """Prints ours beside plain scikit-learn and spaCy, and the floors, for articles and the same as a table."""
    pipeline, plain, spacy = load_pipeline(), plain_model(SEEDS), spacy_pipeline()
    some = [one.text for one in articles[:: max(1, len(articles) // _SPACY_ARTICLES)]][:_SPACY_ARTICLES]
    scored = list(score(articles, pipeline))
    texts = [model_text(one.statement) for one in scored]
    megabytes = table["text"].nbytes / 1e6
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "articles.parquet"
        pq.write_table(table, file, compression="zstd")
        works: dict[str, Callable[[], Any]] = {
            "stance": lambda: score_table(table, pipeline),
            "plain scikit-learn": lambda: plain_score(articles, plain),
            "reading the parquet file": lambda: pq.read_table(file),
            "first pass": lambda: may_matter(table["text"]),
            "vectorizer over the statements": lambda: pipeline.model.stance.read(texts),
        }
        if spacy is not None:
            works["spaCy"] = lambda: list(spacy.pipe(some))
        seconds = medians(repeat, works)
    rate = {name: len(articles) / taken for name, taken in seconds.items()}
    print(f"\n{name}: {len(articles)} articles, {megabytes:.1f} MB, {len(scored)} statements")
    for work, taken in rate.items():
        if work != "spaCy":
            print(f"  {work:32} {taken:12,.0f} articles/s {megabytes / seconds[work]:9,.1f} MB/s")
    print(f"  stance / plain scikit-learn      {rate['stance'] / rate['plain scikit-learn']:12.2f}")
    if spacy is not None:
        theirs = len(some) / seconds["spaCy"]
        print(f"  spaCy ({len(some)} of them)             {theirs:12,.1f} articles/s")
        print(f"  stance / spaCy                   {rate['stance'] / theirs:12.1f}")


def on_sentences(count: int, repeat: int) -> None:
    """Prints `stance classify` beside scikit-learn's predict_proba of the same two models, on distinct sentences."""
    chance = random.Random(0)
    rows = [row.text for row in load_labeled([SEEDS])]
    names = [f"{a}{b}" for a in ("Lin", "Var", "Hal", "Ril", "Kes", "Mon", "Ober", "Tres") for b in ("da", "gos", "e")]
    texts = [f"In {chance.choice(names)} and {chance.choice(names)}: {chance.choice(rows)}" for _ in range(count)]
    model = load_pipeline().model
    assert model.relevance is not None
    theirs = [as_scikit_learn(model.stance), as_scikit_learn(model.relevance)]
    seconds = medians(
        repeat,
        {
            "scikit-learn's predict_proba": lambda: [one.predict_proba(texts) for one in theirs],
            "classify, csv": lambda: sum(1 for _ in classify_lines(({"text": t} for t in texts), model, "csv")),
            "classify, jsonl with reasons": lambda: sum(
                1 for _ in classify_lines(({"text": t} for t in texts), model, "jsonl")
            ),
        },
    )
    print(f"\n{count} sentences")
    base = seconds["scikit-learn's predict_proba"]
    for name, taken in seconds.items():
        print(f"  {name:32} {taken:8.2f} s {taken / base:6.2f} of scikit-learn's")


def starts(repeat: int) -> None:
    """Prints how long a command takes from its start to its end."""
    with tempfile.TemporaryDirectory() as folder:
        article = Path(folder) / "a.txt"
        article.write_text("German Chancellor Olaf Scholz said Germany would send more tanks to Ukraine.")
        program = [sys.executable, "-m", "stance.cli"]

        def run(*args: object) -> Callable[[], Any]:
            return lambda: subprocess.run([*program, *map(str, args)], check=True, capture_output=True)

        seconds = medians(repeat, {"stance --help": run("--help"), "stance score, one article": run("score", article)})
    print()
    for name, taken in seconds.items():
        print(f"{name:34} {taken:8.2f} s")


def main() -> None:
    """Parses the arguments and prints every figure."""
    parser = argparse.ArgumentParser(prog="python -m training.benchmarks.speed")
    parser.add_argument("paths", nargs="+", help="articles about military aid")
    parser.add_argument("--mixture", type=int, default=2000, help="articles of the generated corpus")
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pa.set_cpu_count(1)
    starts(given.repeat)
    try:
        articles = list(read_articles(given.paths, on_skip=lambda one: print(one, file=sys.stderr)))
    except InputError as error:
        parser.exit(2, f"speed: {error}\n")
    on_articles("about military aid", articles, _table(articles), given.repeat)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "m.parquet", given.mixture)
        table = pq.read_table(Path(folder) / "m.parquet")
    mixed = [Article(row["id"], row["title"], row["text"], row["published"]) for row in table.to_pylist()]
    on_articles("mixture, 5% about military aid", mixed, table, given.repeat)
    on_sentences(given.sentences, given.repeat)


def _table(articles: Sequence[Article]) -> pa.Table:
    names = ("title", "text", "published", "url", "path")
    return pa.table({name: pa.array([getattr(one, name) for one in articles], pa.string()) for name in names})


if __name__ == "__main__":
    main()
