"""Starts a fuzzer: instruments the package, writes the first inputs, and hands over to atheris (libFuzzer)."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

SECONDS = 20  # an input that takes longer is a hang
LONGEST = 8192  # bytes of an input

Harness = Callable[[bytes], None]


def fuzz(name: str, make: Callable[[], Harness], seeds: Callable[[], Iterable[bytes]]) -> None:
    """Runs a harness until -runs=N or -max_total_time=SECONDS ends it; it crashes where the harness raises.

    `make` imports what is to be fuzzed, so that every branch of it is seen. Other arguments go to libFuzzer; without
    a folder among them the inputs found are kept in one that is deleted by no one.
    """
    try:
        import atheris
    except ImportError:
        sys.exit(f"{name}: fuzzing needs atheris; install it with `pip install atheris`.")
    with atheris.instrument_imports(include=["stance"]):
        harness = make()
    given = sys.argv[1:]
    folders = [argument for argument in given if not argument.startswith("-")]
    corpus = Path(folders[0]) if folders else Path(tempfile.mkdtemp(prefix=f"stance-{name}-"))
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (corpus / f"seed-{number:04}").write_bytes(seed[:LONGEST])
    settings = [f"-timeout={SECONDS}", f"-max_len={LONGEST}", f"-artifact_prefix={corpus}-"]
    atheris.Setup([sys.argv[0], *settings, *given, *([] if folders else [str(corpus)])], harness)
    atheris.Fuzz()
