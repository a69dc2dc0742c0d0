"""The parts of a large run's output: each a parquet file that is there whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stance.records import InputError
from stance.report.atomic import atomic_file

REFUSED = "_refused"  # readers of a folder of parquet pass over names that begin with an underscore


def part_name(number: int) -> str:
    """The file of the statements of a piece."""
    return f"part-{number:06}.parquet"


def write_part(folder: Path, number: int, statements: pa.Table, refused: pa.Table) -> None:
    """Writes the statements of a piece, and its refused rows where it has any.

    Raises InputError where the disk is full or may not be written to; nothing half-written stays.
    """
    if refused.num_rows:
        _write(folder / REFUSED / part_name(number), refused)
    _write(folder / part_name(number), statements)


def _write(path: Path, table: pa.Table) -> None:
    try:
        with atomic_file(path, durable=True) as file:
            pq.write_table(table, file, compression="zstd")
    except OSError as error:
        what = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else str(error.strerror or error)
        raise InputError(
            f"{path}: it could not be written ({what}); mend that and run the command again with --resume."
        ) from None
