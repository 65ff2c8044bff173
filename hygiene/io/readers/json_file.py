"""Objects: leads as JSON, one object a line or in one value of another shape; every value as text.

Digits stay as they are written, null is a blank cell, a nested value is its JSON. The columns are the keys
of all objects in the order in which they come up. What is no object is a malformed row. Which part of a value the
leads are is decided in `json_records`.
"""

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hygiene.columns.mapping import has_email
from hygiene.errors import InputError
from hygiene.io.readers.batch import Batch, batch_of_rows, first_rows
from hygiene.io.readers.encoding import Text, UnreadableError
from hygiene.io.readers.header_row import Columns
from hygiene.io.readers.json_records import NESTED, Number, lift, records_of, spread, text_of
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Digest

__all__ = ["JsonFile", "is_json"]

#: Rows of a batch.
_ROWS = 20_000

_Lead = tuple[int, dict[str, str] | str]


#: The first character that is no blank. Source: RFC 8259, 2.
_NO_BLANK = re.compile(r"[^ \t\r\n]")


def is_json(text: Text, /) -> bool:
    """Whether a text is JSON: it starts with an object, or with an array of objects or texts."""
    try:
        top = next(text.blocks(size=1 << 12), b"").lstrip()
    except UnreadableError:
        return False
    if top.startswith(b"["):
        return top[1:].lstrip().startswith((b"{", b"]", b'"', b"["))
    return top.startswith(b"{") and top[1:].lstrip().startswith((b'"', b"}"))


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A file of JSON."""

    text: Text
    header: Sequence[str]
    limits: Limits
    lifted: bool = False
    notes: Sequence[str] = ()

    @classmethod
    def look(cls, text: Text, limits: Limits, /, *, columns: Columns = None) -> "JsonFile":
        """The keys of all objects, which the file is read through for.

        Where none names an email column, an object within each lead is looked at for one.

        Raises:
            InputError: it is no JSON as a whole, or passes a limit.
        """
        header = _keys(text, limits)
        if not header:
            raise InputError(
                f"{text.source.name}: no JSON object in it. Expected one object a line, or an array."
            )
        if not has_email(header, columns=columns):
            inner = _keys(text, limits, lifted=True)
            if has_email(inner, columns=columns):
                return cls(text, inner, limits, lifted=True)
        return cls(text, header, limits)

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(self._batches(rows), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows."""
        return self._batches(_ROWS, digest)

    def _batches(self, size: int, digest: Digest | None = None) -> Iterator[Batch]:
        leads = _leads(self.text, self.limits, digest, lifted=self.lifted)
        while part := list(itertools.islice(leads, size)):
            blank: dict[str, str] = {}
            cells = [lead if isinstance(lead, dict) else blank for _, lead in part]
            rows = [[lead.get(name, "") for name in self.header] for lead in cells]
            malformed = {at: lead for at, (_, lead) in enumerate(part) if isinstance(lead, str)}
            yield batch_of_rows(rows, [line for line, _ in part], len(self.header), malformed)


def _keys(text: Text, limits: Limits, *, lifted: bool = False) -> list[str]:
    """The keys of all leads."""
    header: dict[str, None] = {}
    for _, lead in _leads(text, limits, lifted=lifted):
        if isinstance(lead, dict):
            header.update(dict.fromkeys(lead))
            if len(header) > limits.columns:
                raise limits.refuse("columns", text.source.name, f"more than {limits.columns:,} keys")
    return list(header)


