"""Files in Arrow's own format, decoded by a process of their own, which may die of one while this one goes on.

What it writes is read as columns of text alone, each validated anew.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from hygiene.errors import InputError, SpoolError
from hygiene.io.decoding.arrow_decoder import Asked, Told
from hygiene.io.decoding.own_process import DecoderError, told
from hygiene.io.readers.limits import HARMLESS, Limits
from hygiene.io.readers.sources import Source, Spools

__all__ = ["Decoded", "refusal"]

_DAMAGED = "begins like a file of Arrow and cannot be read; it is damaged or cut off"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file that was decoded.

    Attributes:
        header: The columns that are kept.
        notes: What was made of others.
        path: The columns as text, in a temporary file.
        spools: The owner of that file.
    """

    header: list[str]
    notes: list[str]
    path: Path
    spools: Spools

    @classmethod
    def of(cls, source: Source, limits: Limits, /) -> "Decoded":
        """A file's columns.

        Raises:
            InputError: it is damaged, holds what cannot be read, or passes a limit.
            SpoolError: the temporary file cannot be written.
        """
        spools = source.spools or Spools()
        try:
            path, file = spools.new()
        except OSError as error:
            raise SpoolError(error) from error
        file.close()
        found = _ask(source, path, limits)
        if "refused" in found:
            raise refusal(source, limits, found["refused"], found["limit"])
        if "unwritten" in found:
            raise SpoolError(OSError(found["unwritten"], os.strerror(found["unwritten"])))
        if "unforeseen" in found:
            what = f"begins like a file of Arrow and cannot be read ({found['unforeseen']})"
            raise InputError(f"{source.name}: {what}. Get a whole copy of it, or write it anew as Parquet.")
        return cls(found["header"], found["notes"], path, spools)

    def batches(self) -> Iterator[list[pa.Array]]:
        """The columns, so many rows at a time."""
        with self.path.open("rb") as file, pa.ipc.open_stream(file) as stream:
            for batch in stream:
                batch.validate(full=True)
                yield [column.cast(pa.large_string()) for column in batch.columns]


def refusal(source: Source, limits: Limits, found: str, limit: str | None, /) -> InputError:
    """The error of a file against which something speaks."""
    return limits.refuse(limit, source.name, found) if limit else InputError(f"{source.name}: {found}")


def _ask(source: Source, out: Path, limits: Limits) -> Told:
    """What a decoder tells.

    Raises:
        InputError: it cannot be started, or died.
    """
    try:
        (found,) = told("hygiene.io.decoding.arrow_decoder", _request(source, out, limits))
    except OSError as error:
        msg = (
            f"{source.name}: a file of Arrow is decoded by a process of its own, and {sys.executable or 'no Python'} "
            f"cannot be started ({error.strerror}). Write the file anew as Parquet."
        )
        raise InputError(msg) from error
    except DecoderError as error:
        msg = f"{source.name}: {_DAMAGED}. Get a whole copy of it."
        if error.killed:
            msg = f"{source.name}: {_DAMAGED}, or too large for the memory that is free. Write it anew as Parquet."
        raise InputError(msg) from error
    answered: Told = found
    return answered


def _request(source: Source, out: Path, limits: Limits) -> Asked:
    own = source.path.stat().st_size
    size = max(limits.size, 2 * own)  # what was not packed takes a little more as text
    return {
        "file": str(source.path.absolute()),
        "out": str(out),
        "columns": limits.columns,
        "cell": limits.cell,
        "rows": limits.rows,
        "size": size,
        "unpacked": min(size, max(HARMLESS, own * limits.ratio)),
        "parent": os.getpid(),
    }
