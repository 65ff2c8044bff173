"""A process of its own for each file in Arrow's own format, which hands its columns back as text.

The process may die of the file, and this one goes on. It is a plain interpreter that imports nothing of the caller's
program, so that no `__main__` guard is needed; what it writes is read as columns of text alone, each validated anew.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from hygiene.errors import InputError, SpoolError
from hygiene.io.columnar.decoder import Asked, Told
from hygiene.io.readers.limits import HARMLESS, Limits
from hygiene.io.readers.sources import Source, Spools

__all__ = ["Decoded", "refusal"]

#: What the process runs: its request is on standard input, with the places that modules are imported from.
_PROGRAM = """
import json, sys
path, asked = json.load(sys.stdin)
sys.path[:] = path
from hygiene.io.columnar.decoder import answer
answer(asked)
"""

#: Parts of names of environment variables that a process which decodes foreign files is not given.
_SECRET = ("KEY", "PASS", "SECRET", "TOKEN")

_DAMAGED = "begins like a file of Arrow and cannot be read; it is damaged or cut off"


class DecoderError(Exception):
    """How a decoder ended that told nothing."""


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
        told = _ask(source, path, limits)
        if "refused" in told:
            raise refusal(source, limits, told["refused"], told["limit"])
        if "unwritten" in told:
            raise SpoolError(OSError(told["unwritten"], os.strerror(told["unwritten"])))
        if "unforeseen" in told:
            found = f"begins like a file of Arrow and cannot be read ({told['unforeseen']})"
            raise InputError(f"{source.name}: {found}. Get a whole copy of it, or write it anew as Parquet.")
        return cls(told["header"], told["notes"], path, spools)

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
    asked = json.dumps([[each for each in sys.path if isinstance(each, str)], _request(source, out, limits)])
    env = {
        name: held for name, held in os.environ.items() if not any(part in name.upper() for part in _SECRET)
    }
    try:
        run = subprocess.run(  # noqa: S603 -- this interpreter, with a program of ours
            [sys.executable, "-P", "-c", _PROGRAM],
            input=asked.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**env, "ARROW_DEFAULT_MEMORY_POOL": "system"},  # others keep more than is bounded there
            check=False,
        )
    except OSError as error:
        msg = (
            f"{source.name}: a file of Arrow is decoded by a process of its own, and {sys.executable or 'no Python'} "
            f"cannot be started ({error.strerror}). Write the file anew as Parquet."
        )
        raise InputError(msg) from error
    if run.returncode == 0:
        told: Told = json.loads(run.stdout)
        return told
    msg = f"{source.name}: {_DAMAGED}. Get a whole copy of it."
    if run.returncode == -getattr(signal, "SIGKILL", 0):
        msg = (
            f"{source.name}: {_DAMAGED}, or too large for the memory that is free. Write it anew as Parquet."
        )
    raise InputError(msg) from DecoderError(f"the decoder ended with {run.returncode}")


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
