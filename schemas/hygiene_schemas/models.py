"""Pandera models of every table: leads in, leads out, verdicts, list entries, import batches.

Text columns take every text dtype (object, `str`, `string`, Arrow), which a declared dtype would not:
their dtype is therefore a check. A check is named as its method is (Pandera drops `name=` from the
checks a model inherits); reason codes are made of it. Every check caps the values that Pandera would copy
into its messages, for they may be addresses.

A model says what a table must be; which row is at fault, and why, `hygiene.checks.pandera_schema` says.
"""

import functools
from typing import Any

import pandas as pd
import pandera.pandas as pa

__all__ = ["CleanLead", "ImportLog", "Lead", "RuleEntry", "Verdict"]

#: Failing values that one check may hand to Pandera's messages.
CASES = 3

#: Longest address a path can carry. RFC 5321 4.5.3.1.3: 256 with the angle brackets.
ADDRESS_LENGTH = 254

#: One @, a local part without white space or control characters, and a domain of two or more labels in
#: lower case. What is allowed in detail is email-validator's to say; this holds for all that it gives.
ADDRESS = r"[^\s@\x00-\x1f\x7f]+@[^\s@.A-Z\x00-\x1f\x7f]+(\.[^\s@.A-Z\x00-\x1f\x7f]+)+"

#: The outcomes in order of precedence.
OUTCOMES = ("invalid", "undeliverable", "suppressed", "blocked", "duplicate", "review", "ready")

#: What is known of a batch.
STATES = ("acknowledged", "settled", "rejected", "unknown", "planned")

#: The counters of the import API.
COUNTERS = ("total_leads", "imported", "duplicates", "blocked")

_INTEGER = pd.Int64Dtype

_check = functools.partial(pa.check, n_failure_cases=CASES)
_frame_check = pa.dataframe_check(n_failure_cases=CASES)


