"""Name ends: suffixes, credentials and positions behind a name, and the name before them.

By tables, and by shape beside what these know: behind "MSc" an abbreviation in capitals is a credential too.
"""

import re
from collections.abc import Iterator
from functools import cache

from hygiene.fields.distinct import Change
from hygiene.fields.name_jobs import split_job
from hygiene.fields.name_titles import is_title, name_key
from hygiene.words.firm_names import are_positions
from hygiene.words.name_words import given_names
from hygiene.words.spelling import folded
from hygiene.words.tables import read_rows, read_words

__all__ = ["cut_end"]

#: Capitals throughout, or three of them in one word: PGCE, MIMechE.
_ABBREVIATION = re.compile(r"[A-Z][A-Z.+\-]{1,8}|(?=(?:[^A-Z]*[A-Z]){3})[A-Z][A-Za-z.\-]{2,10}")
#: Credentials that are surnames of Asia too, and letters of one that may be a given name there (Do, An).
_SURNAMES_TOO, _SHORT = frozenset({"do", "ma", "an", "mai", "ta"}), 2
#: Abbreviations with full stops within: S.E., M.Si., S.Kom.
_DEGREE = re.compile(r"(?:[A-Z][A-Za-z]{0,4}\.)+[A-Z][A-Za-z]{0,5}\.?")
#: A position in one word of a German compound.
_POSITION = re.compile(
    r"\w*(?:leiter|leitung|manager|fuhrer|referent|berater|direktor|ingenieur|entwickler|sprecher|assistent)(?:in)?"
)
#: Words of a whole name that has a credential behind it without a comma.
_WHOLE = 3


def cut_end(text: str, /, *, given: bool, whole: bool = False, country: str = "") -> Iterator[Change]:
    """What is left of a text whenever something behind the name was taken off, with the rule.

    Args:
        text: A cell.
        given: Whether it is that of the first name.
        whole: Whether the other cell is blank.
        country: ISO 3166-1 code where it is known: Bey behind a name is a title in Turkey.
    """
    head, found, tail = split_job(text, is_told=_is_all_told)
    if found:
        text = head
        yield text, "credential"
    parts = [_joined(part.strip()) for part in text.split(",")]
    told = any(part and _is_all_told(part) for part in parts[1:]) or _ends_told(parts[0])
    while len(parts) > 1 and (
        not parts[-1]
        or _is_all_told(parts[-1], sure=not (given or whole), country=country)
        or (told and _is_abbreviated(parts[-1]))
    ):
        rule = "suffix" if name_key(parts[-1]) in _suffixes() else "credential"
        parts.pop()
        if parts[-1]:
            text = ", ".join(parts) + ("," if not tail and len(parts) == 1 and text.endswith(",") else "")
            yield text, rule
    words = (_joined(text) if "," not in text else text).split()
    if len(words) > 1 and (words[-1].lower().rstrip("."), country) in _behind():
        yield " ".join(words[:-1]), "title"
        return
    shouted = text.isupper()
    further = 0 if shouted else _count_further(words)
    if further:
        del words[-further:]
        yield " ".join(words), "credential"
    while words and _is_told(words, shouted=shouted, given=given):
        if len(words) == 1 and (given or not _is_plainly_told(words[0])):
            break
        rule = "suffix" if name_key(words.pop()) in _suffixes() else "credential"
        yield " ".join(words).rstrip(","), rule


def _joined(text: str) -> str:
    """A text in which the parts of a credential stand together: Ph. D., M. Sc., dipl. ing."""
    if ". " not in text:
        return text
    words = text.split()
    for place in range(len(words) - 1, 0, -1):
        both = words[place - 1] + words[place]
        if words[place - 1].endswith(".") and name_key(both) in _joinable():
            words[place - 1 : place + 1] = [both]
    return " ".join(words)


def _ends_told(text: str) -> bool:
    """Whether the last word of a name is a credential."""
    words = text.split()
    return len(words) > 1 and _is_told(words, shouted=text.isupper(), given=True)


def _is_abbreviated(text: str) -> bool:
    """Whether all words are written as abbreviations that are no names."""
    return all(
        _ABBREVIATION.fullmatch(word) and folded(word.rstrip(".")) not in given_names()
        for word in text.split()
    )


def _count_further(words: list[str]) -> int:
    """How many abbreviations that no table knows follow a credential at the end of a name."""
    count = 0
    while count < len(words) - 1 and not _is_told(words[: len(words) - count], shouted=False, given=False):
        if not _is_abbreviated(words[-count - 1]):
            return 0
        count += 1
    return count if count < len(words) - 1 else 0


