"""Judging: the cells of an email column, all at once.

Plain addresses are decided for the whole column, and so are the commonest things that are wrong with one;
of the other cells each distinct one is judged by itself.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address.fast_accept import Plain, find_plain
from hygiene.address.fast_reject import FIELDS, find_pairs, find_refused, find_wrapped, without_clear
from hygiene.address.validate_cell import Singles
from hygiene.arrow.text import Mask, Octets, mask, no_texts, trimmed

__all__ = ["Addresses", "validate"]

_TEXT = pa.large_string()
_WHITE_SPACE = pa.scalar("white_space", _TEXT)
_Places = np.ndarray[Any, np.dtype[np.int64]]
#: Rows that are decided at once, so that what is made on the way is small and its memory is used again.
_SLICE = 1 << 15
#: Rows after which what is not plain among them is decided: all slices are waited for then.
_PART = 4 * _SLICE


@dataclass(frozen=True)
class Addresses:
    """The judged cells of an email column, aligned with it by position.

    Attributes:
        address: Normalized address; null where the cell was refused.
        domain: Its domain as A-labels, lower case; null where the cell was refused.
        repaired: The kinds of repair after which alone the address was found, joined by semicolons; null
            where there was none.
        suggestion: What the person may have meant, where the cell was refused and that is not certain.
        others: The further addresses of a cell that holds several, joined by semicolons.
        reasons: Reason code to mask.
    """

    address: pa.Array
    domain: pa.Array
    repaired: pa.Array
    suggestion: pa.Array
    others: pa.Array
    reasons: dict[str, Mask]

    def host(self) -> pa.DictionaryArray:
        """`domain` encoded, for passes that decide once a domain."""
        return self.domain.dictionary_encode()


def validate(cells: pa.Array, /) -> Addresses:
    """Judge every cell; equal cells that are not plain are judged once.

    Args:
        cells: `large_string` array; null is a missing cell.

    Source: `email_validator.validate_email(cell, check_deliverability=False)`; what it refuses is repaired,
    and escape debris is refused though it accepts it.
    """
    singles, starts = Singles(), range(0, max(len(cells), 1), _PART)
    if len(cells) <= _PART:
        parts = [_judge_part(cells, 0, singles, map)]
    else:
        with ThreadPoolExecutor(pa.cpu_count()) as threads:  # Arrow and NumPy let go of the interpreter
            parts = [_judge_part(cells.slice(start, _PART), start, singles, threads.map) for start in starts]
    judged = _gathered(parts, len(cells))
    pool = pa.default_memory_pool()
    if (
        len(cells) >= _SLICE and pool.backend_name != "system"
    ):  # which would look through all it has, each time
        pool.release_unused()  # what Arrow keeps of it for later adds up from chunk to chunk
    return judged


def _gathered(parts: list["_Part"], rows: int) -> Addresses:
    left = np.concatenate([part.left for part in parts])
    rest = {name: pa.concat_arrays([part.rest[name] for part in parts]) for name in FIELDS}
    return Addresses(
        address=_joined([part.address for part in parts]),
        domain=_joined([part.domain for part in parts]),
        repaired=_repaired(rest["repaired"], left, np.concatenate([part.spaced for part in parts])),
        suggestion=_spread(rest["suggestion"], left, rows),
        others=_spread(rest["others"], left, rows),
        reasons=_reasons(rest["code"], left, rows),
    )


class _Part(NamedTuple):
    """Some of the cells, one after another.

    Attributes:
        address: Their addresses, slice by slice.
        domain: Their domains, slice by slice.
        spaced: Which plain addresses have white space around them.
        left: Positions of those that are not plain, among all cells.
        rest: What is told of these, by `FIELDS`.
    """

    address: list[pa.Array]
    domain: list[pa.Array]
    spaced: Mask
    left: _Places
    rest: dict[str, pa.Array]


def _joined(slices: list[list[pa.Array]]) -> pa.Array:
    """All slices as one; they are let go of, so that not every column is there twice."""
    joined = pa.concat_arrays(list(itertools.chain.from_iterable(slices)))
    for some in slices:
        some.clear()
    return joined


def _cut(cells: pa.Array, rows: int) -> list[pa.Array]:
    return [cells.slice(start, rows) for start in range(0, max(len(cells), 1), rows)]


def _judge_part(cells: pa.Array, start: int, singles: Singles, each: Callable[..., Iterable[Any]]) -> _Part:
    """Judge cells of which the first stands at `start`; `each` is `map` or that of threads."""
    found = list(each(_find_plain, _cut(cells, _SLICE)))
    plain = [one for one, _ in found]
    left = np.flatnonzero(~np.concatenate([one.rows for one in plain]))
    rest = _judge_rest(cells.take(pa.array(left)), singles)
    ends = np.cumsum([0, *(np.count_nonzero(~one.rows) for one in plain)]).tolist()
    rests = [
        {name: rest[name].slice(start, end - start) for name in ("address", "domain")}
        for start, end in itertools.pairwise(ends)
    ]
    address, domain = zip(*each(_merged, plain, rests), strict=True)
    spaced = np.concatenate([spaces for _, spaces in found])
    return _Part(list(address), list(domain), spaced, left + start, rest)


def _find_plain(cells: pa.Array) -> tuple[Plain, Mask]:
    """The plain addresses, and which of them have white space around them."""
    bare = trimmed(cells)
    plain = find_plain(bare)
    return plain, plain.rows & _differ(cells, bare)


def _differ(cells: pa.Array, bare: pa.Array) -> Mask:
    if bare is cells:
        return np.zeros(len(cells), dtype=bool)
    differ: Mask = np.diff(Octets.of(cells).bounds) != np.diff(Octets.of(bare).bounds)
    return differ


def _judge_rest(cells: pa.Array, singles: Singles) -> dict[str, pa.Array]:
    """What is told of cells that are not plain, by `FIELDS`."""
    bare = trimmed(cells)
    place = np.empty(len(cells), dtype=np.int64)  # of each cell in what the ways give, one after another
    told, parts, left = 0, [], np.arange(len(cells))
    for find in (find_wrapped, find_pairs, find_refused):
        if not len(left):
            break
        found = find(bare.take(pa.array(left)))
        place[left[found.places]] = told + np.arange(len(found.places))
        told += len(found.places)
        parts.append((found.columns, len(found.places)))
        left = np.delete(left, found.places)
    others = without_clear(cells.take(pa.array(left))).dictionary_encode(null_encoding="encode")
    place[left] = told + others.indices.to_numpy(zero_copy_only=False)
    parts.append((singles.judge(others.dictionary.to_pylist()), len(others.dictionary)))
    columns = {name: _field(name, parts).take(pa.array(place)) for name in FIELDS}
    spaced = _differ(cells, bare) & (place < told) & mask(pc.is_valid(columns["address"]))
    columns["repaired"] = _with_white_space(columns["repaired"], spaced)
    return columns


def _field(name: str, parts: list[tuple[dict[str, pa.Array], int]]) -> pa.Array:
    return pa.concat_arrays([columns.get(name, pa.nulls(rows, _TEXT)) for columns, rows in parts])


def _with_white_space(kinds: pa.Array, spaced: Mask) -> pa.Array:
    """The kinds of repair, white space before them where cells are spaced."""
    rows = pa.array(spaced)
    told = pc.binary_join_element_wise(_WHITE_SPACE, kinds.filter(rows), pa.scalar(";", _TEXT))
    return pc.replace_with_mask(kinds, rows, told)


def _merged(plain: Plain, rest: Mapping[str, pa.Array]) -> tuple[pa.Array, pa.Array]:
    """Addresses and domains, those that are not plain from `rest`, in order."""
    rows = len(plain.rows)
    place, more = np.arange(rows), np.arange(len(rest["address"]))
    if not len(more):
        return plain.texts, plain.domain()
    place[~plain.rows] = rows + more
    address = pa.concat_arrays([plain.texts, rest["address"]]).take(pa.array(place))
    place = 2 * np.arange(rows) + 1
    place[~plain.rows] = 2 * rows + more
    return address, pa.concat_arrays([plain.halves, rest["domain"]]).take(pa.array(place))


def _repaired(kinds: pa.Array, left: _Places, spaced: Mask) -> pa.Array:
    """The kinds of repair of all rows: those that are left, and plain ones with white space around them."""
    rows = spaced.copy()
    rows[left] = True
    place = np.full(len(spaced), len(kinds))
    place[left] = np.arange(len(left))
    texts = pa.concat_arrays([kinds, pa.array([_WHITE_SPACE.as_py()], _TEXT)])
    return _spread(texts.take(pa.array(place[rows])), np.flatnonzero(rows), len(spaced))


def _spread(texts: pa.Array, places: _Places, rows: int) -> pa.Array:
    """A column with these texts at these places, which ascend, and null elsewhere."""
    if texts.null_count == len(texts):
        return no_texts(rows)
    octets = Octets.of(texts)
    bounds, valid = np.zeros(rows + 1, dtype=np.int64), np.zeros(rows, dtype=bool)
    bounds[places + 1] = np.diff(octets.bounds)
    valid[places] = mask(pc.is_valid(texts))
    np.cumsum(bounds, out=bounds)
    bits = np.packbits(valid, bitorder="little")
    return pa.Array.from_buffers(
        _TEXT, rows, [pa.py_buffer(bits), pa.py_buffer(bounds), pa.py_buffer(octets.data)]
    )


def _reasons(codes: pa.Array, places: _Places, rows: int) -> dict[str, Mask]:
    """Reason code to mask."""
    reasons = {}
    for code in pc.drop_null(codes).unique().to_pylist():
        reasons[code] = np.zeros(rows, dtype=bool)
        reasons[code][places[mask(pc.equal(codes, code))]] = True
    return reasons
