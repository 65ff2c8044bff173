"""Spool: the chunks of a cleaning in memory as far as they may be, and beyond that in a temporary file.

The files have no name where the system allows that, and are gone with the process at the latest.
"""

import contextlib
import json
import tempfile
import threading
import weakref
from collections.abc import Mapping
from dataclasses import astuple, fields
from typing import IO, Any

import pyarrow as pa

from hygiene.arguments import octets
from hygiene.cleaning.check_chunk import CheckedChunk, Texts
from hygiene.cleaning.list_checks import ListMatches
from hygiene.cleaning.reasons import RowReasons
from hygiene.columns.leads import ReadLeads, as_read
from hygiene.columns.opt_outs import ColumnMarks
from hygiene.columns.place import Place
from hygiene.errors import SpoolError
from hygiene.outcomes import Outcome

__all__ = ["FLOOR", "Spill"]

#: Octets that the imports and the chunks under work need whatever the input; measured with two chunks at once.
FLOOR = 512 << 20
_RAISED = "the memory to stay within was raised to 512 MiB, which the program and the rows under work need."
#: Octets a row of the index of a frame.
_INDEX_OCTETS = 16
_TEXTS = ("repaired", "suggestion", "others", "trait", "mark")
_LISTED = tuple(each.name for each in fields(ListMatches) if each.name != "masks")


class Spill:
    """Keeps what a cleaning cannot do without inside a bound.

    Args:
        memory: Octets that the process is to take, or such a size as a text (``1GB``); `FLOOR` where it is less.

    Attributes:
        note: A sentence, where the bound was raised.

    Raises:
        UsageError: it is no size.
    """

    def __init__(self, memory: float | str, /) -> None:
        memory = octets("memory", memory)
        self.note = _RAISED if memory < FLOOR else None
        spare = max(memory, FLOOR) - FLOOR
        self.key_octets = spare // 8
        self._chunk_octets = spare // 4
        self._files: list[IO[bytes]] = []
        weakref.finalize(self, _close, self._files)

    def chunks(self) -> "SpooledChunks":
        """An empty keeper of chunks."""
        return SpooledChunks(self, self._chunk_octets)

    def open_file(self) -> IO[bytes]:
        """A new temporary file.

        Raises:
            SpoolError: none can be made.
        """
        try:
            file = tempfile.TemporaryFile(prefix="hygiene-")  # noqa: SIM115 -- closed with the spool
        except OSError as error:
            raise SpoolError(error) from error
        self._files.append(file)
        return file


def _close(files: list[IO[bytes]]) -> None:
    for file in files:
        with contextlib.suppress(OSError):  # a full disk takes no last octets, and nobody will read them
            file.close()


class SpooledChunks:
    """Chunks in memory up to a number of octets, the later ones in a file.

    Args:
        spool: Makes the file.
        most_octets: What may be held.
    """

    def __init__(self, spool: Spill, most_octets: int) -> None:
        self._spool = spool
        self._left = most_octets
        self._held: list[CheckedChunk] = []
        self._places: list[list[int]] = []
        self._file: IO[bytes] | None = None
        self._sink: pa.NativeFile | None = None
        self._end = 0
        self._reading = threading.Lock()
        self._last: tuple[int, CheckedChunk] | None = None

    def __len__(self) -> int:
        return len(self._held) + len(self._places)

    def append(self, chunk: CheckedChunk, /) -> None:
        """Keep the next chunk."""
        octets = 0 if self._places else _octets(chunk)
        if not self._places and octets <= self._left:
            self._left -= octets
            self._held.append(chunk)
            return
        if self._sink is None:
            self._file = self._spool.open_file()
            self._sink = pa.PythonFile(self._file, mode="w")
        ends = [self._end]
        for batch in _encoded(chunk):
            self._write(batch, self._sink)
            ends.append(self._sink.tell())
        self._end = ends[-1]
        self._places.append(ends)

    def _write(self, batch: pa.RecordBatch, sink: pa.NativeFile) -> None:
        try:
            with pa.ipc.new_stream(sink, batch.schema) as stream:
                stream.write_batch(batch)
            sink.flush()
        except OSError as error:
            raise SpoolError(error) from error

    def __getitem__(self, number: int, /) -> CheckedChunk:
        """The chunk with a number, from 0."""
        if number < len(self._held):
            return self._held[number]
        last = self._last
        if last is None or last[0] != number:
            start, middle, end = self._places[number - len(self._held)]
            last = self._last = (number, _decoded(self._read(start, middle), self._read(middle, end)))
        return last[1]

    def texts(self, number: int, /) -> Texts:
        """The addresses of the chunk with a number."""
        if number < len(self._held):
            return self._held[number].texts
        start, middle, _ = self._places[number - len(self._held)]
        return _texts(self._read(start, middle))

    def _read(self, start: int, end: int) -> pa.RecordBatch:
        if self._file is None:  # never: what has a place is in the file
            raise IndexError(start)
        with self._reading:  # a result may be asked by several threads
            self._file.seek(start)
            text = self._file.read(end - start)
            self._file.seek(self._end)
        return pa.ipc.open_stream(pa.py_buffer(text)).read_next_batch()


