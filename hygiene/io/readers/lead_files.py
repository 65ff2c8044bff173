"""Lead files: all files of a run as leads, every row with its place.

The formats give batches of text; here they get their columns and their index. Nothing here judges an
address, and no cell is changed, but that a row without an address takes one from a further column of its own: a
cell is text, an absent one is "".
"""

import itertools
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
import pyarrow as pa

from hygiene.arguments import check_kind, check_number
from hygiene.arrow.parallel import CHUNK_ROWS
from hygiene.columns.leads import ReadLeads
from hygiene.columns.mapping import CANONICAL, MALFORMED
from hygiene.columns.place import Place
from hygiene.errors import InputError, Note, UsageError, option
from hygiene.io.readers.batch import Batch
from hygiene.io.readers.folders import LeadPath, expand
from hygiene.io.readers.lead_file import LeadFile, Look
from hygiene.io.readers.limits import limits_of
from hygiene.io.readers.read_options import ReadOptions
from hygiene.io.readers.result_set import notes_on_results
from hygiene.io.readers.sources import Hash, Spools, open_source

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LeadFiles", "Path_"]

Path_: TypeAlias = str | os.PathLike[str]


class LeadFiles:
    """Files of leads that can be read more than once.

    A frame has the index (`source`, `line`): the file, and the physical line on which the record starts
    (the header's first line is 1 where nothing stands above it), or the record's number where a format has
    no lines. Its columns are `columns`, all text; a column that one of several files lacks is "" there.
    Where a chunk holds rows that do not fit their header, a last column `row_malformed` holds their raw
    text (NA on all other rows); of their other cells `email` has the first address of it, and all else is "".

    Attributes:
        files: Names of the files, those of folders and patterns included; "<stdin>" for "-".
        paths: The same as they are opened, each with what its folders' names say.
        columns: Names of the columns: the canonical ones that are there, then the others in file order.
        verdict_columns: Those of them that hold an address verifier's verdicts, as it seems.
    """

    def __init__(
        self,
        paths: Sequence[Path_ | LeadPath],
        options: ReadOptions,
        /,
        *,
        chunk_rows: int | None = None,
    ) -> None:
        names = [path if isinstance(path, LeadPath) else os.fspath(path) for path in paths]
        if not names or names.count("-") > 1:
            raise UsageError("Name a file, or '-' once for standard input.")
        _check_rows(options, chunk_rows)
        self._limits = limits_of(options.limits)
        look = Look.of(options, self._limits)
        self._spools = Spools()
        self._chunk_rows = chunk_rows or CHUNK_ROWS
        found = expand(names)
        self._set_notes = (*found.notes, *notes_on_results(file.name for file in found.files))
        self._parts = [
            look.at(open_source(file.name, self._spools, self._limits), file.keys) for file in found.files
        ]
        self.paths = tuple(found.files)
        self.files = tuple(part.name for part in self._parts)
        if not any(part.is_workbook for part in self._parts):
            self._set_notes += _of_workbooks(options, self.files)
        self.columns = _union([part.columns for part in self._parts])
        self.verdict_columns = tuple(
            dict.fromkeys(name for part in self._parts for name in part.verdict_columns)
        )
        self._sha256: str | None = None
        self._rows: int | None = None
        self._stand_ins: list[tuple[int, ...]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"LeadFiles({', '.join(self.files)})"

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the choices that were made; there may be more after the files were read through."""
        told = [*self._set_notes, *(note for part in self._parts for note in part.notes)]
        for part, counts in zip(self._parts, self._stand_ins, strict=False):
            told += part.map.told(part.table.header, counts, source=part.name)
        return tuple(map(Note, told))

    @property
    def headers(self) -> dict[str, str]:
        """Header to the name its column was read as, where that is another, and the same in every file with it."""
        pairs = {pair for part in self._parts for pair in part.map.renamed(part.table.header).items()}
        times = Counter(header for header, _ in pairs)
        return {
            header: name
            for header, name in sorted(pairs)
            if times[header] == 1 and header not in self.columns
        }

    @property
    def email_headers(self) -> tuple[str, ...]:
        """The header of each file's email column, as it stands there."""
        return tuple(part.email_header for part in self._parts)

    @property
    def sha256(self) -> str:
        """Hex digest over the bytes of all files in order; read through for it where that is still to do."""
        self._read_through()
        return str(self._sha256)

    @property
    def rows(self) -> int:
        """Rows of all files, malformed ones included; read through for it where that is still to do."""
        self._read_through()
        return self._rows or 0

    def chunks(self) -> "Iterator[pd.DataFrame]":
        """The leads in frames, as `leads` has them.

        Raises:
            InputError: a file cannot be read on, is not the one that was read before, or passes a limit.
        """
        return (leads.frame for leads in self.leads())

    def leads(self) -> Iterator[ReadLeads]:
        """The leads, at most `chunk_rows` rows at a time, small files together; starts anew on every call.

        Raises:
            InputError: a file cannot be read on, is not the one that was read before, or passes a limit.
        """
        held: list[tuple[LeadFile, Batch]] = []
        room = self._chunk_rows
        for part, batch in self._batches():
            start = 0
            while start < len(batch):
                if not room:
                    yield self._together(held, whole=True)
                    held, room = [], self._chunk_rows
                piece = batch.cut(start, min(room, len(batch) - start))
                held.append((part, piece))
                start, room = start + len(piece), room - len(piece)
        if held:
            yield self._together(held, whole=True)

    def frame(self) -> "pd.DataFrame":
        """All leads in one frame.

        Raises:
            InputError: a file cannot be read on, is not the one that was read before, or passes a limit.
        """
        return self._together(list(self._batches())).frame

    def close(self) -> None:
        """Remove what standard input and compressed files were kept in."""
        self._spools.close()

    def _batches(self) -> Iterator[tuple["LeadFile", Batch]]:
        with Hash() as digest:
            rows = 0
            stand_ins = [np.zeros(len(part.map.further), dtype=np.int64) for part in self._parts]
            for part, counts in zip(self._parts, stand_ins, strict=True):
                for batch in part.addressed(part.table.batches(digest), counts):
                    rows += len(batch)
                    if rows > self._limits.rows:
                        found = f"there are more than {self._limits.rows:,} rows"
                        raise self._limits.refuse("rows", part.name, found)
                    yield part, batch
            sha256 = digest.hexdigest()
        if rows == 0 or self._sha256 not in {None, sha256}:
            raise InputError(f"{', '.join(self.files)}: changed while it was read. Start again.")
        self._sha256, self._rows = sha256, rows
        self._stand_ins = [tuple(counts.tolist()) for counts in stand_ins]

    def _read_through(self) -> None:
        if self._sha256 is None:
            for _ in self._batches():
                pass

    def _together(self, batches: Sequence[tuple["LeadFile", Batch]], *, whole: bool = False) -> ReadLeads:
        """Batches as one; each column in one piece where it is to be read again and again."""
        columns = {
            name: _joined([part.column(name, batch) for part, batch in batches]) for name in self.columns
        }
        texts = {name: column.combine_chunks() if whole else column for name, column in columns.items()}
        if any(batch.malformed for _, batch in batches):
            texts[MALFORMED] = _raw_texts([batch for _, batch in batches])
        return ReadLeads(texts, _place(batches))


def _of_workbooks(options: ReadOptions, files: Sequence[str]) -> tuple[str, ...]:
    """What to say of options that are about workbooks, where none was read."""
    given = [option("sheet", options.sheet)] if options.sheet is not None else []
    given += [option("visible_rows", given=True)] if options.visible_rows else []
    if not given:
        return ()
    which = f"{files[0]}: no workbook" if len(files) == 1 else f"none of {len(files)} files is a workbook"
    return (f"{which}, so {' and '.join(given)} changed nothing.",)


def _check_rows(options: ReadOptions, chunk_rows: int | None) -> None:
    """Make sure that what is said of rows makes sense.

    Raises:
        UsageError: it does not.
    """
    if options.no_header and options.header_row is not None:
        both = f"{option('no_header', given=True)} and {option('header_row', options.header_row)}"
        raise UsageError(f"{both} exclude each other.")
    for what, number in (("chunk_rows", chunk_rows), ("header_row", options.header_row)):
        check_number(what, number)
    for what in ("encoding", "delimiter", "sheet"):
        check_kind(what, getattr(options, what), str, "a text")
    check_kind("columns", options.columns, Mapping, "columns by name, such as columns={'email': 'E-mail'}")


def _joined(columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Columns one after the other; nothing is copied."""
    return pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.large_string())


def _raw_texts(batches: Sequence[Batch]) -> pa.Array:
    """The raw text of malformed rows, null on all others."""
    places: list[int] = []
    texts: list[str] = []
    first = 0
    for batch in batches:
        places += [first + at for at in batch.malformed]
        texts += batch.malformed.values()
        first += len(batch)
    chosen = np.zeros(first, dtype=np.int64)
    chosen[places] = np.arange(len(places))
    absent = np.ones(first, dtype=bool)
    absent[places] = False
    return pa.array(texts, pa.large_string()).take(pa.array(chosen, mask=absent))


def _union(columns: Sequence[Sequence[str]]) -> tuple[str, ...]:
    found = dict.fromkeys(itertools.chain.from_iterable(columns))
    return tuple(name for name in CANONICAL if name in found) + tuple(
        name for name in found if name not in CANONICAL
    )


def _place(batches: Sequence[tuple[LeadFile, Batch]]) -> Place:
    """Where the rows of batches stand."""
    lines = np.concatenate([batch.lines for _, batch in batches])
    names: dict[str, int] = {}
    sources = []
    for part, batch in batches:
        given = batch.sources or [part.name]
        codes = np.array([names.setdefault(name, len(names)) for name in given])
        sources.append(codes if batch.sources else np.full(len(batch), codes[0]))
    return Place(list(names), np.concatenate(sources), lines)
