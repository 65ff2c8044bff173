"""Decoder: a file in Arrow's own format, written anew as sound columns of text; run in a process of its own.

Arrow reads its own format as the memory that it is, so that a damaged file can end the process that decodes it
(observed with 18.1 and 26.0). Each batch is validated in full before a cell of it is looked at, and nothing goes back
but text that was made here and a few words. Which process that is, is for `readers.arrow_process`.
"""

import errno
import json
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypedDict

import pyarrow as pa

from hygiene.io.decoding.own_process import prepare
from hygiene.io.decoding.text_columns import Batches, RefusedError, TextColumns, why

__all__ = ["Asked", "Told", "answer", "decode"]

#: Rows of a batch that is written.
_ROWS = 50_000

#: Bytes of memory that a decoder takes before it has read anything.
_BASE = 2 << 30


class Asked(TypedDict):
    """What a decoder is asked: a file, where to write, and how much of it is taken; all sizes in bytes."""

    file: str
    out: str
    columns: int
    cell: int
    rows: int
    size: int
    unpacked: int
    parent: int


class Told(TypedDict, total=False):
    """What it tells: the columns that were written and notes on them, or why there are none.

    Attributes:
        header: Their names.
        notes: What was made of others.
        refused: What speaks against the file.
        limit: The limit that it passes, if any.
        unwritten: Number of the error of the system when the columns were written.
        unforeseen: Kind and place of any other error.
    """

    header: list[str]
    notes: list[str]
    refused: str
    limit: str | None
    unwritten: int
    unforeseen: str


def decode(asked: Asked, /) -> Told:
    """Write a file anew, and what there is to tell of it; never raises."""
    _bound(asked)
    try:
        with _opened(asked) as (schema, batches):
            columns = TextColumns.look(
                schema, frozenset(), batches, columns=asked["columns"], cell=asked["cell"]
            )
            _write(asked, columns, batches(None))
            return {"header": list(columns.header), "notes": columns.notes(schema.names)}
    except RefusedError as refused:
        return {"refused": refused.found, "limit": refused.limit}
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            return {"unwritten": error.errno}
        return {"refused": why("Arrow", error), "limit": None}
    except (pa.ArrowException, UnicodeDecodeError, MemoryError, RecursionError) as error:
        return {"refused": why("Arrow", error), "limit": None}
    except Exception as error:  # noqa: BLE001 -- told to the parent, which raises
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""  # noqa: PTH119
        return {"unforeseen": f"{type(error).__name__} at {place}"}


def _bound(asked: Asked) -> None:
    """Bound the memory that a damaged or malicious file can make the process ask for, where the system can."""
    with suppress(ImportError, ValueError, OSError):  # no such limits, or a lower one holds already
        import resource

        most = _BASE + os.stat(asked["file"]).st_size + 4 * asked["unpacked"]  # noqa: PTH116
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


@contextmanager
def _opened(asked: Asked) -> Iterator[tuple[pa.Schema, Batches]]:
    """The schema, and the batches from the first on, each validated."""
    with open(asked["file"], "rb") as given:  # noqa: PTH123
        # Arrow keeps parts of it, so that it goes with the last of them.
        file = pa.BufferReader(pa.py_buffer(mmap.mmap(given.fileno(), 0, access=mmap.ACCESS_READ)))
        if file.read(6) == b"ARROW1":
            whole = pa.ipc.open_file(file)
            places = range(whole.num_record_batches)
            yield whole.schema, lambda _: _sound(asked, map(whole.get_batch, places))
        else:
            file.seek(0)
            schema = pa.ipc.open_stream(file).schema

            def batches(_: object) -> Iterator[pa.RecordBatch]:
                file.seek(0)
                return _sound(asked, iter(pa.ipc.open_stream(file)))

            yield schema, batches


def _sound(asked: Asked, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches that were validated, in pieces."""
    rows = 0
    for batch in batches:
        if os.getppid() != asked["parent"]:  # nobody waits any more
            raise RefusedError("nobody waits for it")
        rows += batch.num_rows
        if rows > asked["rows"]:
            raise RefusedError(f"there are more than {asked['rows']:,} rows", "rows")
        batch.validate(full=True)
        yield from (batch.slice(start, _ROWS) for start in range(0, batch.num_rows, _ROWS))


def _write(asked: Asked, columns: TextColumns, batches: Iterator[pa.RecordBatch]) -> None:
    schema = pa.schema([(str(at), pa.large_string()) for at in range(len(columns.header))])
    with open(asked["out"], "wb") as file, pa.ipc.new_stream(file, schema) as stream:  # noqa: PTH123
        for batch in batches:
            stream.write_batch(pa.RecordBatch.from_arrays(columns.of(batch), schema=schema))
            if file.tell() > asked["unpacked"]:
                limit = "size" if asked["unpacked"] == asked["size"] else "ratio"
                raise RefusedError(f"unpacks to more than {asked['unpacked']:,} bytes", limit)


def answer(asked: Any, /) -> None:
    """Decode what was asked, and tell it on descriptor 1."""
    prepare()
    with os.fdopen(1, "wb", closefd=False) as out:
        out.write(json.dumps(decode(asked)).encode() + b"\n")
