"""Lists: opening the files of suppression lists, block lists and known leads.

Text in any encoding that leads have, packed with gzip or not, and the tables that leads come in: workbooks,
Parquet, Arrow, JSON. A suppression list that cannot be trusted stops the run; what the entries of a list are
is decided in `lists`.
"""

import errno
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import pyarrow as pa

from hygiene.arguments import check_span
from hygiene.arrow.text import text_column
from hygiene.columns.mapping import MALFORMED
from hygiene.columns.place import lines_of
from hygiene.errors import InputError, ListError, option
from hygiene.io.readers import open_leads
from hygiene.io.readers.encoding import byte_order_mark, from_fallback
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.list_tables import list_tables
from hygiene.io.readers.sources import Source, Spools, open_source
from hygiene.lists import (
    PLAIN,
    Cells,
    Grid,
    Reading,
    RuleList,
    cells_of_grids,
    check_broad,
    compile_list,
    find_cells,
)
from hygiene.lists.known_leads import KnownLeads
from hygiene.lists.name_lists import NameList, parse_names

__all__ = ["block_list", "known_leads", "name_list", "suppression_list"]

PathLike: TypeAlias = str | os.PathLike[str]

#: What to do where known leads cannot be told from other cells: they have no options of their own.
_KNOWN_STEP = (
    "Known leads need a column called 'email' in CSV (UTF-8), Excel or Parquet, or one address a line."
)

#: What a list may unpack to and hold: a small file can hold a great many entries, and repeats itself.
_LIMITS = Limits(size=2 << 30)


def suppression_list(
    path: PathLike,
    /,
    *,
    max_age: timedelta | None = None,
    may_be_empty: bool = False,
    allow_broad: Collection[str] = (),
    all_rows: bool = False,
    lead_domains: bool = False,
) -> RuleList:
    """Read a suppression list.

    Args:
        path: The file.
        max_age: How long ago it may have been written at most; None for any time.
        may_be_empty: Whether a list without entries is meant so.
        allow_broad: Public suffixes and large mailbox providers that it is meant to forbid.
        all_rows: Whether rows count whose own marks say that they may be written to.
        lead_domains: Whether a web address among the addresses of a file of leads forbids its domain.

    Raises:
        ListError: it cannot be read, is too old, is empty, holds mostly what is no entry or an entry that
            cannot be applied, or forbids too much.
        UsageError: `max_age` is no span of time, or reading it needs an extra that is not installed.
    """
    check_span("max_age", max_age)
    reading = Reading(all_rows=all_rows, lead_domains=lead_domains)
    found = _cells_of(path, reading)
    if max_age is not None:
        _check_age(Path(path), max_age)
    rules = compile_list(os.fspath(path), found, reading=reading, may_be_empty=may_be_empty)
    check_broad(rules, allowed=allow_broad)
    return rules


def block_list(path: PathLike, /, *, client: int | None = None) -> RuleList:
    """Read a snapshot of the API's block list, which may be empty and hold anything.

    Args:
        path: The file.
        client: The client whose entries act beside those of no client.

    Raises:
        ListError: it cannot be read.
    """
    reading = Reading(of_api=True, client=client)
    return compile_list(os.fspath(path), _cells_of(path, reading), reading=reading)


def _cells_of(path: PathLike, reading: Reading) -> list[Cells]:
    """The cells of a list, those of each sheet by themselves.

    Raises:
        ListError: it cannot be read, or no sheet of it holds an entry.
    """
    name = os.fspath(path)
    with _opened(name) as source:
        grids = list_tables(source, _LIMITS)
        if grids is None:
            text, encoding = _decoded(name, source.path.read_bytes())
            cells = find_cells(text, name=name, reading=reading)
            return [replace(cells, layout=cells.layout + encoding)]
        tables = [(grid, cells_of_grids([grid], reading=reading)) for grid in grids]
    if not reading.of_api:
        _check_unread(name, [grid for grid, held in tables if held is None])
    return [held for _, held in tables if held is not None]


def _check_unread(name: str, grids: Sequence[Grid]) -> None:
    """Make sure that what is no table of entries holds none.

    Raises:
        ListError: there is an address in it.
    """
    for grid in grids:
        for line, fields in grid.records():
            if any("@" in text for text in fields):
                msg = (
                    f"{name}: {grid.kind}: line {line} holds an address, and no column there is known or mostly holds "
                    "addresses, domains or hashes. Put the addresses into a column called 'email', or take them out."
                )
                raise ListError(msg)


@contextmanager
def _opened(name: str) -> Iterator[Source]:
    """The file of a list, unpacked; what is said against it is said of a list.

    Raises:
        ListError: it cannot be read.
    """
    spools = Spools()
    try:
        if not Path(name).exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        yield open_source(name, spools, _LIMITS)
    except OSError as error:
        shown = name if "@" not in name else "(a text with an @, where the path of a list is expected)"
        msg = f"{shown}: {error.strerror}. A list that cannot be read stops the run."
        raise ListError(msg) from error
    except InputError as error:
        raise ListError(error.marked) from error
    finally:
        spools.close()