def _is_all_told(text: str, *, sure: bool = False, country: str = "") -> bool:
    """Whether words behind a comma are all suffixes, credentials or positions.

    Args:
        text: The words.
        sure: Whether they stand behind a surname for certain: then a shape like S.Kom., one position, or several words
            none of which is a given name will do.
        country: ISO 3166-1 code where it is known.
    """
    words = [word for word in re.split(r"[\s/]+", _joined(text.strip())) if word]
    known, further = _known(), _further_credentials()
    if sure and words and (all(map(_is_shaped, words)) or _is_position(text) or _are_no_names(words)):
        return True
    return all(
        _is_credential(word)
        or name_key(word) in known
        or (name_key(word) in further and not (len(word) == _SHORT and word.istitle()))
        or word in {"&", "and", "of"}
        or is_title(word, country, after=True)
        for word in words
    ) or (len(words) > 1 and are_positions([text]))


def _is_credential(word: str) -> bool:
    """Whether a table knows a credential, what stands behind its hyphen apart: LCSW-C."""
    base, mark, tail = name_key(word).rpartition("-")
    return bool(mark) and base in _credentials() and word.isupper() and len(tail) < _WHOLE


def _is_shaped(word: str) -> bool:
    """Whether a word behind a surname and a comma is an abbreviation: S.Kom., CTFA."""
    return _DEGREE.fullmatch(word) is not None or (len(word) > _SHORT and word.isupper() and word.isalpha())


def _are_no_names(words: list[str]) -> bool:
    """Whether several words are no given names, initials or small words before a surname."""
    small = read_words("particles", kind="lower")
    return len(words) > 1 and not any(
        folded(word) in given_names() or len(word.rstrip(".")) == 1 or word.lower() in small for word in words
    )


def _is_position(text: str) -> bool:
    word = folded(text)
    return word not in given_names() and (are_positions([text]) or _POSITION.fullmatch(word) is not None)


def _is_told(words: list[str], *, shouted: bool, given: bool) -> bool:
    """Whether the last word of a cell is a suffix or a credential.

    Args:
        words: Those of the cell.
        shouted: Whether they stand in capitals throughout.
        given: Whether the cell is that of the first name.
    """
    word = words[-1]
    key, dots = name_key(word), word.count(".")
    if word.endswith(".") and key in read_words("titles", kind="suffix_dotted"):
        return True
    if key in _suffixes():
        return not given or key not in {"sr", "2nd", "3rd", "4th"} or word.endswith(".")
    if key in _further_credentials():
        return dots > 1 or (dots == 1 and not word.endswith(".")) or _is_set_off(words, shouted or given)
    if key in _plain_credentials():
        return True
    if key not in _credentials() or dots > 1:
        return key in _credentials()
    capitals = sum(map(str.isupper, word))
    return capitals > 1 and (not shouted or not any(sign in "aeiou" for sign in key))


def _is_set_off(words: list[str], bare: bool) -> bool:  # noqa: FBT001
    """Whether a credential that is a word as well stands in capitals behind a name that does not: Ward QC."""
    if len(words) < 2 or (bare and (len(words) < _WHOLE or " ".join(words).isupper())):
        return False
    word, before = words[-1], words[-2]
    small = before.lower() in read_words("particles", kind="lower") or before.lower() in read_words(
        "particles", kind="after"
    )
    return word.isupper() and before[1:].islower() and not small and name_key(word) not in _SURNAMES_TOO


def _is_plainly_told(word: str) -> bool:
    """Whether a word alone is a suffix or a credential, and no name."""
    return (
        (name_key(word) in _suffixes() or name_key(word) in _plain_credentials()) and not word.istitle()
    ) or word.endswith(".")


@cache
def _known() -> frozenset[str]:
    """Suffixes and credentials that are no words."""
    return _suffixes() | _credentials()


@cache
def _joinable() -> frozenset[str]:
    """Credentials of any kind."""
    return _credentials() | _further_credentials()


@cache
def _suffixes() -> frozenset[str]:
    return read_words("titles", kind="suffix")


@cache
def _behind() -> frozenset[tuple[str, str]]:
    """Titles behind a name, each with its country."""
    return frozenset((row[0], row[2]) for row in read_rows("titles") if row[1] == "title_behind")


def _credentials() -> frozenset[str]:
    return read_words("titles", kind="credential")


def _further_credentials() -> frozenset[str]:
    """Credentials that are words or names too: behind a comma, with full stops, or in capitals beside a name."""
    return read_words("titles", kind="credential_comma")


def _plain_credentials() -> frozenset[str]:
    """Credentials that stand behind a name without a comma however they are written."""
    return read_words("titles", kind="credential_plain")