def _octets(chunk: CheckedChunk) -> int:
    """Memory that a chunk takes."""
    leads = sum(texts.nbytes for _, texts in chunk.leads.texts())
    texts = sum(getattr(chunk, name).nbytes for name in ("address", "domain", *_TEXTS))
    listed = sum(getattr(chunk.listed, name).nbytes for name in _LISTED)
    masks = len(chunk) * (len(chunk.findings.masks) + len(chunk.listed.masks) + _INDEX_OCTETS)
    return int(leads + texts + listed + masks)


def _encoded(chunk: CheckedChunk) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """A chunk of leads that were read, as columns: those read again and again, and all others with a note."""
    read, findings = as_read(chunk.leads), chunk.findings
    leads = {f"lead {at}": texts for at, (name, texts) in enumerate(read.texts()) if name != "email"}
    columns: dict[str, pa.Array] = {
        **leads,
        **{name: getattr(chunk, name) for name in _TEXTS},
        **{name: getattr(chunk.listed, name) for name in _LISTED},
    }
    columns = {name: _slim(column) for name, column in columns.items()}
    columns["source"] = pa.array(read.place.source, pa.int32())
    columns["line"] = pa.array(read.place.lines)
    columns |= {f"found {code}": pa.array(rows) for code, rows in findings.masks.items()}
    columns |= {f"listed {code}": pa.array(rows) for code, rows in chunk.listed.masks.items()}
    outcomes = {code: outcome and outcome.value for code, outcome in findings.outcomes.items()}
    note = {
        "columns": read.columns, "sources": list(read.place.names), "outcomes": outcomes,
        "marks": {name: astuple(marked) for name, marked in chunk.marks.items()},
    }  # fmt: skip
    texts = {name: _slim(column) for name, column in chunk.texts._asdict().items()}
    return _batch(texts, {}), _batch(columns, {"note": json.dumps(note)})


def _batch(columns: Mapping[str, pa.Array], note: Mapping[str, str]) -> pa.RecordBatch:
    schema = pa.schema([pa.field(name, column.type) for name, column in columns.items()], note)
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=schema)


def _slim(texts: pa.Array) -> pa.Array:
    """The column, as one that takes no room where it is null throughout."""
    return pa.nulls(len(texts)) if texts.null_count == len(texts) else texts


def _texts(batch: pa.RecordBatch) -> Texts:
    return Texts(*(_text(batch, name) for name in Texts._fields))


def _decoded(first: pa.RecordBatch, batch: pa.RecordBatch) -> CheckedChunk:
    texts, note = _texts(first), json.loads(batch.schema.metadata[b"note"])
    source, lines = (batch.column(name).to_numpy() for name in ("source", "line"))
    leads = {
        name: texts.cells if name == "email" else _text(batch, f"lead {at}")
        for at, name in enumerate(note["columns"])
    }
    outcomes = {code: outcome and Outcome(outcome) for code, outcome in note["outcomes"].items()}
    return CheckedChunk(
        ReadLeads(leads, Place(note["sources"], source, lines)),
        RowReasons.of(batch.num_rows, _masks(batch, "found "), outcomes),
        texts.address,
        texts.domain,
        **{name: _text(batch, name) for name in _TEXTS},
        marks={
            name: ColumnMarks(rows, unread, tuple(values), known, telephone, tuple(unmet))
            for name, (rows, unread, values, known, telephone, unmet) in note["marks"].items()
        },
        listed=ListMatches(_masks(batch, "listed "), **{name: _text(batch, name) for name in _LISTED}),
    )


def _text(batch: pa.RecordBatch, name: str) -> pa.Array:
    column = batch.column(name)
    return pa.nulls(len(column), pa.large_string()) if pa.types.is_null(column.type) else column


def _masks(batch: pa.RecordBatch, prefix: str) -> Mapping[str, Any]:
    names = [name for name in batch.schema.names if name.startswith(prefix)]
    return {name.removeprefix(prefix): batch.column(name).to_numpy(zero_copy_only=False) for name in names}
