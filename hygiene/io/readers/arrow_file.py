"""Columnar files: Parquet and Arrow, their columns as text.

Each column is text or becomes it in `arrow.cells`; one of octets that are no text is hex, or left out. A row's
line is its number in the file.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.cells import Octets, as_text, octets_are, of_octets
from hygiene.errors import InputError
from hygiene.io.readers.batch import Batch, first_rows
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Digest, Source

__all__ = ["ArrowFile", "is_columnar"]

#: First bytes of each format, and the word for it.
_MAGIC = {b"PAR1": "Parquet", b"ARROW1": "Arrow", b"\xff\xff\xff\xff": "Arrow"}

#: Rows of a batch.
_ROWS = 50_000

_Batches = Callable[[Sequence[str] | None], Iterator[pa.RecordBatch]]


def is_columnar(source: Source, /) -> bool:
    """Whether a file is Parquet or Arrow, by its first bytes."""
    return source.starts().startswith(tuple(_MAGIC))


@dataclass(frozen=True, slots=True)
class ArrowFile:
    """A Parquet or Arrow file."""

    source: Source
    header: Sequence[str]
    limits: Limits
    places: Sequence[int]
    octets: Mapping[int, Octets]
    notes: Sequence[str] = ()

    @classmethod
    def look(cls, source: Source, limits: Limits, /) -> "ArrowFile":
        """The file's columns; those of octets are read through for what they hold.

        Raises:
            InputError: it is damaged, holds what cannot be read, or passes a limit.
        """
        with _opened(source) as (schema, intervals, batches):
            names = list(schema.names)
            if len(names) > limits.columns:
                raise limits.refuse("columns", source.name, f"it has {len(names):,} columns")
            octets = _octets(schema, intervals, batches)
        places = [at for at in range(len(names)) if octets.get(at) != "left out"]
        notes = _notes({names[at]: held for at, held in octets.items()})
        return cls(source, [names[at] for at in places], limits, places, octets, notes)

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(self.batches(), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows."""
        self.source.hash_into(digest)
        line = 1
        with _opened(self.source) as (_, _, batches):
            for batch in batches(None):
                if batch.num_rows:
                    columns = [
                        self._column(name, batch.column(at), self.octets.get(at))
                        for name, at in zip(self.header, self.places, strict=True)
                    ]
                    lines = np.arange(line, line + batch.num_rows, dtype=np.int64)
                    yield Batch(columns, lines)
                    line += batch.num_rows

    def _column(self, name: str, column: pa.Array, octets: Octets | None) -> pa.ChunkedArray:
        try:
            texts = pc.fill_null(as_text(column, octets), "")
        except pa.ArrowException as error:
            msg = (
                f"{self.source.name}: column {name!r} is of the type {column.type}, which cannot be shown as text. "
                "Write it as text, or leave it out."
            )
            raise InputError(msg) from error
        if (pc.max(pc.utf8_length(texts)).as_py() or 0) > self.limits.cell:
            found = f"column {name!r} holds a cell of more than {self.limits.cell:,} characters"
            raise self.limits.refuse("cell", self.source.name, found)
        if pc.any(pc.match_substring(texts, "\0")).as_py():
            msg = f"{self.source.name}: column {name!r} holds a NUL character. Take it out; it is no text."
            raise InputError(msg)
        return pa.chunked_array([texts])


def _octets(schema: pa.Schema, intervals: frozenset[str], batches: _Batches) -> dict[int, Octets]:
    """What each column of octets holds, by its place."""
    found: dict[int, Octets] = {
        at: "interval" if field.name in intervals else "text"
        for at, field in enumerate(schema)
        if of_octets(field.type)
    }
    unsure = {at: schema.names[at] for at, held in found.items() if held == "text"}
    alone = len(set(schema.names)) == len(schema)
    rank: tuple[Octets, ...] = ("text", "hex", "left out")
    for batch in batches(list(unsure.values()) if alone else None) if unsure else ():
        for at, name in unsure.items():
            column = batch.column(name if alone else at)
            found[at] = max(found[at], octets_are(column), key=rank.index)
    return found


def _notes(octets: Mapping[str, Octets]) -> list[str]:
    """What was made of columns of octets that are no text."""
    notes = [
        f"column {name!r} holds octets that are no text; they are shown as hex."
        for name, held in octets.items()
        if held == "hex"
    ]
    out = [repr(name) for name, held in octets.items() if held == "left out"]
    if out:
        more = f" and {len(out) - 3} more" if len(out) > 3 else ""
        notes.append(f"left out, as it holds octets that are no text: {', '.join(out[:3])}{more}.")
    return notes


@contextmanager
def _opened(source: Source) -> Iterator[tuple[pa.Schema, frozenset[str], _Batches]]:
    """The schema, the columns of Parquet's INTERVAL, and the record batches, of some columns where named."""
    starts = source.starts()
    format_ = next(word for magic, word in _MAGIC.items() if starts.startswith(magic))
    try:
        with source.open() as file:
            if format_ == "Parquet":
                import pyarrow.parquet as pq

                parquet = pq.ParquetFile(file)
                leaves = map(parquet.schema.column, range(len(parquet.schema)))
                intervals = frozenset(leaf.path for leaf in leaves if leaf.converted_type == "INTERVAL")
                yield (
                    parquet.schema_arrow,
                    intervals,
                    lambda names: parquet.iter_batches(batch_size=_ROWS, columns=names),
                )
            elif starts.startswith(b"ARROW1"):
                whole = pa.ipc.open_file(file)
                places = range(whole.num_record_batches)
                yield whole.schema, frozenset(), lambda _: map(whole.get_batch, places)
            else:
                stream = pa.ipc.open_stream(file)
                yield stream.schema, frozenset(), lambda _: iter(stream)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _refusal(source, format_, error) from error


def _refusal(source: Source, format_: str, error: Exception) -> InputError:
    """What is said of a file that Arrow does not read: damage only where it is that."""
    found = f"{source.name}: begins like a file of {format_} and cannot be read"
    if "ncrypt" in str(error):
        return InputError(f"{found}; it is encrypted. Write it anew without encryption.")
    if isinstance(error, pa.ArrowMemoryError):
        return InputError(f"{found}; there is not enough memory. Write it anew in smaller row groups.")
    if isinstance(error, pa.ArrowNotImplementedError) or "upported" in str(error):  # a codec: an OSError
        told = str(error).partition("\n")[0].rstrip(".")
        msg = f"{found}; it uses what Arrow {pa.__version__} does not know ({told}). Write it anew as CSV."
        return InputError(msg)
    if isinstance(error, OSError) and error.errno:
        return InputError(f"{found}: {error.strerror}. Check the disk, or copy the file first.")
    return InputError(f"{found}; it is damaged or cut off. Get a whole copy of it.")
