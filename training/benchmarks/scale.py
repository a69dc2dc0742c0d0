"""A large run as users start it: what a second process brings, and how much memory twenty times the articles take.

`python -m training.benchmarks.scale [--speed N] [--few N] [--many N] [--repeat N]`. For speed the mixture is scored by
one process and by two, in turn. For memory a corpus with few articles of interest (1% about aid, 5% in words of arms,
so that the long run takes minutes) is scored at two lengths; the peak is the greatest sum of the resident sizes of
all processes of the run, looked at twice a second (pages that they share are counted for each).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from training.benchmarks.mixture import write


def run(corpus: Path, jobs: int, watch: bool) -> tuple[float, int]:
    """Seconds of one run of the command, and its peak bytes where it is watched, which takes a core's time."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "stance.cli", "score", str(corpus), "-o", f"{folder}/out", "--jobs", str(jobs)]
        begun, peak = time.perf_counter(), 0
        running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        tree = psutil.Process(running.pid)
        while watch and running.poll() is None:
            peak = max(peak, resident(tree))
            time.sleep(0.5)
        running.wait()
        if running.returncode:
            raise SystemExit(running.communicate()[1])
        running.communicate()
        return time.perf_counter() - begun, peak


def resident(tree: psutil.Process) -> int:
    """The bytes that a process and all below it hold."""
    total = 0
    try:
        for process in (tree, *tree.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total


def main() -> None:
    """Parses the arguments and prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m training.benchmarks.scale")
    parser.add_argument("--speed", type=int, default=24_576, help="articles of the mixture, 0 to leave it out")
    parser.add_argument("--few", type=int, default=50_000, help="articles of the short run, 0 to leave both out")
    parser.add_argument("--many", type=int, default=1_000_000, help="articles of the long one")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.speed:
            corpus = Path(folder) / "mixture.parquet"
            write(corpus, given.speed)
            turns = [
                (run(corpus, 1, watch=False)[0], run(corpus, given.jobs, watch=False)[0]) for _ in range(given.repeat)
            ]
            one, several = (statistics.median(column) for column in zip(*turns, strict=True))
            print(f"mixture of {given.speed} articles, median of {given.repeat} runs")
            print(f"  --jobs 1        {given.speed / one:10,.0f} articles/s")
            ratio = f"{one / several:.2f} times"
            print(f"  --jobs {given.jobs}        {given.speed / several:10,.0f} articles/s  {ratio}", flush=True)
        if given.few:
            peaks = []
            for count in (given.few, given.many):
                corpus = Path(folder) / f"{count}.parquet"
                write(corpus, count, relevant=0.01, armed=0.05)
                seconds, peak = run(corpus, given.jobs, watch=True)
                peaks.append(peak)
                print(f"{count:10,} articles  {count / seconds:8,.0f}/s  peak {peak / 2**20:7,.0f} MiB", flush=True)
            print(f"peak of the long run / the short one  {peaks[1] / peaks[0]:.2f}")


if __name__ == "__main__":
    main()
