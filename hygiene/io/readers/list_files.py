"""Lists: opening the files of suppression lists, block lists and known leads.

UTF-8 and UTF-16, packed with gzip or not. A suppression list that cannot be trusted stops the run; what the
entries of a list are is decided in `lists`.
"""

import os
import zlib
from collections.abc import Collection
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
from hygiene.io.readers.sources import GZIP
from hygiene.lists import PLAIN, RuleList, check_broad, find_cells, parse_list
from hygiene.lists.known_leads import KnownLeads
from hygiene.lists.name_lists import NameList, parse_names

__all__ = ["block_list", "known_leads", "name_list", "suppression_list"]

PathLike: TypeAlias = str | os.PathLike[str]

#: What to do where known leads cannot be told from other cells: they have no options of their own.
_KNOWN_STEP = (
    "Known leads need a column called 'email' in CSV (UTF-8), Excel or Parquet, or one address a line."
)

#: Octets that a list may unpack to: a small file can hold a great many.
MOST_OCTETS = 2 << 30


def suppression_list(
    path: PathLike,
    /,
    *,
    max_age: timedelta | None = None,
    may_be_empty: bool = False,
    allow_broad: Collection[str] = (),
) -> RuleList:
    """Read a suppression list.

    Args:
        path: The file.
        max_age: How long ago it may have been written at most; None for any time.
        may_be_empty: Whether a list without entries is meant so.
        allow_broad: Public suffixes and large mailbox providers that it is meant to forbid.

    Raises:
        ListError: it cannot be read, is too old, is empty, holds mostly what is no entry, or forbids too
            much.
        UsageError: `max_age` is no span of time.
    """
    check_span("max_age", max_age)
    name = os.fspath(path)
    data = [_text_of(path)]
    if max_age is not None:
        _check_age(Path(path), max_age)
    rules = parse_list(data.pop(), name=name, may_be_empty=may_be_empty)
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
    return parse_list(_text_of(path), name=os.fspath(path), of_api=True, client=client)


def known_leads(path: PathLike, /) -> KnownLeads:
    """Read known leads from a lead file of any format, a snapshot of ours, or one address a line; there may be none.

    Raises:
        ListError: it cannot be read, or holds something else.
    """
    name = os.fspath(path)
    text, encoding = _as_leads_are(name, _octets_of(path))
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
        found = find_cells(text, name=name, of_api=True)
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
    text = _text_of(path).decode()
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


def _text_of(path: PathLike) -> bytes:
    """The text of a list in UTF-8."""
    return _decoded(os.fspath(path), _octets_of(path))


def _octets_of(path: PathLike) -> bytes:
    """What a file holds, unpacked."""
    name = os.fspath(path)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        msg = f"{name}: {error.strerror}. A list that cannot be read stops the run."
        raise ListError(msg) from error
    return _unpacked(name, data) if data.startswith(GZIP) else data


def _as_leads_are(name: str, data: bytes) -> tuple[bytes | None, str]:
    """The text of known leads in UTF-8, None where it is no text, and what to say of its encoding."""
    try:
        return _decoded(name, data), ""
    except ListError:
        text = from_fallback(data)
        return text, "" if text is None else ", read as Windows-1252"


def _unpacked(name: str, data: bytes) -> bytes:
    """What a gzip file holds, all its members."""
    parts, held = [], 0
    while data:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            parts.append(unpacker.decompress(data, MOST_OCTETS - held + 1))
        except zlib.error as error:
            msg = f"{name}: packed with gzip and damaged. Make the file anew."
            raise ListError(msg) from error
        held += len(parts[-1])
        if held > MOST_OCTETS or not unpacker.eof:
            what = "unpacks to more than 2 GB" if held > MOST_OCTETS else "packed with gzip and cut off"
            msg = f"{name}: {what}. Divide the list, or make the file anew."
            raise ListError(msg)
        data = unpacker.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _decoded(name: str, data: bytes) -> bytes:
    """Text in UTF-8 as UTF-8, without its byte order mark."""
    mark, told = byte_order_mark(data)
    encoding = None if told == "utf-8" else told or _unmarked_utf16(data)
    try:
        if encoding:
            return data.decode(encoding).removeprefix("\ufeff").encode()
        if not data.isascii():
            data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        step = "Save the list as UTF-8"
        step += "" if encoding else f" (iconv -f CP1252 -t UTF-8 {name} > NEW, where it is Windows-1252)"
        msg = f"{name}: line {line} is no {encoding or 'UTF-8'} text. {step}."
        raise ListError(msg) from error
    if b"\0" in data:
        msg = f"{name}: holds NUL bytes, so it is no text. Save the list as UTF-8."
        raise ListError(msg)
    return data[len(mark) :]


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a byte order mark, by a NUL in every other octet; None for anything else."""
    top = data[:1000]
    if len(top) > 3 and b"\0" in top:
        for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if not top[start::2].strip(b"\0") and top[1 - start :: 2].strip(b"\0"):
                return encoding
    return None
