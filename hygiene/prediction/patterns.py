"""Patterns: regular expressions of usable addresses that have something, or lack it, for a rule that was induced.

Each is a value of `ImportPolicy.usable_address`, read by RE2 and by Python alike, so that none looks ahead: what lacks
a text is written out, character by character. Case does not matter where a text is given.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

__all__ = [
    "ANY",
    "DOMAIN",
    "LABEL",
    "NONE",
    "Pair",
    "at_domain",
    "both",
    "ends",
    "labelled",
    "longer",
    "neither",
    "starts",
    "starts_with_one",
    "under",
]

#: A character of a usable address, a label of its domain, and its domain.
ANY, LABEL = r"[^@\s]", r"[^@.\s]+"
DOMAIN = rf"{LABEL}([.]{LABEL})+"

#: Longest repetition that RE2 takes.
_MOST_REPEATED = 1000


class Pair(NamedTuple):
    """A regular expression of the addresses that have something, and one of those that lack it; empty for none."""

    has: str = ""
    lacks: str = ""

    @property
    def turned(self) -> "Pair":
        """The same of the opposite."""
        return Pair(self.lacks, self.has)


NONE = Pair()
#: A pattern of addresses that lack some characters in the local part, as they stand in a class.
_LACKS = re.compile(rf"\[\^@(?P<letters>.+)\\s\]\+@{re.escape(DOMAIN)}")


def both(one: Pair, other: Pair, /) -> Pair:
    """What lacks one of two things; what has both is not written."""
    return Pair("", f"(({one.lacks})|({other.lacks}))") if one.lacks and other.lacks else NONE


def neither(pairs: Sequence[Pair], /) -> Pair:
    """What lacks all of some characters in the local part; of other things nobody writes it."""
    found = [_LACKS.fullmatch(pair.lacks) for pair in pairs]
    letters = "".join(match["letters"] for match in found if match)
    return Pair("", f"[^@{letters}\\s]+@{DOMAIN}") if letters and all(found) else NONE


def starts(text: str, /) -> Pair:
    """Local parts that begin with a text."""
    other = [f"{_same(text[:at])}{_but(text[at])}{ANY}*" for at in range(len(text))]
    other += [_same(text[:at]) for at in range(1, len(text))]
    return Pair(f"{_same(text)}{ANY}*@{DOMAIN}", f"({'|'.join(other)})@{DOMAIN}")


def ends(text: str, /) -> Pair:
    """Local parts that end with a text."""
    other = [f"{ANY}*{_but(text[at])}{_same(text[at + 1 :])}" for at in range(len(text))]
    other += [_same(text[at:]) for at in range(1, len(text))]
    return Pair(f"{ANY}*{_same(text)}@{DOMAIN}", f"({'|'.join(other)})@{DOMAIN}")


def starts_with_one(letters: Sequence[str], /) -> Pair:
    """Local parts that begin with one of these letters."""
    cases = "".join(map(_cases, letters))
    return Pair(f"[{cases}]{ANY}*@{DOMAIN}", f"[^@{cases}\\s]{ANY}*@{DOMAIN}")


def labelled(labels: Sequence[str], /) -> Pair:
    """Addresses whose last label is one of these."""
    has = "|".join(map(_same, labels))
    return Pair(f"{ANY}+@({LABEL}[.])+({has})", f"{ANY}+@({LABEL}[.])+({_but_label(labels)})")


def longer(length: int, /) -> Pair:
    """Local parts of more characters than this."""
    if length >= _MOST_REPEATED:
        return NONE
    return Pair(f"{ANY}{{{length + 1},}}@{DOMAIN}", f"{ANY}{{1,{length}}}@{DOMAIN}")


def at_domain(domain: str, /) -> Pair:
    """Addresses at one domain."""
    labels = domain.split(".")
    other = _but_labels(labels)
    other += [f"{LABEL}([.]{LABEL}){{1,{len(labels) - 2}}}"] if len(labels) > 2 else []
    other.append(f"{LABEL}([.]{LABEL}){{{len(labels)},}}")
    return Pair(f"{ANY}+@{_same(domain)}", f"{ANY}+@({'|'.join(other)})")


def under(domain: str, /) -> Pair:
    """Addresses at a domain of two labels or more, or at one below it."""
    labels = domain.split(".")
    above = f"({LABEL}[.])*"
    other = [f"{above}{each}" for each in _but_labels(labels)]
    other += [f"{LABEL}([.]{LABEL}){{1,{len(labels) - 2}}}"] if len(labels) > 2 else []
    return Pair(f"{ANY}+@{above}{_same(domain)}", f"{ANY}+@({'|'.join(other)})")


def _but_labels(labels: Sequence[str]) -> list[str]:
    """As many labels, of which one at least is another."""
    found = []
    for place, label in enumerate(labels):
        parts = [LABEL] * len(labels)
        parts[place] = f"({_but_label([label])})"
        found.append("[.]".join(parts))
    return found


def _but_label(labels: Sequence[str], *, inside: bool = False) -> str:
    """Labels that are none of these; `inside` one of which some letters were read."""
    heads = sorted({label[0] for label in labels if label})
    found = [f"[^@.{''.join(map(_cases, heads))}\\s][^@.\\s]*"]
    for head in heads:
        rest = [label[1:] for label in labels if label.startswith(head)]
        found.append(f"[{_cases(head)}]({_but_label(rest, inside=True)})")
    return "|".join([*found, ""] if inside and "" not in labels else found)


def _same(text: str) -> str:
    return "".join(f"[{_cases(letter)}]" for letter in text)


def _but(letter: str, more: str = "") -> str:
    return f"[^@{more}{_cases(letter)}\\s]"


def _cases(letter: str) -> str:
    """Both cases of a letter, as they stand in a class."""
    found = dict.fromkeys((letter.lower(), letter.upper(), letter))
    return "".join(f"\\{each}" if each in r"\]^-[&~|" else each for each in found if len(each) == 1)