def _are_text(cells: pd.Series) -> pd.Series:
    """True where a cell is text, whatever the column's dtype."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return _are_text(cells.astype(cells.cat.categories.dtype))
    if cells.dtype != object:
        return pd.Series(pd.api.types.is_string_dtype(cells.dtype), index=cells.index)
    if pd.api.types.infer_dtype(cells, skipna=False) == "string":
        return pd.Series(data=True, index=cells.index)
    return cells.map(lambda cell: isinstance(cell, str)).astype(bool)


def _are_plain(cells: pd.Series) -> pd.Series:
    """True where a cell is one value that can be written as text."""
    if cells.dtype != object:
        return pd.Series(data=True, index=cells.index)
    if pd.api.types.infer_dtype(cells, skipna=False) == "string":
        return pd.Series(data=True, index=cells.index)
    return cells.map(lambda cell: pd.api.types.is_scalar(cell) and not isinstance(cell, bytes)).astype(bool)


def _as_text(cells: pd.Series) -> pd.Series:
    """The cells as text; what cannot be written as UTF-8, which Arrow refuses, as escapes."""
    try:
        return cells.astype(str)
    except UnicodeError:
        return cells.map(lambda cell: str(cell).encode("utf-8", "backslashreplace").decode())


def _are_blank(cells: pd.Series) -> pd.Series:
    """True where there is nothing but white space; text is not copied for it."""
    is_text = cells.dtype == object and pd.api.types.infer_dtype(cells, skipna=False) == "string"
    text = cells if is_text else _as_text(cells)
    return ((text == "") | text.str.isspace()).astype(bool)


def _are_unique(cells: pd.Series) -> pd.Series:
    return ~_as_text(cells).duplicated(keep=False)


class Lead(pa.DataFrameModel):
    """A lead frame: `email` on every row, the other canonical columns where there are any.

    Further columns are custom fields and stay as they are.
    """

    email: Any
    first_name: Any | None = pa.Field(nullable=True)
    last_name: Any | None = pa.Field(nullable=True)
    company: Any | None = pa.Field(nullable=True)
    title: Any | None = pa.Field(nullable=True)
    phone: Any | None = pa.Field(nullable=True)
    website: Any | None = pa.Field(nullable=True)
    linkedin: Any | None = pa.Field(nullable=True)
    city: Any | None = pa.Field(nullable=True)
    state: Any | None = pa.Field(nullable=True)
    country: Any | None = pa.Field(nullable=True)

    @_check("email")
    @classmethod
    def not_blank(cls, cells: pd.Series) -> pd.Series:
        """Something is there besides white space."""
        return ~_are_blank(cells)

    @_check("email")
    @classmethod
    def text(cls, cells: pd.Series) -> pd.Series:
        """Every address is text."""
        return _are_text(cells)

    @_check("^(first_name|last_name|company|title|phone|website|linkedin|city|state|country)$", regex=True)
    @classmethod
    def plain(cls, cells: pd.Series) -> pd.Series:
        """Every cell is one value: text, a number, a date; never bytes or a container."""
        return _are_plain(cells)


class CleanLead(Lead):
    """A lead frame that may be sent: every address normalized, each there once."""

    email: Any

    @_check("email")
    @classmethod
    def shape(cls, cells: pd.Series) -> pd.Series:
        """One @, a domain in lower case, no white space."""
        return _as_text(cells).str.fullmatch(ADDRESS).astype(bool)

    @_check("email")
    @classmethod
    def length(cls, cells: pd.Series) -> pd.Series:
        """Short enough for a path."""
        return _as_text(cells).str.len() <= ADDRESS_LENGTH

    # Not `unique=True`: its message holds every repeated address.
    @_check("email")
    @classmethod
    def unique(cls, cells: pd.Series) -> pd.Series:
        """Each value once."""
        return _are_unique(cells)


class Verdict(pa.DataFrameModel):
    """One row per input row: where it stands, where it ends, and why. No lead columns."""

    row: _INTEGER = pa.Field(coerce=True)
    source: Any = pa.Field(nullable=True)
    line: _INTEGER = pa.Field(coerce=True, nullable=True)
    address: Any = pa.Field(nullable=True)
    outcome: Any
    reasons: Any = pa.Field(nullable=True)
    duplicate_of: Any = pa.Field(nullable=True)
    matched_rule: Any = pa.Field(nullable=True)
    domain_verdict: Any = pa.Field(nullable=True)
    suggestion: Any = pa.Field(nullable=True)
    repaired: Any = pa.Field(nullable=True)
    other_addresses: Any = pa.Field(nullable=True)

    @_check("row", "line")
    @classmethod
    def counted_from_one(cls, cells: pd.Series) -> pd.Series:
        """Rows, lines and batches are counted from 1."""
        return cells >= 1

    @_check("row")
    @classmethod
    def unique(cls, cells: pd.Series) -> pd.Series:
        """Each value once."""
        return _are_unique(cells)

    @_check("outcome")
    @classmethod
    def known(cls, cells: pd.Series) -> pd.Series:
        """One of the words there are."""
        return cells.isin(OUTCOMES)

    @_check(
        "source",
        "address",
        "outcome",
        "reasons",
        "matched_rule",
        "domain_verdict",
        "suggestion",
        "repaired",
        "other_addresses",
    )
    @classmethod
    def text(cls, cells: pd.Series) -> pd.Series:
        """Every cell is text."""
        return _are_text(cells)

    @_check("duplicate_of")
    @classmethod
    def row_or_known(cls, cells: pd.Series) -> pd.Series:
        """The row that stays, or `known` where the API holds the lead already."""
        return _as_text(cells).str.fullmatch(r"known|[1-9][0-9]*(\.0)?").astype(bool)

    @_frame_check
    @classmethod
    def withheld_has_reason(cls, frame: pd.DataFrame) -> pd.Series:
        """Only a row that is ready may have no reason."""
        named = frame["reasons"].notna() & (frame["reasons"].astype(str) != "")
        return ((frame["outcome"] == "ready").fillna(value=False) | named).astype(bool)


class RuleEntry(pa.DataFrameModel):
    """An entry of a suppression or block list, and where it stands."""

    list_: Any = pa.Field(alias="list")
    line: _INTEGER = pa.Field(coerce=True, nullable=True)
    rule: Any
    kind: Any

    @_check("line")
    @classmethod
    def counted_from_one(cls, cells: pd.Series) -> pd.Series:
        """Rows, lines and batches are counted from 1."""
        return cells >= 1

    @_check("list", "rule")
    @classmethod
    def text(cls, cells: pd.Series) -> pd.Series:
        """Every cell is text."""
        return _are_text(cells)

    @_check("rule")
    @classmethod
    def not_blank(cls, cells: pd.Series) -> pd.Series:
        """Something is there besides white space."""
        return ~_are_blank(cells)

    @_check("kind")
    @classmethod
    def known(cls, cells: pd.Series) -> pd.Series:
        """One of the words there are."""
        return cells.isin(["address", "domain"])


class ImportLog(pa.DataFrameModel):
    """One row per batch: what was sent, predicted and reported. A counter not known is null, never 0."""

    batch: _INTEGER = pa.Field(coerce=True)
    rows: _INTEGER = pa.Field(coerce=True)
    state: Any
    attempts: _INTEGER = pa.Field(coerce=True)
    predicted_total_leads: _INTEGER = pa.Field(coerce=True)
    predicted_imported: _INTEGER = pa.Field(coerce=True)
    predicted_duplicates: _INTEGER = pa.Field(coerce=True)
    predicted_blocked: _INTEGER = pa.Field(coerce=True)
    reported_total_leads: _INTEGER = pa.Field(coerce=True, nullable=True)
    reported_imported: _INTEGER = pa.Field(coerce=True, nullable=True)
    reported_duplicates: _INTEGER = pa.Field(coerce=True, nullable=True)
    reported_blocked: _INTEGER = pa.Field(coerce=True, nullable=True)
    drift_total_leads: _INTEGER = pa.Field(coerce=True, nullable=True)
    drift_imported: _INTEGER = pa.Field(coerce=True, nullable=True)
    drift_duplicates: _INTEGER = pa.Field(coerce=True, nullable=True)
    drift_blocked: _INTEGER = pa.Field(coerce=True, nullable=True)

    @_check("batch")
    @classmethod
    def counted_from_one(cls, cells: pd.Series) -> pd.Series:
        """Rows, lines and batches are counted from 1."""
        return cells >= 1

    @_check("batch")
    @classmethod
    def unique(cls, cells: pd.Series) -> pd.Series:
        """Each value once."""
        return _are_unique(cells)

    @_check("^(rows|attempts|(predicted|reported)_.*)$", regex=True)
    @classmethod
    def not_negative(cls, cells: pd.Series) -> pd.Series:
        """Nothing is counted below 0."""
        return cells >= 0

    @_check("state")
    @classmethod
    def known(cls, cells: pd.Series) -> pd.Series:
        """One of the words there are."""
        return cells.isin(STATES)

    @_frame_check
    @classmethod
    def drift_is_reported_less_predicted(cls, frame: pd.DataFrame) -> pd.Series:
        """Drift is what was reported less what was predicted, null where that is not known."""
        agrees = pd.Series(data=True, index=frame.index)
        for counter in COUNTERS:
            drift = frame[f"drift_{counter}"]
            wanted = frame[f"reported_{counter}"] - frame[f"predicted_{counter}"]
            agrees &= (drift == wanted).fillna(value=False).astype(bool) | (drift.isna() & wanted.isna())
        return agrees
