"""A real PostgreSQL server for the tests, in a folder of its own, on a socket and no port.

Without Debian's postgresql these tests fail; they do not skip.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


def _program(name: str) -> str:
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (str(places[-1]) if places else None)
    assert found, f"{name} is not installed: apt-get install postgresql"
    return found


def _as_user() -> list[str]:
    """The server refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of an empty database, while the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="stance-pg-", dir="/tmp"))  # short: the path of a socket is limited
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = folder / "data"
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    user = _as_user()
    subprocess.run([*user, _program("initdb"), "-D", data, "-A", "trust", "-U", "stance", "-E", "UTF8"], **quiet)
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    pg_ctl = [*user, _program("pg_ctl"), "-D", str(data)]
    subprocess.run([*pg_ctl, "-w", "-l", str(folder / "log"), "-o", options, "start"], **quiet)
    try:
        yield f"postgresql://stance@/postgres?host={quote(str(folder), safe='')}"
    finally:
        subprocess.run([*pg_ctl, "-m", "immediate", "stop"], check=False, stdout=subprocess.DEVNULL, cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)
