"""A generated corpus with the mixture of a news archive: one article in twenty is about military aid.

`python -m training.benchmarks.mixture N OUT.parquet [--seed S] [--relevant P] [--armed P]`. A relevant article is one
of the seed articles, its paragraphs after the first in a random order. The others are everyday news from `news.toml`:
one to three topics, their sentences drawn at random with invented names and numbers, of the same length as the seed
articles on average and with as many quotations. A third of them has a paragraph here and there in words that military
aid is told in (tanks, training, drones, soldiers) and is not about it; one in twenty of those is a war report in such
words throughout. That is what real political news looks like to the first pass: of 924 English articles of 2016, 36%
hold a term, in 12% of their paragraphs on average (half of them in under 8%).
"""

from __future__ import annotations

import argparse
import random
import tomllib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from stance.readers import read_articles

RELEVANT = 0.05
ARMED = 0.33  # of the others: those with words of arms,
IN_PASSING, THROUGHOUT = 0.1, 0.9  # in so many of their paragraphs,
REPORTS = 0.05  # throughout in so many of those
_PROSE = Path(__file__).with_name("news.toml")
_SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "articles"
_WRITTEN = 4096  # rows of a row group


def mixture(count: int, seed: int = 0, relevant: float = RELEVANT, armed: float = ARMED) -> Iterator[dict[str, str]]:
    """Articles as rows with id, title, text and published, the same ones for the same seed."""
    chance = random.Random(seed)
    prose = tomllib.loads(_PROSE.read_text("utf-8"))
    seeds = list(read_articles([_SEEDS]))
    length = sum(len(one.text) for one in seeds) // len(seeds)
    for number in range(count):
        if chance.random() < relevant:
            told = chance.choice(seeds)
            first, *rest = [p for p in told.text.split("\n\n") if p.strip()]
            chance.shuffle(rest)
            title, paragraphs, day = told.title or first, [first, *rest], told.published or "2024-01-01"
        else:
            title, paragraphs = _everyday(prose, length, chance, armed)
            day = f"20{chance.randint(20, 25)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        yield {"id": f"m{number}", "title": title, "text": "\n\n".join(paragraphs), "published": day}


def _everyday(
    prose: dict[str, dict[str, list[str]]], length: int, chance: random.Random, armed: float
) -> tuple[str, list[str]]:
    """The title and paragraphs of an everyday article of about `length` characters."""
    share = (THROUGHOUT if chance.random() < REPORTS else IN_PASSING) if chance.random() < armed else 0.0
    topics = chance.sample(sorted(prose["plain"]), chance.randint(1, 3))
    apart = chance.choice(sorted(prose["armed"]))
    paragraphs: list[str] = []
    wanted, written = chance.gauss(length, length / 4), 0
    while not paragraphs or written < wanted:
        told = prose["armed"][apart] if chance.random() < share else prose["plain"][chance.choice(topics)]
        paragraph = " ".join(_filled(one, prose, chance) for one in chance.sample(told, chance.randint(1, 3)))
        paragraphs.append(paragraph)
        written += len(paragraph)
    return paragraphs[0].split(".")[0], paragraphs


def _filled(sentence: str, prose: dict[str, list[str]] | dict[str, dict[str, list[str]]], chance: random.Random) -> str:
    filled = sentence.format(
        who=chance.choice(list(prose["who"])), place=chance.choice(list(prose["place"])), n=chance.randint(2, 90)
    )
    return filled[0].upper() + filled[1:]


def write(path: Path, count: int, seed: int = 0, relevant: float = RELEVANT, armed: float = ARMED) -> None:
    """Writes the corpus as parquet, in row groups of some thousand articles."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = mixture(count, seed, relevant, armed)
    schema = pa.schema([(name, pa.string()) for name in ("id", "title", "text", "published")])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(rows, _WRITTEN)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def main() -> None:
    """Parses the arguments and writes the corpus."""
    parser = argparse.ArgumentParser(prog="python -m training.benchmarks.mixture")
    parser.add_argument("count", type=int, help="articles")
    parser.add_argument("out", type=Path, help="parquet file to write")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--relevant", type=float, default=RELEVANT, help="share about military aid")
    parser.add_argument("--armed", type=float, default=ARMED, help="share of the others in words of arms")
    given = parser.parse_args()
    write(given.out, given.count, given.seed, given.relevant, given.armed)


if __name__ == "__main__":
    main()
