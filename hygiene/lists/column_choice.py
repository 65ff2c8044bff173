"""Headers: which columns of a list hold its entries, by what they are called.

An address stands before a domain and a domain before a hash. In a lead file only the address counts: the
domain beside it is where a lead works, and forbids nobody. What cells hold is looked at by `tables` where
headers do not tell.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from hygiene.columns.mapping import known_columns, map_columns
from hygiene.errors import InputError, ListError
from hygiene.lists.csv_rows import cell
from hygiene.lists.entries import KINDS, judge

__all__ = ["Choice", "as_leads", "by_header", "normalised"]

#: Headers of columns that hold entries, normalised; of two in one file the first here is preferred.
#: Source: Smartlead's block-list rows (`email_or_domain`) and the usual names of address and hash columns.
_ADDRESSES = ("email_or_domain", "email", "email_address", "e_mail", "e_mail_address")
_DOMAINS = ("domain",)
_HASHES = (
    "md5", "email_md5", "md5_email", "md5_hash", "sha1", "email_sha1", "sha256", "email_sha256", "sha_256",
    "hash", "email_hash", "hashed_email",
)  # fmt: skip
#: A header that may also be that of streets.
_ADDRESS = "address"
#: Columns that lead files have and lists have not.
_OF_LEADS = frozenset({"first_name", "last_name", "full_name", "company", "title", "phone", "linkedin"})


@dataclass(frozen=True, slots=True)
class Choice:
    """The columns that hold entries.

    Attributes:
        columns: Their positions, of each record the first that is filled counting.
        of_leads: Whether they are the addresses of a lead file.
    """

    columns: Sequence[int]
    of_leads: bool


def by_header(header: Sequence[str], body: Sequence[Sequence[str]], /, *, name: str) -> Choice | None:
    """The columns with entries, where headers say which they are.

    Args:
        header: The first record.
        body: The records below it that the choice may look at.
        name: What the list is called in messages.

    Raises:
        ListError: several columns have an equal claim to the address.
    """
    has_entry = any("@" in text for text in header)
    words = known_columns(header) if len(header) > 1 and not has_entry else frozenset()
    names = normalised(header)
    addresses = _positions(names, _ADDRESSES)
    if not addresses and "email" in words:
        addresses = _email_of_leads(header, body, name)
    open_ = [at for at in _positions(names, (_ADDRESS,)) if _may_hold_entries(body, at, len(header))]
    domains, hashes = _positions(names, _DOMAINS), _positions(names, _HASHES)
    if words & _OF_LEADS:
        columns = addresses or open_ or hashes or domains
        return Choice(columns, of_leads=bool(addresses)) if columns else None
    columns = addresses + open_ + domains + hashes
    return Choice(columns, of_leads=False) if columns else None


def as_leads(header: Sequence[str], body: Sequence[Sequence[str]], /, *, name: str) -> Choice | None:
    """The email column of a lead file, which its cells may have helped to find.

    Raises:
        ListError: several columns have an equal claim to the address.
    """
    columns = _email_of_leads(header, body, name)
    return Choice(columns, of_leads=True) if columns else None


def _email_of_leads(header: Sequence[str], body: Sequence[Sequence[str]], name: str) -> list[int]:
    sample = [[cell(row, at) for at in range(len(header))] for row in body]
    try:
        return [map_columns(header, sample, source=name).names.index("email")]
    except InputError as error:
        if "equal claim" in str(error):
            raise ListError(error.marked) from error
        return []


def _may_hold_entries(body: Sequence[Sequence[str]], at: int, width: int) -> bool:
    """Whether what is filled of a column mostly names somebody; one that stands alone may be all blank."""
    cells = pa.array([text for row in body if (text := cell(row, at))], pa.large_string())
    named = [KINDS.index(kind) for kind in ("address", "domain")]
    held = int(np.isin(judge(cells, hashes=True).kind, named).sum())
    return 2 * held >= len(cells) and (held > 0 or width == 1)


def _positions(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    found = [at for at, name in enumerate(names) if name in wanted]
    return sorted(found, key=lambda at: wanted.index(names[at]))


def normalised(header: Sequence[str], /) -> list[str]:
    """Headers in lower case, with one underscore for whatever is no letter or digit."""
    return [re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in header]
