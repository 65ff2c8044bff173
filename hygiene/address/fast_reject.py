"""Shapes: the commonest things wrong with an address, decided for a whole column at once.

Each is one that `validate` and `repair` decide as well, cell by cell and in every combination; here are only
those that stand alone in a cell with simple addresses, because lists have many of them.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address.fast_accept import Plain, find_plain
from hygiene.address.repair import INVISIBLE
from hygiene.address.syntax import ADDRESS_OCTETS, LOCAL_OCTETS
from hygiene.arrow.text import mask

__all__ = ["FIELDS", "Shaped", "find_pairs", "find_refused", "find_wrapped", "without_clear"]

#: What is told of a cell: the words of `Addresses`, and the code of its reason.
FIELDS = ("address", "domain", "repaired", "suggestion", "others", "code")
_TEXT = pa.large_string()
_WORD = r"[a-zA-Z0-9_.+\-]*[a-zA-Z0-9_+\-]"
_HOST = r"[a-zA-Z0-9.\-]+"
_ADDRESS = rf"([a-zA-Z0-9_.+\-]+@{_HOST})"
#: Characters of a name that stands before an address: nothing that is white space, invisible, or may belong to
#: another wrapping. Ranges: a class of all letters takes long to compile.
_NAME = "!-9;=?A-~\u00ae-\u061b\u061d-\u167f\u1681-\u180d\u180f-\u1fff\u3001-\ufdff"
#: Kind of repair, pattern, and where the address stands in it; at most one matches a cell.
_WRAPPINGS = (
    ("scheme", rf"^(?i:mailto|smtp):{_ADDRESS}$", r"\1"),
    ("brackets", rf"^<{_ADDRESS}>$", r"\1"),
    ("display_name", rf"^ *[{_NAME}][ {_NAME}]*<{_ADDRESS}>$", r"\1"),
    ("punctuation", rf"^{_ADDRESS}[.,;]+$", r"\1"),
    ("invisible", rf"^[{INVISIBLE}]+{_ADDRESS}[{INVISIBLE}]*$", r"\1"),
    ("invisible", rf"^{_ADDRESS}[{INVISIBLE}]+$", r"\1"),
)
#: Two addresses and what may stand between them.
_PAIR = rf"^{_ADDRESS}(?: *[;,|/] *| +){_ADDRESS}$"
#: Code of a refusal, pattern, and what was meant; at most one matches a cell.
_REFUSED = (
    ("bad_local_part", rf"^({_WORD})\.+@({_HOST})$", r"\1@\2"),
    ("no_at_sign", rf"^({_WORD}) +(?i:at) +({_HOST})$", r"\1@\2"),
    ("escape_debris", rf"^(?:%[0-9a-fA-F]{{2}})+{_ADDRESS}$", r"\1"),
)
#: Refusals without a guess at what was meant, each with a cell that is refused alike: a word without an @ or
#: anything that may stand for one, and an address whose domain is one word.
_CLEAR = (
    (r"^[!-;=?A-Z\\^-z|}~]+$", "-"),
    (r"^[a-zA-Z0-9_+\-]+(?:\.[a-zA-Z0-9_+\-]+)*@[a-zA-Z0-9]+$", "a@b"),
)
_Places = np.ndarray[Any, np.dtype[np.int64]]


class Shaped(NamedTuple):
    """Cells that were decided.

    Attributes:
        places: Their positions.
        columns: What is told of each, by `FIELDS`; a field that is not there is null.
    """

    places: _Places
    columns: dict[str, pa.Array]


def find_wrapped(cells: pa.Array, /) -> Shaped:
    """Plain addresses with one wrapping around them."""
    places, kinds, plain = _find_inside(cells, _WRAPPINGS)
    found = {"address": plain.address(), "domain": plain.domain(), "repaired": kinds}
    return Shaped(places, found)


def find_refused(cells: pa.Array, /) -> Shaped:
    """Cells that are refused, where what was meant is a plain address."""
    # So short a cell passes no limit of length, which would be another reason.
    short = pc.if_else(pc.less_equal(pc.binary_length(cells), LOCAL_OCTETS), cells, None)
    places, codes, plain = _find_inside(short, _REFUSED)
    return Shaped(places, {"suggestion": plain.address(), "code": codes})


def find_pairs(cells: pa.Array, /) -> Shaped:
    """Cells that hold two plain addresses and nothing else."""
    rows = mask(pc.match_substring_regex(cells, _PAIR)) & mask(
        pc.less_equal(pc.binary_length(cells), ADDRESS_OCTETS)
    )
    pairs = cells.filter(pa.array(rows))
    first, second = (find_plain(pc.replace_substring_regex(pairs, _PAIR, one)) for one in (r"\1", r"\2"))
    good = pa.array(first.rows & second.rows)
    address, other = first.texts.filter(good), second.texts.filter(good)
    others = pc.if_else(pc.equal(address, other), None, other)
    found = {
        "address": address,
        "domain": first.halves.take(pa.array(2 * np.flatnonzero(good) + 1)),
        "repaired": pa.repeat(pa.scalar("first_of_several", _TEXT), len(address)),
        "others": others,
        "code": pc.if_else(pc.is_valid(others), pa.scalar("several_addresses", _TEXT), None),
    }
    return Shaped(np.flatnonzero(rows)[good], found)


def without_clear(cells: pa.Array, /) -> pa.Array:
    """The cells, all that are refused alike being the same one: so they are judged once."""
    for pattern, alike in _CLEAR:
        rows = pc.and_(
            pc.match_substring_regex(cells, pattern), pc.less_equal(pc.binary_length(cells), LOCAL_OCTETS)
        )
        cells = pc.if_else(rows, pa.scalar(alike, _TEXT), cells)
    return cells


def _find_inside(
    cells: pa.Array, patterns: Sequence[tuple[str, str, str]]
) -> tuple[_Places, pa.Array, Plain]:
    """Positions of the cells with a plain address inside, the words of their patterns, and the addresses."""
    places, words, inside = [], [], []
    for word, pattern, address in patterns:
        rows = pa.array(mask(pc.match_substring_regex(cells, pattern)))
        places.append(np.flatnonzero(rows))
        words.append(pa.repeat(pa.scalar(word, _TEXT), rows.true_count))
        inside.append(pc.replace_substring_regex(cells.filter(rows), pattern, address))
    plain = find_plain(pa.concat_arrays(inside))
    return np.concatenate(places)[plain.rows], pa.concat_arrays(words).filter(pa.array(plain.rows)), plain
