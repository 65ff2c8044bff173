"""Refusals: the reason code of what email-validator says against an address.

The library gives texts, which change between versions, and no codes. Here they become ours, which stay.
"""

import re
import unicodedata

__all__ = ["code_of_message"]

#: What a message says, in the order it is looked for. Source: email-validator, `syntax.py`, 2.2 to 2.4.
_WORDS = (
    ("special-use or reserved", "special_use_domain"),
    ("too long", "address_too_long"),
    ("after the @-sign", "bad_domain"),
    ("before the @-sign", "bad_local_part"),
)
#: The library words a misplaced dot and unsafe characters the same for both parts.
_MISPLACED_DOT = re.compile(r"^\.|\.\.|\.$")


def code_of_message(text: str, message: str, /) -> str:
    """The reason code of a message, or of the first fault where the message does not say which part."""
    local, at, _ = text.partition("@")
    if not at:
        return "no_at_sign"
    if _MISPLACED_DOT.search(local):
        return "bad_local_part"
    for words, code in _WORDS:
        if words in message.lower():
            return code
    return "bad_local_part" if _is_unsafe(local) else "bad_domain"


def _is_unsafe(local: str) -> bool:
    """Whether characters of it are refused wherever they stand, or it begins with a combining one."""
    kinds = [unicodedata.category(character)[0] for character in local]
    return any(kind in "ZC" for kind in kinds) or kinds[:1] == ["M"]
