"""Name jobs: a position or remark that a dash, a stroke or another sign sets off behind a name.

By words of positions, and by what people say of themselves in networks and colleagues say of them in lists.
"""

import re
from collections.abc import Callable

from hygiene.fields.name_parts import is_company
from hygiene.words.firm_names import are_positions
from hygiene.words.name_words import given_names
from hygiene.words.spelling import folded

__all__ = ["split_job"]

#: A dash or stroke between spaces, a stroke, and a dot or an arrow before a space.
_OFF = re.compile(
    r"\s+[-\u2013\u2014~/]\s+|\s*(?:\|+|[\u2022\u00b7\u2219\u22c5\u2503\u00bb\u25ba\u2013\u2014])\s+|\s+//+\s*|\s*\|\s*"
)
#: Those behind which nothing is a name but a given name.
_SURE = frozenset("|\u2022\u00b7\u2219\u22c5\u2503\u00bb\u25ba")
#: A remark. Source: written down from general knowledge (assumed).
_REMARK = re.compile(
    r"hiring|#\s?\w|open\s?to\s?work|looking for|available|we're|on leave|out of office|maternity|parental"
    r"|left (?:the )?company|no longer|retired|former|verified|helping|!$|do not \w+|dnc\b|duplicate|deceased|inactive"
    r"|\bdep(?:t|artment)\b|\bteam\b|\boffice\b|unsubscribed|opted? out|bounced|since \d{4}",
    re.IGNORECASE,
)


def split_job(text: str, /, *, is_told: Callable[[str], bool]) -> tuple[str, bool, str]:
    """A text before what is set off behind it, whether there is such, and that.

    Args:
        text: A cell.
        is_told: Whether words are all suffixes or credentials.
    """
    found = _OFF.search(text)
    if not found or not any(map(str.isalpha, text[: found.start()])):
        return text, False, ""
    head, tail = text[: found.start()].rstrip(), text[found.end() :].strip()
    words = tail.split()
    if not words:
        return text, False, ""
    person = folded(words[0]) in given_names()
    told = (
        are_positions([tail])
        or is_company(tail, "")
        or is_told(tail)
        or _REMARK.search(tail) is not None
        or ((not _SURE.isdisjoint(found[0]) or "//" in found[0]) and not person)
    )
    return (head, True, tail) if told else (text, False, "")
