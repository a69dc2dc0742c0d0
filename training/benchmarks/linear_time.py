"""Whether time grows no faster than text: adversarial articles of n, 2n and 4n characters through the whole path.

`python -m training.benchmarks.linear_time [--size N] [--only KIND]`. Each kind is one short piece repeated, chosen to
make a careless expression or loop look at the same text again and again. An article is labeled, its topics told and
its statements judged; the ratio of the times per doubling is printed. Linear work doubles: a ratio over 2.6 (noise
included) ends with exit status 1. Time is that of this process's CPU, the best of three runs;
a kind over the bound is measured a second time.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable
from itertools import pairwise

from stance.pipeline import Pipeline, load_pipeline, score
from stance.records import Article

MOST = 2.6  # per doubling
SAID = "“We go on,” Ann Olen said. "
LAST = " he said. He said we will send tanks to Ukraine."

# What is repeated until the article has its size, each in one line without end unless it holds a line's end itself.
PIECES = {
    "quotation marks": '"',
    "quotation marks, spaced": '" ',
    "opening marks": "“",
    "opening marks before words": "“Tanks ",
    "closing marks": "”",
    "apostrophes": "'",
    "single marks before words": "‘tanks ",
    "guillemets": "«tanks ",
    "pairs of single marks": "''tanks ",
    "measures": '5" ',
    "backquotes": "``tanks ",
    "mixed marks": "“a ‘b «c \"d 'e ",
    "blanks": " ",
    "lines": "\n",
    "blank lines and words": "tanks\n\n",
    "said": "said ",
    "she said": "She said. ",
    "that": "Olen said that ",
    "and": "Ann Olen and ",
    "capitalised words": "Olen ",
    "initials": "A.",
    "capitals": "TANKS ",
    "capital letters": "T",
    "small letters": "t",
    "a word with hyphens": "tank-",
    "a word with apostrophes": "tank’s",
    "commas": ",",
    "commas and words": "tanks, ",
    "dashes": "—",
    "dashes and words": "tanks — ",
    "hyphens": "-",
    "open brackets": "(",
    "open brackets and words": "(tanks ",
    "closing brackets": ") ",
    "nested brackets": "([{",
    "tags": "<",
    "tags with words": "<tanks> ",
    "digits": "7",
    "numbers": "7, ",
    "full stops": ".",
    "full stops and words": "tanks. ",
    "question marks": "?! ",
    "colons": "Olen: ",
    "turns of a transcript": "ANN OLEN: We will send tanks.\n\n",
    "who": "Olen, who ",
    "of": "the minister of ",
    "pronouns": "she and he ",
    "titles": "President ",
    "leaders": "Macron ",
    "leaders who speak": "Macron said he would send tanks. ",
    "leaders, quoted": "“We will send tanks to Ukraine,” Macron said. ",
    "leaders, quoted, by paragraph": "“We will send tanks to Ukraine,” Macron said.\n\n",
    "pronouns, quoted, by paragraph": "“We will send tanks to Ukraine,” she said.\n\n",
    "quotations without a cue": "“We will send tanks to Ukraine.”\n\n",
    "carried quotations": "“We will send tanks to Ukraine.\n\n",
    "strangers": "Ann Macron said so. ",
    "offices": "The French president said he would. ",
    "links": "https://a.b/ ",
    "handles": "@olen: ",
    "accents": "é",
    "combining marks": "\u0301",
    "surrogates' substitute": "\ufffd",
    "bullets": "• ",
    "not": "not ",
    "tanks": "tanks for Ukraine ",
}
WRAPPED: dict[str, Callable[[int], str]] = {
    "one quotation": lambda n: f"“{'tanks ' * (n // 6)},” Macron said.",
    "one quotation of many sentences": lambda n: f"“{'We send tanks. ' * (n // 15)}” Macron said.",
    "one sentence": lambda n: f"Macron said that {'the tanks go and ' * (n // 17)}they go.",
    "nested quotations": lambda n: f"Olen said: {'“‘' * (n // 4)}tanks{'’”' * (n // 4)}.",
    "nested quotations of one kind": lambda n: f"Olen said: {'“a ' * (n // 6)}tanks{' b”' * (n // 6)}.",
    "nested guillemets": lambda n: f"Olen said: {'«a ' * (n // 6)}tanks{' b»' * (n // 6)}.",
    "nested straight marks": lambda n: "Olen said: " + ' "a' * (n // 6) + " tanks" + 'b" ' * (n // 6) + ".",
    "a list of speakers": lambda n: f"{'Olen, ' * (n // 6)}and Macron said they would send tanks.",
    "a long source": lambda n: f"The minister {'of the state ' * (n // 13)}said it would send tanks.",
}


def kinds() -> dict[str, Callable[[int], str]]:
    """Every kind of text by name, as a function of its size in characters."""
    alone = {name: _repeated(piece, SAID + "\n\n", "") for name, piece in PIECES.items()}
    inside = {f"{name}, said": _repeated(piece, "Macron said: ", LAST) for name, piece in PIECES.items()}
    return alone | inside | WRAPPED


def _repeated(piece: str, before: str, after: str) -> Callable[[int], str]:
    return lambda size: before + (piece * (size // len(piece) + 1))[:size] + after


def seconds(text: str, pipeline: Pipeline, least: float = 0.0) -> float:
    """CPU seconds to score one article, the best of three runs; one run where it takes longer than `least` wants."""
    article = Article("a", None, text, "2024-03-01")
    best = float("inf")
    for _ in range(3):
        gc.collect()
        begun = time.process_time()
        for _ in score([article], pipeline):
            pass
        best = min(best, time.process_time() - begun)
        if best > least > 0:
            break
    return best


def measure(make: Callable[[int], str], size: int, pipeline: Pipeline) -> tuple[list[float], float]:
    """The times at size, 2 size and 4 size, and the larger of the two ratios."""
    times = [seconds(make(size * factor), pipeline, 2.0) for factor in (1, 2, 4)]
    return times, max(later / earlier for earlier, later in pairwise(times))


def main() -> int:
    """Prints each kind's times and ratio; 1 where one is over the bound."""
    parser = argparse.ArgumentParser(prog="python -m training.benchmarks.linear_time")
    parser.add_argument("--size", type=int, default=50_000, help="characters of the smallest text")
    parser.add_argument("--only", action="append", help="a kind; may be given again")
    given = parser.parse_args()
    pipeline = load_pipeline()
    seconds(SAID, pipeline)
    worst = 0.0
    for name, make in kinds().items():
        if given.only and name not in given.only:
            continue
        times, ratio = measure(make, given.size, pipeline)
        if ratio > MOST:  # perhaps a slow moment of the machine
            times, ratio = min((times, ratio), measure(make, given.size, pipeline), key=lambda found: found[1])
        worst = max(worst, ratio)
        shown = " ".join(f"{t:8.3f}" for t in times)
        print(f"{name:34}{shown}  {ratio:5.2f}{'  over' if ratio > MOST else ''}", flush=True)
    print(f"largest ratio per doubling {worst:.2f}, bound {MOST}")
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
