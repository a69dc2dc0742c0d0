"""Fuzzes the labeler: `python -m training.fuzz.labeler [-runs=N] [FOLDER]`. Text in, statements and topics out.

The first byte of an input says how the rest becomes text: as UTF-8 whose broken bytes are lone surrogates, or a byte a
piece of news prose (marks, cues, names, line ends), which reaches sooner where statements are found. Nothing may be
raised, every statement must hold what `checks` asks, and no input may take long.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from training.fuzz.start import Harness, fuzz

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "articles"
PIECES = [
    *"“”\"'‘’«»„‹›<>()[]—–-:;.,!?…•@#/ ", *(" ", "\n", "\n\n", "\r\n", "\u00a0", "\u2028", "``", "''", "\0", "\ud800"),
    "Ann Olen", "Olen", "Macron", "Emmanuel Macron", "Scholz", "Germany", "the German chancellor", "NATO",
    "the Kremlin", "the minister", "his Polish counterpart", "a spokesman for", "officials", "the two leaders", "both",
    "he", "she", "they", "it", "who", "which", "that", "and", "or", "but", "of", "for", "with", "in",
    "on Monday", "the", "a", "to", "said", "says", "told reporters", "added", "asked", "warned", "according to", "has",
    "was", "had been", "will",
    "would not", "refused", "opposes", "supports", "approved by", "promised to send", "rejected", "saying", "whether",
    "statement", "call for", "is confident", "as", "put it", "tanks", "missiles", "military aid", "weapons", "money",
    "to Ukraine", "war", "We", "I", "not", "it’s", "don't", "US", "U.S.", "Mr.", "A.", "2024", "5", "1,000", "%", "🙂",
    "é", "\u0301", "İ", "ﬁ", "KYIV (AP) — ", "ANN OLEN: ", "Q: ", "Read more: ", "By ", "https://a.b/c", "(Reporting",
]  # fmt: skip


def text_of(data: bytes) -> str:
    """The text that an input stands for."""
    if data[0] % 2:
        return "".join(PIECES[byte % len(PIECES)] + " " * (byte < 128) for byte in data[1:])
    return data[1:].decode("utf-8", "surrogateescape")


def make() -> Harness:
    """One article through the labeler and the topics; every eighth through the models too."""
    from stance.labeling import label
    from stance.pipeline import load_pipeline, score
    from stance.records import Article
    from stance.topic import topics
    from training.fuzz.checks import check_statements

    pipeline = load_pipeline()

    def one(data: bytes) -> None:
        if len(data) < 2:
            return
        article = Article("a", None, text_of(data), "2024-03-01" if data[0] % 4 < 2 else None)
        statements = label(article, pipeline.resolver)
        check_statements(article, statements)
        assert len(topics(article, statements, [0.5] * len(statements), pipeline.registry)) == len(statements)
        if data[0] % 64 >= 56:
            for _ in score([article], pipeline, keep_off_topic=True):
                pass

    return one


def seeds() -> Iterator[bytes]:
    """Paragraphs of the articles of seeds/, and sentences made of pieces."""
    for path in sorted(SEEDS.glob("*.txt"))[:40]:
        text = path.read_text("utf-8")
        yield b"\x00" + text[:2000].encode()
        for paragraph in text.split("\n\n")[:6]:
            yield b"\x38" + paragraph.encode()
    draw = random.Random(0)
    for _ in range(60):
        yield bytes([1, *(draw.randrange(len(PIECES)) for _ in range(40))])


if __name__ == "__main__":
    fuzz("labeler", make, seeds)
