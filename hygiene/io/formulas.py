r"""Formulas: which cells a spreadsheet would take for one, and the apostrophe that keeps it from that.

The apostrophe goes before apostrophes too, so that taking one off always undoes it.
"""

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Octets

__all__ = ["guarded", "guarded_texts", "unguarded_texts"]

#: What programs pass over, or do not show, before they look at a cell: controls, blanks, format characters and
#: fillers. Sources: Unicode's categories Cc, Z, Cf, and its property Default_Ignorable_Code_Point.
_UNSEEN = (
    "\x00-\x20\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680\u17b4\u17b5"
    "\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
#: First characters that make a spreadsheet take a cell for a formula, and the same in full width and in small form,
#: which programs of East Asia take for them. Source: OWASP, CSV injection.
_STARTS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
#: The same pattern for both engines of expressions, so it has only characters and ranges.
_FORMULA = f"^(?:'*[\t\r\n]|['{_UNSEEN}]*[{_STARTS}])"

_is_formula = re.compile(_FORMULA).match
#: Octets with which no text begins that is taken for a formula: printed ASCII but for an apostrophe and `_STARTS`.
_HARMLESS = np.array([chr(octet) not in "'=+-@" and 0x20 < octet < 0x7F for octet in range(256)])
_TEXT = pa.large_string()


def guarded(cell: object, /) -> object:
    """The cell, with an apostrophe before a text that a spreadsheet would take for a formula.

    So has one that only apostrophes keep from it, so that taking one off undoes it.
    """
    return f"'{cell}" if isinstance(cell, str) and _is_formula(cell) else cell


def guarded_texts(texts: pa.Array, /) -> pa.Array:
    """Texts as `guarded` gives each; NA stays."""
    near = _near(texts)
    if not len(near):
        return texts
    found = pc.fill_null(pc.match_substring_regex(texts.take(pa.array(near)), _FORMULA), fill_value=False)
    if not found.true_count:
        return texts
    at = np.zeros(len(texts), dtype=bool)
    at[near] = found.to_numpy(zero_copy_only=False)
    rows = pa.array(at)
    new = pc.binary_join_element_wise(pa.scalar("'", _TEXT), texts.filter(rows), pa.scalar("", _TEXT))
    return pc.replace_with_mask(texts, rows, new)


def _near(texts: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Positions of the texts that may be taken for formulas, by their first octet."""
    octets = Octets.of(texts)
    if not len(octets.data):
        return np.arange(0)
    starts, ends = octets.bounds[:-1], octets.bounds[1:]
    harmless = _HARMLESS[octets.data[np.minimum(starts, len(octets.data) - 1)]]
    return np.flatnonzero(~harmless & (starts < ends))


def unguarded_texts(column: pa.ChunkedArray, /) -> Any:
    """A column that was guarded, as it was before."""
    first = pc.equal(pc.utf8_slice_codeunits(column, 0, 1), "'")
    rows = pc.and_(first, pc.match_substring_regex(column, _FORMULA))
    return pc.if_else(rows, pc.utf8_slice_codeunits(column, 1), column)