def known_leads(path: PathLike, /) -> KnownLeads:
    """Read known leads from a lead file of any format, a snapshot of ours, or one address a line; there may be none.

    Raises:
        ListError: it cannot be read, or holds something else.
    """
    name = os.fspath(path)
    with _opened(name) as source:
        try:
            text, encoding = _decoded(name, source.path.read_bytes())
        except ListError:
            text, encoding = None, ""
        if text is not None and text.startswith(b"#"):  # a snapshot of ours, which may hold nobody
            return _known_in_text(name, text, encoding)
        try:
            known = _known_in_leads(path, name, encoding)
        except InputError as error:
            refusal = ListError(f"{error.found} {_KNOWN_STEP}" if error.option else error.marked)
            if text is None:
                raise refusal from error
            known = _known_in_text(name, text, encoding, refusal=refusal)
    if not len(known) and known.left:
        msg = f"{name}: no address in it. {_KNOWN_STEP}"
        raise ListError(msg)
    return known


def _known_in_leads(path: PathLike, name: str, encoding: str) -> KnownLeads:
    """The known leads of a file that is read as leads are."""
    with open_leads([path]) as opened:
        frame = opened.frame()
        lines = lines_of(frame.index)
        broken = lines[frame[MALFORMED].notna().to_numpy()].tolist() if MALFORMED in frame else []
        layout = f"a lead file, its column {opened.email_headers[0]!r}{encoding}"
        cells = text_column(frame["email"])
        return KnownLeads.from_cells(name, cells, lines=lines, layout=layout, broken=broken)


def _known_in_text(name: str, text: bytes, encoding: str, *, refusal: ListError | None = None) -> KnownLeads:
    """The known leads of a snapshot, of a table without a header that is known, or of one address a line.

    Args:
        name: What the list is called in messages.
        text: The list in UTF-8.
        encoding: What to say of the encoding it was in.
        refusal: Why it is no lead file; raised where it is no list either.
    """
    try:
        found = find_cells(text, name=name, reading=Reading(of_api=True))
    except ListError as error:
        raise refusal or error from error
    parts = [(line, given) for line, given, _ in found.slices()]
    cells = pa.concat_arrays([pa.array([], pa.large_string()), *(given for _, given in parts)])
    lines = np.concatenate([np.zeros(0, np.int64), *(line for line, _ in parts)])
    known = KnownLeads.from_cells(
        name, cells, lines=lines, layout=found.layout + encoding, broken=found.broken
    )
    if refusal and not len(known) and (len(cells) or found.layout == PLAIN):
        raise refusal
    return known


def name_list(path: PathLike, /, *, kind: Literal["domain", "local_part"]) -> NameList:
    """Read a list that a trait is found by; its date is that of the file.

    Raises:
        ListError: it cannot be read, or is visibly no such list.
    """
    with _opened(os.fspath(path)) as source:
        text = _decoded(os.fspath(path), source.path.read_bytes())[0].decode()
    date = datetime.fromtimestamp(Path(path).stat().st_mtime, tz=UTC).date().isoformat()
    return parse_names(text, name=os.fspath(path), kind=kind, date=date)


def _check_age(path: Path, most: timedelta) -> None:
    age = datetime.now(UTC) - datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if age > most:
        msg = (
            f"{path}: written {_days(age)} ago, and {option('max_list_age')} allows {_days(most)}. "
            "Export the list anew, or allow more."
        )
        raise ListError(msg)


def _days(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def _decoded(name: str, data: bytes) -> tuple[bytes, str]:
    """Text in UTF-8 without its byte order mark, and what to say of an encoding that was fallen back to.

    Raises:
        ListError: it is no text.
    """
    mark, told = byte_order_mark(data)
    encoding = None if told == "utf-8" else told or _unmarked_utf16(data)
    text: bytes | None = data[len(mark) :]
    try:
        if encoding:
            return data.decode(encoding).removeprefix("\ufeff").encode(), ""
        if not data.isascii():
            data.decode()
    except UnicodeDecodeError as error:
        text = None if encoding else from_fallback(data)
        if text is None:
            line = data[: error.start].count(b"\n") + 1
            msg = f"{name}: line {line} is no {encoding or 'UTF-8'} text. Save the list as UTF-8."
            raise ListError(msg) from error
        return text, ", read as Windows-1252"
    if b"\0" in data:
        msg = f"{name}: holds NUL bytes, so it is no text. Save the list as UTF-8, XLSX or Parquet."
        raise ListError(msg)
    return text or b"", ""


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a byte order mark, by a NUL in every other octet; None for anything else."""
    top = data[:1000]
    if len(top) > 3 and b"\0" in top:
        for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if not top[start::2].strip(b"\0") and top[1 - start :: 2].strip(b"\0"):
                return encoding
    return None
