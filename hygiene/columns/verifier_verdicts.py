"""Verifiers: what the verdict columns of address verifiers say, where the user trusts one.

A verdict is a word that each verifier spells in its own way. One that is not known here decides nothing
for good: the row is for review. A blank cell says nothing.
"""

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, is_blank, mask
from hygiene.columns.leads import Leads
from hygiene.errors import InputError

__all__ = ["is_verdict_column", "judge_verdicts"]

#: Words of ZeroBounce, NeverBounce, MillionVerifier, Bouncer, Kickbox, Emailable, Hunter, Apollo and
#: Seamless, in one spelling. Source: the verifiers' own lists of results (documented).
_GOOD = frozenset({"valid", "verified", "deliverable", "ok", "good", "safe", "safe to send", "user managed"})
_BAD = frozenset(
    {"invalid", "undeliverable", "bad", "bounced", "bounce", "hard bounce", "hard bounced", "spamtrap"}
    | {"spam trap", "abuse", "do not mail", "unavailable", "rejected", "not valid", "syntax error"}
)
_OPEN = frozenset(
    {"catch all", "catchall", "accept all", "unknown", "risky", "extrapolated", "guessed", "unverified"}
    | {"disposable", "role", "role based", "webmail", "toxic", "error", "pending", "likely", "probable"}
    | {"new data available", "update required", "pending manual fulfillment", "not verified", "questionable"}
)

#: Words that no other program has for the state of its work.
_THEIRS = frozenset(
    {
        "valid",
        "invalid",
        "deliverable",
        "undeliverable",
        "catch all",
        "catchall",
        "accept all",
        "risky",
        "safe to send",
    }
    | {
        "spamtrap",
        "spam trap",
        "do not mail",
        "extrapolated",
        "role based",
        "unverified",
        "not verified",
        "not valid",
    }
)

#: What the header of such a column has in it, and what tells that it is about addresses.
_HEADER = re.compile(r"status|valid|verif|deliverab|bounce|\bzb\b|result", re.IGNORECASE)
_OF_ADDRESSES = re.compile(r"mail|valid|verif|deliverab|bounce|\bzb\b", re.IGNORECASE)
#: Words of headers that tell of something else that has a state: what was sent, fetched, ordered.
_OF_WORK = re.compile(
    r"(?<![^\W_])(?:sen[dt]|sending|delivery|campaign|scrap\w*|crawl\w*|sync|enrich\w*|import|order|payment|deal|task|job"
    r"|account|identity|phone)(?![^\W_])",
    re.IGNORECASE,
)

#: Share of the cells that are not blank which must be words of a verifier.
_KNOWN = 0.8


def is_verdict_column(header: str, cells: Sequence[str], /) -> bool:
    """Whether a column holds a verifier's verdicts, by its header and its first cells.

    Where the header may tell of other work, as "send_status" does, one of them must be a word of verifiers alone.
    """
    if _HEADER.search(header) is None:
        return False
    words = [_spelled(cell) for cell in cells if cell.strip()]
    known = sum(word in _GOOD | _BAD | _OPEN for word in words)
    theirs = _OF_ADDRESSES.search(header) and not _OF_WORK.search(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header))
    return bool(words) and known >= _KNOWN * len(words) and bool(theirs or not _THEIRS.isdisjoint(words))


def judge_verdicts(leads: Leads, column: str, /) -> dict[str, Mask]:
    """The rows that a verifier holds to be bad or not certain, one mask a reason, by position.

    Args:
        leads: The leads.
        column: The column with the verdicts; case and white space around it do not count.

    Raises:
        InputError: the frame has no such column.
    """
    names = {str(name).strip().casefold(): name for name in reversed(leads.columns)}
    found = names.get(column.strip().casefold())
    if found is None:
        shown = ", ".join(repr(str(name)) for name in leads.columns[:12] if "@" not in str(name))
        raise InputError(f"no column {column!r} to trust; there are {shown}.")
    cells = leads[found]
    encoded = cells.dictionary_encode()
    words = [_spelled(cell) for cell in encoded.dictionary.to_pylist()]
    blank = is_blank(cells)
    bad = _among(encoded, [word in _BAD for word in words])
    good = _among(encoded, [word in _GOOD for word in words])
    return {"verifier_invalid": bad, "verifier_risky": ~(bad | good | blank)}


def _spelled(cell: str) -> str:
    """A verdict in one spelling: lower case, single spaces for any sign."""
    return " ".join(re.findall(r"[^\W_]+", cell.lower()))


def _among(encoded: pa.DictionaryArray, chosen: Sequence[bool]) -> Mask:
    return mask(pc.take(pa.array(chosen, pa.bool_()), encoded.indices))
