"""Lead files: all files of a run as one lead frame, every row with its place.

The formats give batches of text; here they get their columns and their index. Nothing here judges an
address, and no cell is changed, but that a row without an address takes one from a further column of its own: a
cell is text, an absent one is "".
"""

import itertools
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.parallel import CHUNK_ROWS
from hygiene.arrow.text import text_series
from hygiene.columns.mapping import CANONICAL, MALFORMED, SAMPLE_ROWS, ColumnMap, map_columns, split_name
from hygiene.columns.place import place_index
from hygiene.columns.stand_ins import stand_in
from hygiene.columns.verifier_verdicts import is_verdict_column
from hygiene.errors import InputError, Note, UsageError, option
from hygiene.io.readers.address_list import AddressList, is_address_list
from hygiene.io.readers.arrow_file import ArrowFile
from hygiene.io.readers.batch import Batch, Table, address_in
from hygiene.io.readers.csv_file import CsvFile, check_delimiter
from hygiene.io.readers.drawn_file import DrawnFile
from hygiene.io.readers.encoding import Text, check_encoding
from hygiene.io.readers.folders import expand
from hygiene.io.readers.formats import format_of
from hygiene.io.readers.header_row import Columns, check_header, headless_note
from hygiene.io.readers.json_file import JsonFile
from hygiene.io.readers.keyed_file import KeyedFile
from hygiene.io.readers.limits import Limits, limits_of
from hygiene.io.readers.read_options import ReadOptions
from hygiene.io.readers.result_set import notes_on_results
from hygiene.io.readers.sheet_file import SheetChoice, SheetFile
from hygiene.io.readers.sheets import sheets_of
from hygiene.io.readers.sources import Hash, Source, Spools, open_source
from hygiene.io.readers.vcard_file import CardFile
from hygiene.io.readers.withheld_file import WithheldFile, is_returned

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
        columns: Names of the columns: the canonical ones that are there, then the others in file order.
        verdict_columns: Those of them that hold an address verifier's verdicts, as it seems.
    """

    def __init__(
        self,
        paths: Sequence[Path_],
        options: ReadOptions,
        /,
        *,
        chunk_rows: int | None = None,
    ) -> None:
        names = [os.fspath(path) for path in paths]
        if not names or names.count("-") > 1:
            raise UsageError("Name a file, or '-' once for standard input.")
        _check_rows(options, chunk_rows)
        self._limits = limits_of(options.limits)
        look = _Look.of(options, self._limits)
        self._spools = Spools()
        self._chunk_rows = chunk_rows or CHUNK_ROWS
        found = expand(names)
        self._set_notes = (*found.notes, *notes_on_results(file.name for file in found.files))
        self._parts = [
            look.at(open_source(file.name, self._spools, self._limits), file.keys) for file in found.files
        ]
        self.files = tuple(part.name for part in self._parts)
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

    def chunks(self) -> Iterator[pd.DataFrame]:
        """The leads in frames of at most `chunk_rows` rows, small files together; starts anew on every call.

        Raises:
            InputError: a file cannot be read on, is not the one that was read before, or passes a limit.
        """
        held: list[tuple[_Part, Batch]] = []
        room = self._chunk_rows
        for part, batch in self._batches():
            start = 0
            while start < len(batch):
                if not room:
                    yield self._framed(held, whole=True)
                    held, room = [], self._chunk_rows
                piece = batch.cut(start, min(room, len(batch) - start))
                held.append((part, piece))
                start, room = start + len(piece), room - len(piece)
        if held:
            yield self._framed(held, whole=True)

    def frame(self) -> pd.DataFrame:
        """All leads in one frame.

        Raises:
            InputError: a file cannot be read on, is not the one that was read before, or passes a limit.
        """
        return self._framed(list(self._batches()))

    def close(self) -> None:
        """Remove what standard input and compressed files were kept in."""
        self._spools.close()

    def _batches(self) -> Iterator[tuple["_Part", Batch]]:
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

    def _framed(self, batches: Sequence[tuple["_Part", Batch]], *, whole: bool = False) -> pd.DataFrame:
        """Batches as one frame; each column in one piece where it is to be read again and again."""
        columns = {
            name: _joined([part.column(name, batch) for part, batch in batches]) for name in self.columns
        }
        index = _place(batches)
        series = {
            name: text_series(column.combine_chunks() if whole else column, index)
            for name, column in columns.items()
        }
        if any(batch.malformed for _, batch in batches):
            series[MALFORMED] = text_series(_raw_texts([batch for _, batch in batches]), index)
        return pd.DataFrame(series, index=index)


def _check_rows(options: ReadOptions, chunk_rows: int | None) -> None:
    """Make sure that what is said of rows makes sense.

    Raises:
        UsageError: it does not.
    """
    if options.no_header and options.header_row is not None:
        both = f"{option('no_header', given=True)} and {option('header_row', options.header_row)}"
        raise UsageError(f"{both} exclude each other.")
    for what, number in (("chunk_rows", chunk_rows), ("header_row", options.header_row)):
        if number is not None and number < 1:
            raise UsageError(f"{what} is {number}; expected 1 or more.")


@dataclass(frozen=True, slots=True)
class _Look:
    """What the user said of the files, and the first look at each."""

    limits: Limits
    columns: Columns
    encoding: str | None
    delimiter: str | None
    header_row: int | None
    no_header: bool
    sheet: str | None
    visible_rows: bool

    @classmethod
    def of(cls, options: ReadOptions, limits: Limits) -> "_Look":
        """What options say.

        Raises:
            UsageError: one makes no sense.
        """
        return cls(
            limits,
            options.columns,
            check_encoding(options.encoding),
            check_delimiter(options.delimiter),
            options.header_row,
            options.no_header,
            options.sheet,
            options.visible_rows,
        )

    def at(self, source: Source, keys: Mapping[str, str]) -> "_Part":
        """A file's format, layout and columns."""
        table = self._table(source)
        if is_returned(table.header):
            table = WithheldFile(table, source.name, guarded=not isinstance(table, ArrowFile))
        if keys:
            table = KeyedFile(table, keys)
        sample = table.sample(SAMPLE_ROWS)
        if isinstance(table, CsvFile | SheetFile) and self.header_row is None and not self.columns:
            check_header(table.header, sample, source.name)
        if not sample:
            raise InputError(f"{source.name}: has a header and no rows. Export it again with its leads.")
        found = self._mapped(table, sample, source.name)
        cells = zip(*sample, strict=True)
        verdicts = [
            name
            for name, header, column in zip(found.names, table.header, cells, strict=True)
            if name not in CANONICAL and is_verdict_column(header, column)
        ]
        headless = self.no_header and isinstance(table, CsvFile | SheetFile)
        told = [headless_note(table.header, sample)] if headless else []
        return _Part(source.name, table, found, verdicts, told)

    def _mapped(self, table: Table, sample: Sequence[Sequence[str]], name: str) -> ColumnMap:
        """Where the columns of a file go.

        Raises:
            InputError: no column, or several, hold the address; what is proposed was tried on the file.
        """
        try:
            return map_columns(table.header, sample, columns=self.columns, source=name)
        except InputError as error:
            advice = None
            if isinstance(table, CsvFile) and self.header_row is None and not self.columns:
                advice = table.advice() if "no email column" in error.found else None
            if advice is None:
                raise
            raise InputError(error.found, advice) from error

    def _table(self, source: Source) -> Table:
        text = Text(source, self.encoding)
        match format_of(source, text):
            case "columnar":
                return ArrowFile.look(source, self.limits)
            case "json":
                return JsonFile.look(text, self.limits, columns=self.columns)
            case "vcard" | "drawn" as kind:
                return (CardFile if kind == "vcard" else DrawnFile).look(text, self.limits)
            case "text":
                return self._of_text(text)
            case format_:
                choice = SheetChoice(
                    self.columns, self.sheet, self.header_row, self.visible_rows, self.no_header
                )
                sheets = sheets_of(format_, source, self.limits, name=self.sheet, encoding=self.encoding)
                return SheetFile.look(source, sheets, choice, self.limits)

    def _of_text(self, text: Text) -> Table:
        if self.no_header and self.delimiter is None and is_address_list(text):
            return AddressList(text, self.limits)
        return CsvFile.look(
            text,
            self.limits,
            columns=self.columns,
            delimiter=self.delimiter,
            header_row=self.header_row,
            no_header=self.no_header,
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """One file with its layout and its columns."""

    name: str
    table: Table
    map: ColumnMap
    verdict_columns: Sequence[str]
    told: Sequence[str]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.map.names + (("first_name", "last_name") if self.map.full_name is not None else ())

    @property
    def email_header(self) -> str:
        return self.table.header[self.map.names.index("email")]

    @property
    def notes(self) -> Iterator[str]:
        yield from (f"{self.name}: {note}" for note in (*self.table.notes, *self.told))
        yield from self.map.notes

    def addressed(
        self, batches: Iterable[Batch], counts: "np.ndarray[Any, np.dtype[np.int64]]"
    ) -> Iterator[Batch]:
        """Batches whose rows have the address of a further column where their own is none; those are counted."""
        email, further = self.map.names.index("email"), self.map.further
        for batch in batches:
            if further:
                columns = list(batch.columns)
                columns[email], taken = stand_in(columns[email], [columns[at] for at in further])
                counts += taken
                yield replace(batch, columns=columns)
            else:
                yield batch

    def column(self, name: str, batch: Batch) -> pa.ChunkedArray:
        """A column of the frame; blank cells where this file has none."""
        if name in self.map.names:
            column = batch.columns[self.map.names.index(name)]
            return _with_addresses(column, batch.malformed) if name == "email" and batch.malformed else column
        if name in self.columns and self.map.full_name is not None:
            last = name == "last_name"
            names = [split_name(text)[last] for text in batch.columns[self.map.full_name].to_pylist()]
            return pa.chunked_array([pa.array(names, pa.large_string())])
        return pa.chunked_array([pa.repeat(pa.scalar("", pa.large_string()), len(batch))])


def _with_addresses(cells: pa.ChunkedArray, malformed: Mapping[int, str]) -> pa.ChunkedArray:
    """The cells of an email column, those of malformed rows with the address in their raw text."""
    rows = np.zeros(len(cells), dtype=bool)
    rows[list(malformed)] = True
    texts = pa.array([address_in(raw) for _, raw in sorted(malformed.items())], pa.large_string())
    return pa.chunked_array([pc.replace_with_mask(cells.combine_chunks(), pa.array(rows), texts)])


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


def _place(batches: Sequence[tuple[_Part, Batch]]) -> pd.MultiIndex:
    """The index of the rows of batches."""
    lines = np.concatenate([batch.lines for _, batch in batches])
    names: dict[str, int] = {}
    sources = []
    for part, batch in batches:
        given = batch.sources or [part.name]
        codes = np.array([names.setdefault(name, len(names)) for name in given])
        sources.append(codes if batch.sources else np.full(len(batch), codes[0]))
    return place_index(list(names), np.concatenate(sources), lines)
