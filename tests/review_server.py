"""The real review server, as `stance review` starts it."""

import re
import subprocess
from contextlib import contextmanager

from test_cli import RUN


def start(db, *options):
    """Starts the server; returns the process and the address it told."""
    command = [*RUN, "review", "--db", str(db), "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        found = re.search(r"reviewing .* at (http://\S+?)/ ", line)
        if found:
            return process, found[1]
    raise AssertionError(f"the server did not start: {process.wait()}")


@contextmanager
def review_server(db, *options):
    """The address of a server, while the block runs."""
    process, url = start(db, *options)
    try:
        yield url
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()