def _leads(
    text: Text, limits: Limits, digest: Digest | None = None, *, lifted: bool = False
) -> Iterator[_Lead]:
    """Each lead with its line (in an array, its number); raw text for what is no object."""
    lines = _lines(text, digest)
    first = next(((at, line) for at, line in lines if line.strip()), None)
    if first is None:
        return
    top = first[1].strip()
    if top.startswith(b"[") or not top.endswith(b"}"):  # over many lines, as programs print for people
        yield from _whole(text, b"".join([first[1], *(line for _, line in lines)]), limits, lifted=lifted)
        return
    second = next(((at, line) for at, line in lines if line.strip()), None)
    if second is None and isinstance(value := _value(first[1]), dict) and records_of([value]) != [value]:
        yield from _whole(text, first[1], limits, lifted=lifted)
        return
    for at, line in itertools.chain(filter(None, [first, second]), lines):
        if line.strip():
            yield at, _lead(text, line, at, limits, lifted=lifted)


def _value(line: bytes) -> Any:
    """What a line holds as JSON; None where it is none by itself."""
    try:
        return _DECODER.decode(line.decode())
    except (ValueError, RecursionError):
        return None


def _lines(text: Text, digest: Digest | None) -> Iterator[tuple[int, bytes]]:
    """The lines by their numbers; only a line feed ends one, as JSON Lines has it."""
    rest, number = b"", 1
    try:
        for block in text.blocks(digest):
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                yield number, line + b"\n"
                number += 1
    except UnreadableError as error:
        raise error.on_line(text.source.name, number + error.before.count(b"\n")) from None
    if rest:
        yield number, rest


def _lead(text: Text, line: bytes, at: int, limits: Limits, *, lifted: bool) -> dict[str, str] | str:
    value = _value(line)
    if not isinstance(value, dict):
        return line.decode().rstrip("\r\n")
    return _cells(text, value, at, limits, lifted=lifted)


def _whole(text: Text, whole: bytes, limits: Limits, *, lifted: bool) -> Iterator[_Lead]:
    """The leads of a text that is one value, or several one after the other."""
    for number, record in enumerate(records_of(_values(text, whole.decode(), limits)), 1):
        if isinstance(record, dict):
            yield number, _cells(text, record, number, limits, lifted=lifted)
        else:
            _check_depth(text, record, number, limits)
            yield number, text_of(record)


def _values(text: Text, whole: str, limits: Limits) -> list[Any]:
    values, at = [], 0
    try:
        while found := _NO_BLANK.search(whole, at):
            value, at = _DECODER.raw_decode(whole, found.start())
            values.append(value)
    except json.JSONDecodeError as error:
        msg = f"{text.source.name}: no JSON from line {error.lineno} on ({error.msg}). Correct it, or export it anew."
        raise InputError(msg) from None
    except RecursionError:
        raise limits.refuse("nesting", text.source.name, "lists and objects are nested too deep") from None
    return values


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that comes again is kept under a name of its own."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        name, number = key, 1
        while name in found:
            number += 1
            name = f"{key} ({number})"
        found[name] = value
    return found


#: One decoder for all lines: making it takes as long as a line.
_DECODER = json.JSONDecoder(parse_int=Number, parse_float=Number, object_pairs_hook=_pairs)


def _cells(text: Text, lead: dict[str, Any], at: int, limits: Limits, *, lifted: bool) -> dict[str, str]:
    if any(isinstance(value, NESTED) for value in lead.values()):
        _check_depth(text, lead, at, limits)
        lead = dict(spread(lift(lead) if lifted else lead))
    cells = {}
    for name, value in lead.items():
        cell = text_of(value)
        if len(cell) > limits.cell:
            found = f"record {at} holds a cell of more than {limits.cell:,} characters"
            raise limits.refuse("cell", text.source.name, found)
        if "\0" in cell or "\0" in name:
            raise InputError(
                f"{text.source.name}: record {at} holds a NUL character. Take it out; it is no text."
            )
        cells[name] = cell
    return cells


def _check_depth(text: Text, record: Any, at: int, limits: Limits) -> None:
    """Raise where lists and objects within a record are nested too deep."""
    depth, level = -1, [record]
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    if depth > limits.nesting:
        raise limits.refuse("nesting", text.source.name, f"record {at} is nested too deep")
