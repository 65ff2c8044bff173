"""Text columns: which columns of a columnar file are kept, and each as text that is known to be sound.

Each column is text or becomes it in `arrow.cells`; one of octets that are no text is hex, or left out. Nothing here
opens a file.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.cells import Octets, as_text, octets_are, of_octets

__all__ = ["Batches", "RefusedError", "TextColumns", "why"]

#: The record batches of a file, of some columns where they are named.
Batches = Callable[[Sequence[str] | None], Iterator[pa.RecordBatch]]


class RefusedError(Exception):
    """What speaks against a file.

    Attributes:
        found: What was found, for people; without the file's name.
        limit: The limit that is passed; None where it is none.
    """

    def __init__(self, found: str, limit: str | None = None) -> None:
        super().__init__(found)
        self.found = found
        self.limit = limit


@dataclass(frozen=True, slots=True)
class TextColumns:
    """The columns of a file that are kept.

    Attributes:
        header: Their names.
        places: Where each stands in the file.
        octets: What each column of octets holds, by its place.
        cell: Most characters of a cell.
    """

    header: Sequence[str]
    places: Sequence[int]
    octets: Mapping[int, Octets]
    cell: int

    @classmethod
    def look(
        cls, schema: pa.Schema, intervals: frozenset[str], batches: Batches, /, *, columns: int, cell: int
    ) -> "TextColumns":
        """The columns of a schema; those of octets are read through for what they hold.

        Args:
            schema: The schema.
            intervals: Names of the columns that are Parquet's INTERVAL.
            batches: What is read through.
            columns: Most columns.
            cell: Most characters of a cell.

        Raises:
            RefusedError: there are too many columns.
        """
        if len(schema) > columns:
            raise RefusedError(f"it has {len(schema):,} columns", "columns")
        octets = _octets(schema, intervals, batches)
        places = [at for at in range(len(schema)) if octets.get(at) != "left out"]
        return cls([schema.names[at] for at in places], places, octets, cell)

    def notes(self, names: Sequence[str], /) -> list[str]:
        """What was made of columns of octets that are no text, by the names of all columns."""
        notes = [
            f"column {names[at]!r} holds octets that are no text; they are shown as hex."
            for at, held in self.octets.items()
            if held == "hex"
        ]
        out = [repr(names[at]) for at, held in self.octets.items() if held == "left out"]
        if out:
            more = f" and {len(out) - 3} more" if len(out) > 3 else ""
            notes.append(f"left out, as it holds octets that are no text: {', '.join(out[:3])}{more}.")
        return notes

    def of(self, batch: pa.RecordBatch, /) -> list[pa.Array]:
        """The kept columns of a batch as `large_string`, absent cells "".

        Raises:
            RefusedError: a column cannot be shown as text, or holds a cell that is none or too long.
        """
        return [
            self._column(name, batch.column(at), self.octets.get(at))
            for name, at in zip(self.header, self.places, strict=True)
        ]

    def _column(self, name: str, column: pa.Array, octets: Octets | None) -> pa.Array:
        try:
            texts = as_text(column, octets)
        except (pa.ArrowException, RecursionError) as error:
            found = f"column {name!r} is of the type {column.type}, which cannot be shown as text"
            raise RefusedError(f"{found}. Write it as text, or leave it out.") from error
        try:
            texts.validate(full=True)
        except pa.ArrowInvalid as error:
            found = f"column {name!r} is marked as text and holds octets that are none"
            raise RefusedError(f"{found}. Write it anew in UTF-8, or leave it out.") from error
        texts = pc.fill_null(texts, "")
        longest = pc.max(pc.binary_length(texts)).as_py() or 0  # in octets first, which needs no count
        if longest > self.cell and pc.max(pc.utf8_length(texts)).as_py() > self.cell:
            raise RefusedError(f"column {name!r} holds a cell of more than {self.cell:,} characters", "cell")
        if pc.any(pc.match_substring(texts, "\0")).as_py():
            raise RefusedError(f"column {name!r} holds a NUL character. Take it out; it is no text.")
        return texts


def why(format_: str, error: Exception, /) -> str:
    """What is said of a file that Arrow does not read: damage only where it is that."""
    found = f"begins like a file of {format_} and cannot be read"
    if "ncrypt" in str(error):
        return f"{found}; it is encrypted. Write it anew without encryption."
    if isinstance(error, MemoryError):  # of which Arrow's is one
        return f"{found}; there is not enough memory. Write it anew in smaller row groups or batches."
    if isinstance(error, pa.ArrowNotImplementedError) or "upported" in str(error):  # a codec: an OSError
        told = str(error).partition("\n")[0].rstrip(".")
        return f"{found}; it uses what Arrow {pa.__version__} does not know ({told}). Write it anew as CSV."
    if isinstance(error, OSError) and error.errno:
        return f"{found}: {error.strerror}. Check the disk, or copy the file first."
    return f"{found}; it is damaged or cut off. Get a whole copy of it."


def _octets(schema: pa.Schema, intervals: frozenset[str], batches: Batches) -> dict[int, Octets]:
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
