"""Choosing: which columns of a table hold its entries, by what they are called and by what they hold.

A list takes every column with addresses. The domains and hashes beside them count for rows without one. Whom
a column says something of beside the person (an owner, a sender) is nobody's entry.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.columns.mapping import email_columns, known_columns
from hygiene.lists.csv_rows import cell
from hygiene.lists.entries import KINDS, judge

__all__ = ["Choice", "by_content", "by_header", "normalised"]

#: Headers of columns that hold entries, normalised.
#: Source: Smartlead's block-list rows (`email_or_domain`) and the usual names of address and hash columns.
_ADDRESSES = frozenset({"email_or_domain", "email", "email_address", "e_mail", "e_mail_address"})
_HASHES = frozenset({
    "md5", "email_md5", "md5_email", "md5_hash", "sha1", "email_sha1", "sha256", "email_sha256", "sha_256",
    "hash", "email_hash", "hashed_email",
})  # fmt: skip
#: A word of the headers of columns with domains.
_DOMAIN = re.compile(r"(?:^|_)domains?(?:_|$)")
#: Words of the headers of columns with web sites.
_WEB = re.compile(
    r"(?:^|_)(?:website|web_?site|url|homepage|webseite|internetseite|site_web|sitio_web)(?:_|$)"
)
#: Words of headers of columns whose addresses are those of somebody else.
_OTHERS = re.compile(
    r"(?:^|_)(?:owner|manager|assistant|supervisor|rep|agent|sender|sent|from|reply|referrer|referred|creator|by)(?:_|$)"
)
#: Columns that lead files have and lists have not.
_OF_LEADS = frozenset({"first_name", "last_name", "full_name", "company", "title", "phone", "linkedin"})


@dataclass(frozen=True, slots=True)
class Choice:
    """The columns that hold entries, by position.

    Attributes:
        columns: Those whose entries count, in every row.
        instead: Those that count in rows which have none in the others.
        of_leads: Whether the table looks like a file of leads.
        web: Those that hold web sites, whose domains count in rows without an entry only where that is asked for.
    """

    columns: Sequence[int]
    instead: Sequence[int] = ()
    of_leads: bool = False
    web: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class _Held:
    """What columns hold, in the records that are looked at: how many cells are filled, and how many name what."""

    filled: np.ndarray
    at_sign: np.ndarray
    named: dict[str, np.ndarray]

    @classmethod
    def of(cls, body: Sequence[Sequence[str]], width: int) -> "_Held":
        cells = pa.array([cell(row, at) for at in range(width) for row in body], pa.large_string())
        kinds = judge(cells, hashes=True).kind.reshape(width, len(body))
        counted = {kind: (kinds == code).sum(axis=1) for code, kind in enumerate(KINDS)}
        named = {
            "address": counted["address"],
            "domain": counted["domain"],
            "hash": sum(counted[kind] for kind in ("md5", "sha1", "sha256")),
        }
        filled = mask(pc.not_equal(cells, "")).reshape(width, len(body)).sum(axis=1)
        signs = mask(pc.match_substring(cells, "@")).reshape(width, len(body)).sum(axis=1)
        return cls(filled, signs, named)

    def has_entries(self, at: int) -> bool:
        """Whether what is filled of a column mostly names somebody; one that stands alone may be all blank."""
        entries = self.named["address"][at] + self.named["domain"][at]
        return bool(2 * entries >= self.filled[at] and (entries > 0 or len(self.filled) == 1))

    def mostly(self, held: np.ndarray) -> list[int]:
        """Columns of which at least half of what is filled is that."""
        return [at for at in range(len(held)) if held[at] and 2 * held[at] >= self.filled[at]]


def by_header(header: Sequence[str], body: Sequence[Sequence[str]], /) -> Choice | None:
    """The columns with entries, where the header says which some of them are; None where it does not.

    Args:
        header: The record that may be a header.
        body: The records below it that the choice may look at.
    """
    if any("@" in text for text in header):
        return None
    names = normalised(header)
    words = known_columns(header) if len(header) > 1 else frozenset()
    called = {at for at, name in enumerate(names) if name in _ADDRESSES}
    called |= set(email_columns(header)) if len(header) > 1 else set()
    hashes = [at for at, name in enumerate(names) if name in _HASHES]
    domains = [at for at, name in enumerate(names) if at not in called and _is_of_domains(name, len(header))]
    if not (called or hashes or domains or "address" in names or words & _OF_LEADS):
        return None
    held = _Held.of(body, len(header))
    beside = {*hashes, *domains, *(at for at, name in enumerate(names) if _OTHERS.search(name))}
    called |= {at for at, name in enumerate(names) if name == "address" and held.has_entries(at)}
    addresses = sorted({*called, *held.mostly(held.at_sign)} - beside)
    found = [each for each in (addresses, [*hashes, *domains] if addresses else hashes, domains) if each]
    if not found:
        return None
    instead = list(dict.fromkeys(at for each in found[1:] for at in each))
    of_leads = bool(addresses and words & _OF_LEADS)
    web = [at for at, name in enumerate(names) if _WEB.search(name) and at not in (*found[0], *instead)]
    if not of_leads:
        instead, web = [*instead, *web], []
    return Choice(found[0], instead, of_leads=of_leads, web=web if addresses else [])


def _is_of_domains(name: str, width: int) -> bool:
    """Whether a column holds domains by its name, of which one that stands alone may be the whole."""
    return bool(_DOMAIN.search(name)) if width > 1 else name in ("domain", "domains")


def by_content(rows: Sequence[Sequence[str]], width: int, /) -> Choice | None:
    """Every column that mostly holds addresses, else the first that mostly holds hashes or domains."""
    held = _Held.of(rows, width)
    if addresses := held.mostly(held.at_sign):
        return Choice(addresses, [at for at in held.mostly(held.named["domain"]) if at not in addresses])
    for kind in ("hash", "domain"):
        if columns := held.mostly(held.named[kind]):
            return Choice(columns[:1])
    return None


def normalised(header: Sequence[str], /) -> list[str]:
    """Headers in lower case, with one underscore for whatever is no letter or digit."""
    return [re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in header]
