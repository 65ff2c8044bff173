"""Name ends: suffixes, credentials and positions behind a name, and the name before them.

By tables, and by shape beside what these know: behind "MSc" an abbreviation in capitals is a credential too.
"""

import re
from collections.abc import Iterator
from functools import cache

from hygiene.fields.distinct import Change
from hygiene.fields.name_parts import is_company
from hygiene.fields.name_titles import is_title, name_key
from hygiene.words.firm_names import are_positions
from hygiene.words.name_words import given_names
from hygiene.words.spelling import folded
from hygiene.words.tables import read_words

__all__ = ["cut_end"]

#: Capitals throughout, or three of them in one word: PGCE, MIMechE.
_ABBREVIATION = re.compile(r"[A-Z][A-Z.\-]{1,8}|(?=(?:[^A-Z]*[A-Z]){3})[A-Z][A-Za-z.\-]{2,10}")
_JOB = re.compile(r"\s+[-\u2013\u2014|]\s+|\s*\|\s*")


def cut_end(text: str, /, *, given: bool) -> Iterator[Change]:
    """What is left of a text whenever something behind the name was taken off, with the rule."""
    head, found, tail = _split_job(text)
    if found:
        text = head
        yield text, "credential"
    parts = [part.strip() for part in text.split(",")]
    told = any(part and _is_all_told(part) for part in parts[1:]) or _ends_told(parts[0])
    while len(parts) > 1 and (
        not parts[-1] or _is_all_told(parts[-1]) or (told and _is_abbreviated(parts[-1]))
    ):
        rule = "suffix" if name_key(parts[-1]) in _suffixes() else "credential"
        parts.pop()
        if parts[-1]:
            text = ", ".join(parts) + ("," if not tail and len(parts) == 1 and text.endswith(",") else "")
            yield text, rule
    words = text.split()
    shouted = text.isupper()
    further = 0 if shouted else _count_further(words)
    if further:
        del words[-further:]
        yield " ".join(words), "credential"
    while words and _is_told(words[-1], shouted=shouted, given=given):
        if len(words) == 1 and (given or not _is_plainly_told(words[0])):
            break
        rule = "suffix" if name_key(words.pop()) in _suffixes() else "credential"
        yield " ".join(words).rstrip(","), rule


def _ends_told(text: str) -> bool:
    """Whether the last word of a name is a credential."""
    words = text.split()
    return len(words) > 1 and _is_told(words[-1], shouted=text.isupper(), given=True)


def _is_abbreviated(text: str) -> bool:
    """Whether all words are written as abbreviations that are no names."""
    return all(
        _ABBREVIATION.fullmatch(word) and folded(word.rstrip(".")) not in given_names()
        for word in text.split()
    )


def _count_further(words: list[str]) -> int:
    """How many abbreviations that no table knows follow a credential at the end of a name."""
    count = 0
    while count < len(words) - 1 and not _is_told(words[-count - 1], shouted=False, given=False):
        if not _is_abbreviated(words[-count - 1]):
            return 0
        count += 1
    return count if count < len(words) - 1 else 0


def _split_job(text: str) -> tuple[str, bool, str]:
    """A text cut before a position or credentials that a dash or a stroke sets off."""
    found = _JOB.search(text)
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
        or _is_all_told(tail)
        or ("|" in found[0] and not person)
    )
    return (head, True, tail) if told else (text, False, "")


def _is_all_told(text: str) -> bool:
    """Whether words behind a comma are all suffixes, credentials or positions."""
    words = re.split(r"[\s/]+", text.strip())
    known = (
        _suffixes() | read_words("titles", kind="credential") | read_words("titles", kind="credential_comma")
    )
    return all(
        name_key(word) in known or word in {"&", "and", "of"} or is_title(word, "", after=True)
        for word in words
        if word
    ) or (len(words) > 1 and are_positions([text]))


def _is_told(word: str, *, shouted: bool, given: bool) -> bool:
    """Whether a word behind a name is a suffix or a credential."""
    key = name_key(word)
    if key in _suffixes():
        return not given or key not in {"sr", "2nd", "3rd", "4th"} or word.endswith(".")
    dots = word.count(".")
    if key in read_words("titles", kind="credential_comma"):
        return (
            dots > 1
            or (dots == 1 and not word.endswith("."))
            or (key == "md" and word == "MD" and not shouted and not given)
        )
    if key not in read_words("titles", kind="credential") | _plain_credentials():
        return False
    if key in _plain_credentials() or dots > 1:
        return True
    capitals = sum(map(str.isupper, word))
    return capitals > 1 and (not shouted or not any(sign in "aeiou" for sign in key))


def _is_plainly_told(word: str) -> bool:
    """Whether a word alone is a suffix or a credential, and no name."""
    return (name_key(word) in _suffixes() | _plain_credentials() and not word.istitle()) or word.endswith(".")


@cache
def _suffixes() -> frozenset[str]:
    return read_words("titles", kind="suffix")


def _plain_credentials() -> frozenset[str]:
    """Credentials that stand behind a name without a comma however they are written."""
    return read_words("titles", kind="credential_plain")
