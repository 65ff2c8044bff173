"""Objects: leads as JSON, one object a line or in one value of another shape; every value as text.

Digits stay as they are written, null is a blank cell. The columns are the keys of all objects in the order in which
they come up. What is no object is a malformed row. Which part of a value the leads are is decided in `json_records`,
what nested values become in `json_cells`.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hygiene.columns.mapping import has_email
from hygiene.errors import InputError
from hygiene.io.readers.batch import Batch, batch_of_rows, first_rows
from hygiene.io.readers.encoding import Text, UnreadableError
from hygiene.io.readers.header_row import Columns
from hygiene.io.readers.json_cells import NESTED, Number, spread, text_of
from hygiene.io.readers.json_records import lift, pages_in, records_of, unpaged
from hygiene.io.readers.json_width import check_width
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Digest

__all__ = ["JsonFile", "is_json"]

#: Rows of a batch.
_ROWS = 20_000

#: Lines that tell whether each is a page of leads.
_SAMPLE = 100

#: Keys that the objects under one key may have before they stay JSON, where the file has too many.
_OWN_KEYS = 100

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
class _Way:
    """How the objects of a file become cells.

    Attributes:
        lifted: Whether what the only object within a lead holds stands for the lead.
        packed: Keys whose objects stay JSON, as they have keys of their own in every lead.
    """

    lifted: bool = False
    packed: frozenset[str] = frozenset()

    def cells(self, lead: dict[str, Any]) -> dict[str, Any]:
        return spread(lift(lead) if self.lifted else lead, self.packed)


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A file of JSON."""

    text: Text
    header: Sequence[str]
    limits: Limits
    way: _Way = _Way()
    notes: Sequence[str] = ()

    @classmethod
    def look(cls, text: Text, limits: Limits, /, *, columns: Columns = None) -> "JsonFile":
        """The keys of all objects, which the file is read through for.

        Where none names an email column, an object within each lead is looked at for one.

        Raises:
            InputError: it is no JSON as a whole, or passes a limit.
        """
        way, header = _keys(text, limits)
        if not header:
            raise InputError(
                f"{text.source.name}: no JSON object in it. Expected one object a line, or an array."
            )
        own = [name for name in header if "." not in name]
        if not has_email(own, columns=columns) and not (columns and has_email(header, columns=columns)):
            lifted, inner = _keys(text, limits, _Way(lifted=True))
            if inner != header and has_email(inner, columns=columns):
                return cls(text, inner, limits, lifted)
        return cls(text, header, limits, way)

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(self._batches(rows), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows."""
        return self._batches(_ROWS, digest)

    def _batches(self, size: int, digest: Digest | None = None) -> Iterator[Batch]:
        leads = _leads(self.text, self.limits, self.way, digest)
        while part := list(itertools.islice(leads, size)):
            blank: dict[str, str] = {}
            cells = [lead if isinstance(lead, dict) else blank for _, lead in part]
            rows = [[lead.get(name, "") for name in self.header] for lead in cells]
            malformed = {at: lead for at, (_, lead) in enumerate(part) if isinstance(lead, str)}
            yield batch_of_rows(rows, [line for line, _ in part], len(self.header), malformed)


def _keys(text: Text, limits: Limits, way: _Way = _Way()) -> tuple[_Way, list[str]]:
    """The keys of all leads, and the way in which they are not too many."""
    header: dict[str, None] = {}
    for _, lead in _leads(text, limits, way):
        if isinstance(lead, dict):
            header.update(dict.fromkeys(lead))
            if len(header) > limits.columns:
                within = Counter(name.partition(".")[0] for name in header if "." in name)
                packed = frozenset(key for key, count in within.items() if count > _OWN_KEYS)
                if way.packed or not packed:
                    raise limits.refuse("columns", text.source.name, f"more than {limits.columns:,} keys")
                return _keys(text, limits, replace(way, packed=packed))
    return way, list(header)


def _leads(text: Text, limits: Limits, way: _Way, digest: Digest | None = None) -> Iterator[_Lead]:
    """Each lead with its line (in an array or in pages, its number); raw text for what is no object."""
    lines = _lines(text, digest)
    filled = ((at, line) for at, line in lines if line.strip())
    sample = list(itertools.islice(filled, 1))
    if not sample:
        return
    top = sample[0][1].strip()
    alone = _value(top) if top.endswith(b"}") else None
    check_width(text.source.name, [alone], limits)
    if not isinstance(alone, dict) and (not top.endswith(b"}") or _is_run(top)):
        # over many lines, as programs print for people, or objects one after the other
        yield from _whole(text, b"".join([sample[0][1], *(line for _, line in lines)]), limits, way)
        return
    sample += itertools.islice(filled, _SAMPLE)
    if len(sample) == 1 and isinstance(alone, dict) and records_of([alone]) != [alone]:
        yield from _whole(text, top, limits, way)
        return
    each = itertools.chain(sample, filled)
    values = [_value(line) for _, line in sample] if len(sample) > 1 else []
    check_width(text.source.name, values, limits)
    if pages_in(values):
        yield from _paged(text, each, limits, way)
    else:
        yield from ((at, _lead(text, line, at, limits, way)) for at, line in each)


def _paged(text: Text, lines: Iterable[tuple[int, bytes]], limits: Limits, way: _Way) -> Iterator[_Lead]:
    """The leads of the answer that each line is, numbered through."""
    number = 0
    for _, line in lines:
        value = _value(line)
        for record in unpaged(value) if isinstance(value, dict) else [value]:
            number += 1
            if isinstance(record, dict):
                yield number, _cells(text, record, number, limits, way)
            else:
                yield number, line.decode().rstrip("\r\n")


def _is_run(top: bytes) -> bool:
    """Whether a line holds several values, one after the other."""
    try:
        _, stop = _DECODER.raw_decode(top.decode())
    except (ValueError, RecursionError):
        return False
    return stop < len(top)


def _value(line: bytes) -> Any:
    """What a line holds as JSON; None where it is none by itself."""
    try:
        return _DECODER.decode(line.decode())
    except (ValueError, RecursionError):
        return None


def _lines(text: Text, digest: Digest | None) -> Iterator[tuple[int, bytes]]:
    """The lines by their numbers; only a line feed ends one, as JSON Lines has it."""
    number = 0
    try:
        for number, line in enumerate(text.lines(digest), 1):
            yield number, line
    except UnreadableError as error:
        raise error.on_line(text.source.name, number + 1 + error.before.count(b"\n")) from None


def _lead(text: Text, line: bytes, at: int, limits: Limits, way: _Way) -> dict[str, str] | str:
    value = _value(line)
    if not isinstance(value, dict):
        return line.decode().rstrip("\r\n")
    return _cells(text, value, at, limits, way)


def _whole(text: Text, whole: bytes, limits: Limits, way: _Way) -> Iterator[_Lead]:
    """The leads of a text that is one value, or several one after the other."""
    values = _values(text, whole.decode(), limits)
    check_width(text.source.name, values, limits)
    for number, record in enumerate(records_of(values), 1):
        if isinstance(record, dict):
            yield number, _cells(text, record, number, limits, way)
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
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    found = {}
    last: dict[str, int] = {}  # numbers of each key so far, so that a key of thousands is not counted anew
    for key, value in pairs:
        name, number = key, last.get(key, 1)
        while name in found:
            number += 1
            name = f"{key} ({number})"
        last[key] = number
        found[name] = value
    return found


#: One decoder for all lines: making it takes as long as a line.
_DECODER = json.JSONDecoder(parse_int=Number, parse_float=Number, object_pairs_hook=_pairs)


def _cells(text: Text, lead: dict[str, Any], at: int, limits: Limits, way: _Way) -> dict[str, str]:
    if any(isinstance(value, NESTED) for value in lead.values()):
        _check_depth(text, lead, at, limits)
        lead = way.cells(lead)
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
