"""One lead file: its format, how it is laid out, and which of its columns is which."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.columns.full_names import split_name
from hygiene.columns.mapping import CANONICAL, SAMPLE_ROWS, ColumnMap, map_columns
from hygiene.columns.stand_ins import stand_in
from hygiene.columns.verifier_verdicts import is_verdict_column
from hygiene.errors import InputError
from hygiene.io.readers.address_list import AddressList, is_address_list
from hygiene.io.readers.arrow_file import ArrowFile
from hygiene.io.readers.batch import Batch, Table, address_in
from hygiene.io.readers.csv_file import CsvFile, check_delimiter
from hygiene.io.readers.drawn_file import DrawnFile
from hygiene.io.readers.encoding import Text, check_encoding
from hygiene.io.readers.formats import format_of
from hygiene.io.readers.header_row import Columns, check_header, headless_note
from hygiene.io.readers.json_file import JsonFile
from hygiene.io.readers.keyed_file import KeyedFile
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.read_options import ReadOptions
from hygiene.io.readers.sheet_file import SheetChoice, SheetFile
from hygiene.io.readers.sheets import sheets_of
from hygiene.io.readers.sources import Source
from hygiene.io.readers.vcard_file import CardFile
from hygiene.io.readers.withheld_file import WithheldFile, is_returned

__all__ = ["LeadFile", "Look"]


@dataclass(frozen=True, slots=True)
class Look:
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
    def of(cls, options: ReadOptions, limits: Limits) -> "Look":
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

    def at(self, source: Source, keys: Mapping[str, str]) -> "LeadFile":
        """A file's format, layout and columns."""
        table = self._table(source)
        is_workbook = isinstance(table, SheetFile)
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
        return LeadFile(source.name, table, found, verdicts, told, is_workbook)

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
class LeadFile:
    """One file with its layout and its columns.

    Attributes:
        name: The file, for messages.
        table: Its rows.
        map: Where its columns go.
        verdict_columns: Those that hold a verifier's words.
        told: What is to be said of it besides.
        is_workbook: Whether it is a workbook or another file of sheets.
    """

    name: str
    table: Table
    map: ColumnMap
    verdict_columns: Sequence[str]
    told: Sequence[str]
    is_workbook: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its columns in the frame."""
        return self.map.names + (("first_name", "last_name") if self.map.full_name is not None else ())

    @property
    def email_header(self) -> str:
        """What the file calls the column with the address."""
        return self.table.header[self.map.names.index("email")]

    @property
    def notes(self) -> Iterator[str]:
        """What there is to say of the file and of its columns."""
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
