"""Addresses: what a cell of the email column holds, judged as email-validator judges it.

Syntax and normal form only: nothing here asks DNS, and no address is rewritten beyond its normal form
and the white space around it.
"""

import re
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.text import Mask

__all__ = ["Addresses", "exact_key", "judge"]

#: What email-validator says, by the words of its messages, in the order they are looked for.
#: Source: email-validator, `syntax.py`, versions 2.2 to 2.4.
_REFUSALS = (
    ("special-use or reserved", "special_use_domain"),
    ("too long", "address_too_long"),
    ("before the @-sign", "bad_local_part"),
)
#: The library words a misplaced dot the same for both parts.
_MISPLACED_DOT = re.compile(r"^\.|\.\.|\.@")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The judged cells of an email column, aligned with it by position.

    Attributes:
        address: Normalized address; null where the cell was refused.
        domain: Its domain as A-labels, lower case; null where the cell was refused.
        repaired: The kind of repair after which alone the address was found; null where there was none.
        reasons: Reason code to mask.
    """

    address: pa.Array
    domain: pa.Array
    repaired: pa.Array
    reasons: dict[str, Mask]


@dataclass(slots=True)
class _Distinct:
    """Verdicts of the distinct cells, in the order they were asked for."""

    address: list[str | None] = field(default_factory=list)
    domain: list[str | None] = field(default_factory=list)
    repaired: list[str | None] = field(default_factory=list)
    code: list[str | None] = field(default_factory=list)

    def add(self, cell: str | None) -> None:
        text = (cell or "").strip()
        address, domain, code = _judge_one(text)
        self.address.append(address)
        self.domain.append(domain)
        self.repaired.append("white_space" if address is not None and text != cell else None)
        self.code.append(code)


def judge(cells: pa.Array, /) -> Addresses:
    """Judge every cell; equal cells are judged once.

    Args:
        cells: Text array; null is a missing cell.

    Source: `email_validator.validate_email(cell.strip(), check_deliverability=False)`.
    """
    encoded = cells.dictionary_encode(null_encoding="encode")
    distinct = _Distinct()
    for cell in encoded.dictionary.to_pylist():
        distinct.add(cell)
    codes = encoded.indices
    text = pa.large_string()
    reasons = {}
    for code in sorted({code for code in distinct.code if code}):
        rows = np.array([code == other for other in distinct.code])
        reasons[code] = rows[codes.to_numpy(zero_copy_only=False)]
    return Addresses(
        address=pa.array(distinct.address, text).take(codes),
        domain=pa.array(distinct.domain, text).take(codes),
        repaired=pa.array(distinct.repaired, text).take(codes),
        reasons=reasons,
    )


def exact_key(address: pa.Array, /) -> pa.Array:
    """The key under which an API counts two addresses as one: the normal form, case folded."""
    return pc.utf8_lower(address)


def _judge_one(text: str) -> tuple[str | None, str | None, str | None]:
    from email_validator import EmailNotValidError, validate_email

    if not text:
        return None, None, "missing_email"
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        return None, None, _refusal(text, str(error))
    return found.normalized, found.ascii_domain.lower(), None


def _refusal(text: str, message: str) -> str:
    if "@" not in text:
        return "no_at_sign"
    if _MISPLACED_DOT.search(text[: text.rindex("@") + 1]):
        return "bad_local_part"
    return next((code for words, code in _REFUSALS if words in message), "bad_domain")
