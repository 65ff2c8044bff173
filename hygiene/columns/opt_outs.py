"""Opt-out marks: which columns of a file say that somebody must not be written to, and which cells say so.

Columns are known by the words of their headers, not by a list of exporters. Nothing here knows a list.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, mask, text_column
from hygiene.columns.mapping import CANONICAL, MALFORMED
from hygiene.columns.place import places, was_read

__all__ = ["FALSE", "TRUE", "Marks", "find_marks", "is_flag", "is_status", "marked", "may_mark", "renumber"]

TRUE = frozenset({"true", "yes", "y", "1", "t", "x", "1.0"})
FALSE = frozenset({"false", "no", "n", "0", "f", "0.0"})
#: Cells of a flag that say nothing against a lead, besides `FALSE`.
_NOTHING = frozenset({"none", "null", "nan", "na", "n/a", "-", "never", "not set", "unknown"})

#: What a header says of someone who must not be written to.
#: Source: exports of HubSpot ("Unsubscribed from all email", "Email hard bounce reason", "Portal Spam
#: Report"), Salesforce ("Email Opt Out", "HasOptedOutOfEmail"), Apollo ("Do Not Call"), Mailchimp.
_FLAG = re.compile(
    r"\b(unsubscribed?|opt(ed|s)? ?out|bounced?|do ?not ?(call|contact|e?mail|disturb)|dnc|dne|complained"
    r"|spam (report|reported|complaint)|suppressed|blacklisted|blocklisted)\b"
)
#: Words that make such a column say something else.
_OTHER = re.compile(
    r"\b(link|url|uri|rate|score|probability|percent|message|subject|template|page|token|group|category"
    r"|campaign|list|source|by|likelihood|if|before|after)\b"
)
#: Headers of columns whose cells are one of several states.
_STATUS = re.compile(
    r"^(member |subscription |subscriber |contact |lead |email |e mail |email marketing |marketing |person marketing "
    r"|opt in |consent )*status$"
)
#: States that say that somebody must not be written to. What a verifier says is for `verifiers`.
#: Source: Mailchimp ("cleaned"), Pipedrive ("Bounced").
_STATES = (
    "unsubscribed", "opted out", "opt out", "optedout", "optout", "bounced", "hard bounced", "hard bounce",
    "cleaned", "complained", "spam complaint", "spam", "do not contact", "do not mail", "do not email",
    "do not call", "donotcontact", "dnc", "suppressed", "blacklisted",
)  # fmt: skip
#: Where rows stand that were not read from a file.
_UNREAD = "the leads"


@dataclass(frozen=True, slots=True)
class Marks:
    """Opt-out marks in the columns of a lead frame.

    Attributes:
        rule: ``source:line:column`` of each row that bears one, by position; null elsewhere.
        columns: Rows marked by each suppression column; a column of states is one where it marks a row.
    """

    rule: pa.Array
    columns: dict[str, int]

    @classmethod
    def none(cls, rows: int, /) -> "Marks":
        """No marks."""
        return cls(pa.nulls(rows, pa.large_string()), {})


def find_marks(frame: pd.DataFrame, /, *, first_row: int = 1) -> Marks:
    """The opt-out marks of a lead frame; of several on a row the first column's is named.

    Args:
        frame: The leads.
        first_row: Number of the first one.
    """
    rule, columns = np.full(len(frame), None, dtype=object), {}
    for at, header in enumerate(frame.columns):
        name = str(header)
        if not may_mark(name):
            continue
        found = marked(name, text_column(frame.iloc[:, at]))
        if is_flag(name) or found.any():
            columns[name] = int(found.sum())
        rows = np.flatnonzero(found & (rule == None))  # noqa: E711 -- elementwise
        rule[rows] = [f"{place}:{name}" for place in _places(frame.index, rows, first_row)]
    return Marks(pa.array(rule, pa.large_string()), columns)


def _places(index: pd.Index, rows: np.ndarray[Any, Any], first_row: int) -> list[str]:
    """Source and line of rows that were read; their numbers otherwise."""
    if was_read(index):
        return places(index[rows])
    return [f"{_UNREAD}:{row}" for row in (rows + first_row).tolist()]


def renumber(rule: pa.Array, rows: np.ndarray[Any, Any], /) -> pa.Array:
    """Marks of rows that were not read from a file, which were counted from 1, under their row numbers."""
    own = mask(pc.starts_with(rule, f"{_UNREAD}:"))
    column = pc.replace_substring_regex(rule.filter(pa.array(own)), f"^{_UNREAD}:[0-9]+:", "")
    number = pc.cast(pa.array(rows[own]), rule.type)
    source, colon = (pa.scalar(word, rule.type) for word in (_UNREAD, ":"))
    texts = pc.binary_join_element_wise(source, number, column, colon)
    return pc.replace_with_mask(rule, pa.array(own), texts)


def may_mark(header: str, /) -> bool:
    """Whether a column is one whose cells may say that somebody must not be written to."""
    return header not in (*CANONICAL, MALFORMED) and (is_flag(header) or is_status(header))


def is_flag(header: str, /) -> bool:
    """Whether a column says by true, a date or a reason that somebody must not be written to."""
    words = _words(header)
    return bool(_FLAG.search(words)) and not _OTHER.search(words)


def is_status(header: str, /) -> bool:
    """Whether a column holds a state that may be one of those."""
    return bool(_STATUS.search(_words(header)))


def marked(header: str, cells: pa.Array, /) -> Mask:
    """True where a cell of a flag or status column says that its lead must not be written to."""
    words = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(cells, "")))
    if is_flag(header):
        silent = pa.array(["", *FALSE, *_NOTHING], words.type)
        return ~mask(pc.is_in(words, value_set=silent))
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(words, r"[\s_-]+", " "))
    return mask(pc.is_in(plain, value_set=pa.array(_STATES, words.type)))


def _words(header: str) -> str:
    """A header as lower-case words."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", header)
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


NO, SILENT, YES, UNKNOWN = -1, 0, 1, 2


def is_mark(header: str, /) -> bool:
    return is_flag(header) or is_status(header)


def says(header: str, cells: pa.Array, /) -> "np.ndarray[Any, np.dtype[np.int8]]":
    words = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(cells, "")))
    codes = np.zeros(len(cells), np.int8)
    codes[
        mask(
            pc.is_in(
                words,
                value_set=pa.array(
                    list(FALSE) if is_flag(header) else ["subscribed", "opted in"], words.type
                ),
            )
        )
    ] = YES
    codes[marked(header, cells)] = NO
    return codes


def are_dates(cells: pa.Array, /) -> Mask:
    return mask(pc.match_substring_regex(cells, r"^[0-9]{2,4}[-/.][0-9]"))
