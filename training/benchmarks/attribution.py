"""Who said what, measured against gold attributions in the form of PolNeAR (Newell, Margolin and Ruths, LREC 2018).

`python -m training.benchmarks.attribution GOLD.jsonl [--articles N] [--errors FILE] [--sample 20] [--seed 1]
[--json FILE]`. Measured is what `stance label --all` gives, before any actor is looked for. A prediction matches a
gold attribution where the characters of their contents have an F1 of 0.5 at least, one to one; sources and cues are
judged on the matched pairs. Gold without content does not count. Exact means the same letters and digits, but for a
"that" in front: gold contents include it and the quotation marks, ours do not; strict means the same characters.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from stance.actors.registry import load_registry
from stance.actors.resolver import Resolver
from stance.labeling import label
from stance.records import Article, InputError, Mention, Statement
from stance.report.atomic import write_text
from training.benchmarks.attribution_errors import listing
from training.benchmarks.attribution_gold import Document, Marked, Spans, read_gold, trimmed
from training.benchmarks.attribution_match import compare, figures, ratio

_WIDTH = 110  # columns of the tables where the output is no terminal


@dataclass(frozen=True, slots=True)
class Labeled:
    """The predictions of each article, and the seconds that labeling all of them took."""

    predicted: tuple[tuple[Marked, ...], ...]
    seconds: float


def label_all(documents: Sequence[Document], acts: bool = False) -> Labeled:
    """Labels every article; the first is labeled once before the clock runs. Loading the registry is not timed."""
    resolver = Resolver(load_registry())
    articles = [Article(document.id, None, document.text) for document in documents]
    label(articles[0], resolver)
    begun = time.perf_counter()
    labeled = [label(article, resolver) for article in articles]
    seconds = time.perf_counter() - begun
    predicted = (as_marked(d.text, found, acts) for d, found in zip(documents, labeled, strict=True))
    return Labeled(tuple(predicted), seconds)


def as_marked(text: str, statements: Sequence[Statement], acts: bool = False) -> tuple[Marked, ...]:
    """Statements as spans. Acts are no reported speech and stay out unless asked for; so does what is told twice,
    as a joint statement is, once for each of its actors."""
    out: dict[tuple[Spans, Spans, Spans], Marked] = {}
    for statement in statements:
        content = trimmed(text, statement.spans)
        if content and (acts or statement.kind != "act"):
            source, cue = _span(statement.source), _span(statement.cue)
            marked = Marked(source, cue, content, statement.kind, statement.cue_class)
            out.setdefault((source, cue, content), marked)
    return tuple(out.values())


def _span(mention: Mention | None) -> Spans:
    return () if mention is None else ((mention.start, mention.end),)


def speed(documents: Sequence[Document], seconds: float) -> dict[str, float]:
    """Seconds of labeling, articles per second and characters per second."""
    characters = sum(len(document.text) for document in documents)
    return {
        "seconds": seconds,
        "articles_per_second": ratio(len(documents), seconds),
        "characters_per_second": ratio(characters, seconds),
    }


def show(result: Mapping[str, Any], console: Console) -> None:
    """Prints all figures as tables; without frames where the output is no terminal."""
    console.print(
        f"{result['articles']} articles; attributions: {result['gold']} gold, {result['predicted']} predicted, "
        f"{result['matched']} matched",
    )
    content = [
        [name, f"{c['value']:.3f}", f"{c['interval_95'][0]:.3f} to {c['interval_95'][1]:.3f}"]
        for name, c in result["content"].items()
    ]
    _print(console, "Content, character F1 >= 0.5", ["", "value", "95% interval"], content)
    shares = [
        [name.replace("_", " "), f"{share:.3f}", f"{result['of_gold'][name]:.3f}"]
        for name, share in result["of_matched"].items()
    ]
    _print(console, "Right of the matched", ["", "of matched", "of gold"], shares)
    for split, classes in result["gold_by"].items():
        rows = [
            [name, str(c["n"]), f"{c['found']:.3f}", *(f"{c[key]:.3f}" for key in ("source", "cue", "exact"))]
            for name, c in classes.items()
            if c["n"]
        ]
        head = [split.replace("_", " "), "gold n", "found", "source right", "cue right", "exact"]
        _print(console, f"Gold by {head[0]} (right: of the found)", head, rows)
    for split, classes in result["predicted_by"].items():
        rows = [[name, str(c["n"]), str(c["matched"]), f"{c['precision']:.3f}"] for name, c in classes.items()]
        head = [split.replace("_", " "), "predicted n", "matched", "precision"]
        _print(console, f"Predictions by {head[0]}", head, rows)
    rate = result["speed"]
    console.print(
        f"\nlabeling {rate['seconds']:.2f} s: {rate['articles_per_second']:.1f} articles/s, "
        f"{rate['characters_per_second']:,.0f} characters/s"
    )


def _print(console: Console, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    console.print(f"\n{title}")
    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else None, pad_edge=False)
    for number, name in enumerate(head):
        table.add_column(name, justify="left" if number == 0 else "right", min_width=16 if number == 0 else None)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def main() -> None:
    """Parses the arguments, labels, compares, prints, and writes what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m training.benchmarks.attribution")
    parser.add_argument("gold", type=Path, help="a .jsonl file of articles with gold attributions, or a folder of them")
    parser.add_argument("--articles", type=int, help="only the first so many articles")
    parser.add_argument("--acts", action="store_true", help="count statements of kind act too")
    parser.add_argument("--errors", type=Path, help="writes a listing of sampled errors to this file")
    parser.add_argument("--sample", type=int, default=20, help="examples of each kind of error")
    parser.add_argument("--seed", type=int, default=1, help="of the sample and of the bootstrap")
    parser.add_argument("--json", type=Path, help="writes all figures to this file")
    given = parser.parse_args()
    if given.articles is not None and given.articles < 1:
        parser.error("--articles must be 1 or more")
    if given.sample < 0 or given.seed < 0:
        parser.error("--sample and --seed must be 0 or more")
    try:
        documents = read_gold(given.gold, given.articles)
        labeled = label_all(documents, given.acts)
        compared = [compare(d, predicted) for d, predicted in zip(documents, labeled.predicted, strict=True)]
        result = figures(compared, given.seed) | {"speed": speed(documents, labeled.seconds)}
        if given.json is not None:
            _write(given.json, json.dumps(result, indent=1) + "\n")
        if given.errors is not None:
            _write(given.errors, listing(compared, given.sample, given.seed))
    except InputError as error:
        parser.exit(2, f"attribution: {error}\n")
    console = Console(width=None if sys.stdout.isatty() else _WIDTH, highlight=False, markup=False)
    show(result, console)


def _write(path: Path, text: str) -> None:
    try:
        write_text(path, text)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); name another file.") from error


if __name__ == "__main__":
    main()
